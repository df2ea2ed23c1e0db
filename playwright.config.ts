import { existsSync } from 'node:fs';
import { defineConfig } from 'playwright/test';

// Debian's Chromium where it is, else the browser that Playwright installed itself.
const executablePath = '/usr/bin/chromium';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // Each test runs several browsers that encode video: more than one at a time only makes them slow.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json']],
  use: {
    launchOptions: existsSync(executablePath) ? { executablePath } : {},
    trace: 'off',
    video: 'off',
  },
});
