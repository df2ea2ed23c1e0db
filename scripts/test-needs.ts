import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';
import { bin, run } from './run.ts';

const linux = process.platform === 'linux';
/** Cutting a line needs a network namespace, which needs Linux and root; elsewhere that test says why it is skipped. */
const namespaces = linux && process.getuid?.() === 0;

interface Need {
  /** Of Debian's package. */
  name: string;
  there(): boolean;
  /** The step that needs it. */
  step: 'unit' | 'e2e';
}

/** What the tests need beside the workspace. */
const NEEDS: Need[] = [
  { name: 'redis-server', there: () => onPath('redis-server'), step: 'unit' },
  {
    name: 'chromium',
    there: () => onPath('chromium') || existsSync(chromium.executablePath()),
    step: 'e2e',
  },
  { name: 'coturn', there: () => onPath('turnserver'), step: 'e2e' },
  { name: 'iproute2', there: () => !namespaces || onPath('ip'), step: 'e2e' },
  { name: 'nftables', there: () => !namespaces || onPath('nft'), step: 'e2e' },
];

function onPath(command: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, command)));
}

/**
 * Brings what these steps need: as root on Debian and its children from its packages, elsewhere
 * Playwright's own browser. Throws one line that says what to install where neither works.
 */
export async function bring(steps: readonly string[]): Promise<void> {
  const needs = NEEDS.filter(({ step }) => steps.includes(step));
  const missing = needs.filter(({ there }) => !there()).map(({ name }) => name);
  if (missing.length === 0) return;
  console.log(`Installing what the tests need: ${missing.join(', ')} …`);
  const installed = canInstallPackages() ? await installPackages(missing) : await installPlaywrightBrowser();
  const still = needs.filter(({ there }) => !there()).map(({ name }) => name);
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
