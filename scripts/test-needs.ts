import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { bin, run } from './run.ts';

/** What Debian calls a thing the tests need, and how to see that it is there. */
const PACKAGES = [
  { name: 'chromium', there: () => existsSync('/usr/bin/chromium') || existsSync(chromium.executablePath()) },
  {
    name: 'iproute2',
    there: () =>
      process.platform !== 'linux' ||
      existsSync('/usr/sbin/ip') ||
      existsSync('/sbin/ip') ||
      existsSync('/usr/bin/ip'),
  },
];

/**
 * Brings what the tests need: as root on Debian and its children from its packages, elsewhere
 * Playwright's own browser. Throws one line that says what to install where neither works.
 */
export async function bring(browser: boolean): Promise<void> {
  if (!browser) return;
  const missing = PACKAGES.filter(({ there }) => !there()).map(({ name }) => name);
  if (missing.length === 0) return;
  console.log(`Installing what the tests need: ${missing.join(', ')} …`);
  const installed = canInstallPackages() ? await installPackages(missing) : await installPlaywrightBrowser();
  const still = PACKAGES.filter(({ there }) => !there()).map(({ name }) => name);
  if (still.length > 0)
    throw new Error(`The tests need ${still.join(', ')}; install it and run them again.\n${installed}`);
}

function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

async function installPackages(names: string[]): Promise<string> {
  await run('apt-get', ['update', '-qq']);
  const { output } = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  return output;
}

async function installPlaywrightBrowser(): Promise<string> {
  const { output } = await run(bin('playwright'), ['install', 'chromium']);
  return output;
}
