import { createGuestAuth } from '../apps/signaling/src/auth/guest.ts';
import { deploymentKey } from '../apps/signaling/src/deployment-key.ts';
import { DEPLOYMENT_SECRET } from './servers/start.ts';

/** Passes of so many guests of the bench's own server. */
export async function guestPasses(count: number): Promise<string[]> {
  const guest = createGuestAuth({ key: deploymentKey(DEPLOYMENT_SECRET, '') });
  const passes = await Promise.all(Array.from({ length: count }, () => guest.issue()));
  return passes.map(({ token }) => token);
}
