import type { SafetyClient } from './safety-client.ts';

/** Who takes reports here: nobody yet, since no server does. So no screen offers to report [U90]. */
export function openSafety(): SafetyClient | undefined {
  return undefined;
}
