import type { AuthSource, Clock, Unsubscribe } from './types.ts';
import type { SignalingSocket } from './wire.ts';

/** A token is renewed so long before its end, or at half its life if that is shorter. */
const LEAD_MS = 5 * 60_000;
/** Renewal that failed is tried again after this. */
const RETRY_MS = 30_000;
/** However short a token lives. */
const LEAST_MS = 1_000;

interface RenewalParts {
  socket: SignalingSocket;
  auth: AuthSource;
  clock: Clock;
  /** How long the token lives that the socket was opened with. */
  leftMs: number;
}

/** Renews the token of a session over its line, again and again, until the line is let go of. */
export function keepRenewed({ socket, auth, clock, leftMs }: RenewalParts): Unsubscribe {
  let stopped = false;
  let cancel: Unsubscribe;

  function renewAfter(ms: number): void {
    cancel = clock.after(ms, () => void renew());
  }

  function renewWithin(ms: number): void {
    renewAfter(Math.max(LEAST_MS, ms - Math.min(LEAD_MS, ms / 2)));
  }

  async function renew(): Promise<void> {
    // Set first: a source or a server that never answers must not be the last word.
    renewAfter(RETRY_MS);
    const pass = await auth.token({ fresh: true }).catch(() => undefined);
    if (!pass || stopped) return;
    socket.emit('session:renew-token', { token: pass.token }, (reply) => {
      if (stopped || !('ok' in reply)) return;
      cancel();
      renewWithin(reply.tokenLeftMs);
    });
  }

  renewWithin(leftMs);
  return () => {
    stopped = true;
    cancel();
  };
}
