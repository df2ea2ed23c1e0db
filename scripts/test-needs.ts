import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';
import { bin, run } from './run.ts';

const linux = process.platform === 'linux';
/** Cutting a line needs a network namespace, which needs Linux and root; elsewhere that test says why it is skipped. */
const namespaces = linux && process.getuid?.() === 0;

interface Need {
  /** Debian's package. */
  name: string;
  /** The steps of the test command that it is for. */
  steps: readonly string[];
  there(): boolean;
}

/** What the tests need beside the workspace. */
const NEEDS: readonly Need[] = [
  {
    name: 'chromium',
    steps: ['e2e'],
    there: () => onPath('chromium') || existsSync(chromium.executablePath()),
  },
  // Driven as it is: another engine than Chromium's. Where it cannot be had its tests say so and are skipped.
  { name: 'firefox-esr', steps: ['e2e'], there: () => !canInstallPackages() || onPath('firefox-esr') },
  { name: 'coturn', steps: ['unit', 'deployment', 'e2e'], there: () => onPath('turnserver') },
  {
    name: 'redis-server',
    steps: ['unit', 'campaigns', 'deployment', 'e2e'],
    there: () => onPath('redis-server') && onPath('redis-cli'),
  },
  { name: 'iproute2', steps: ['e2e'], there: () => !namespaces || onPath('ip') },
  { name: 'nftables', steps: ['e2e'], there: () => !namespaces || onPath('nft') },
];

function onPath(command: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, command)));
}

/**
 * Brings what these steps of the test command need: as root on Debian and its children from its
 * packages, elsewhere Playwright's own browser. Throws one line that says what to install where neither works.
 */
export async function bring(steps: readonly string[]): Promise<void> {
  const needed = NEEDS.filter((need) => need.steps.some((step) => steps.includes(step)));
  const missing = needed.filter(({ there }) => !there()).map(({ name }) => name);
  if (missing.length === 0) return;
  console.log(`Installing what the tests need: ${missing.join(', ')} …`);
  const installed = canInstallPackages() ? await installPackages(missing) : await installPlaywrightBrowser();
  const still = needed.filter(({ there }) => !there()).map(({ name }) => name);
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
