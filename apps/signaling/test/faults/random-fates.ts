import type { End, Fate, Pace } from '../support/fault-proxy.ts';

const ENDS: readonly End[] = ['reset', 'close', 'half-open'];
/** So many attempts to come back are refused at most: some 40 seconds of the client's clock. */
const REFUSED_MAX = 8;
const PACES = ['plain', 'slice', 'delay', 'stall', 'late'] as const;
/** With these the welcome has come. */
const HANDSHAKE_BYTES = 1_000;
/** In what the server says first over the WebSocket. What the client says next, to be let in, is held up. */
const HANDSHAKE_AT = 450;
/** So long it waits for its welcome; then it begins anew. */
const WELCOME_MS = 750;

/**
 * What happens to one person's connections, one after another: each lives for up to `bytesMax` bytes, which
 * may be before it was of any use, and the first never for long. One in three is followed by a time without any.
 * `random`: uniform in [0, 1).
 */
export function randomFates(random: () => number, bytesMax: number): () => Fate {
  const upTo = (max: number) => 1 + Math.floor(random() * max);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  let refused = 0;
  let isFirst = true;

  function pace(): Pace {
    switch (pick(PACES)) {
      case 'plain':
        return { kind: 'plain' };
      case 'slice':
        return { kind: 'slice', bytes: upTo(16) };
      case 'delay':
        return { kind: 'delay', ms: upTo(5) };
      case 'stall':
        // Longer than a silent connection is kept, now and then.
        return { kind: 'stall', afterBytes: upTo(bytesMax), ms: upTo(1_500) };
      case 'late':
        return { kind: 'stall', afterBytes: HANDSHAKE_AT, ms: WELCOME_MS + upTo(WELCOME_MS) };
    }
  }

  return () => {
    if (refused > 0) {
      refused -= 1;
      return 'refused';
    }
    refused = random() < 1 / 3 ? upTo(REFUSED_MAX) : 0;
    const afterBytes = upTo(isFirst ? HANDSHAKE_BYTES : bytesMax);
    isFirst = false;
    return { pace: pace(), end: pick(ENDS), afterBytes };
  };
}
