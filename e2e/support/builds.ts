import { ensureStatesBuild, ensureWebBuild } from '../../scripts/web-build.ts';

/** Before all tests and their workers, and one after the other: both builds write into the same folders. */
// eslint-disable-next-line no-restricted-syntax -- what Playwright asks for
export default async function ensureBuilds(): Promise<void> {
  await ensureWebBuild();
  await ensureStatesBuild();
}
