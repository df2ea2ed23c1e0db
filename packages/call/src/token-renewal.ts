import type { AuthSource, Clock, Unsubscribe } from './types.ts';
import type { SignalingSocket } from './wire.ts';

/** A token is renewed so long before its end, or at half its life if that is shorter. */
const LEAD_MS = 5 * 60_000;
/** Renewal that failed is tried again after this. */
const RETRY_MS = 30_000;

interface RenewalParts {
  socket: SignalingSocket;
  auth: AuthSource;
  clock: Clock;
  /** End of the token the socket was opened with, in milliseconds since 1970. */
  expiresAt: number;
}

/** Renews the token of a session over its line, again and again, until the line is let go of. */
export function keepRenewed({ socket, auth, clock, expiresAt }: RenewalParts): Unsubscribe {
  let stopped = false;
  let cancel: Unsubscribe;

  function renewAfter(ms: number): void {
    cancel = clock.after(ms, () => void renew());
  }

  function renewBefore(end: number): void {
    const leftMs = Math.max(0, end - clock.now());
    renewAfter(leftMs - Math.min(LEAD_MS, leftMs / 2));
  }

  async function renew(): Promise<void> {
    // Set first: a source or a server that never answers must not be the last word.
    renewAfter(RETRY_MS);
    const pass = await auth.token({ fresh: true }).catch(() => undefined);
    if (!pass || stopped) return;
    socket.emit('session:renew-token', { token: pass.token }, (reply) => {
      if (stopped || !('ok' in reply)) return;
      cancel();
      renewBefore(reply.expiresAt);
    });
  }

  renewBefore(expiresAt);
  return () => {
    stopped = true;
    cancel();
  };
}
