import { existsSync } from 'node:fs';
import { defineConfig } from 'playwright/test';

// Debian's Chromium where it is, else the browser that Playwright installed itself.
const executablePath = '/usr/bin/chromium';

/** Tests in which nobody calls anybody. */
const PAGES = ['states/**', 'languages.spec.ts', 'weight.spec.ts', 'landing.spec.ts', 'admin.spec.ts'];

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/support/builds.ts',
  outputDir: 'test-results/e2e',
  snapshotPathTemplate: '{testDir}/states/baselines/{arg}{ext}',
  projects: [
    // One browser that shows one page: several at a time.
    { name: 'pages', testMatch: PAGES, fullyParallel: true, workers: 2 },
    // Several browsers that encode video: more than one test at a time only makes all of them slow.
    { name: 'calls', testIgnore: PAGES, workers: 1 },
  ],
  workers: 2,
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
