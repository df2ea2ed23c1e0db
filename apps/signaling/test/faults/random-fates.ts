import type { End, Fate, Pace } from '../support/fault-proxy.ts';

const ENDS: readonly End[] = ['reset', 'close', 'half-open'];
/** So many attempts to come back are refused at most: some 40 seconds of the client's clock. */
const REFUSED_MAX = 8;

/**
 * What happens to one person's connections, one after another: each lives for up to `bytesMax` bytes, which
 * may be before it was of any use, and one in three is followed by a time without any.
 * `random`: uniform in [0, 1).
 */
export function randomFates(random: () => number, bytesMax: number): () => Fate {
  const upTo = (max: number) => 1 + Math.floor(random() * max);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  let refused = 0;

  function pace(): Pace {
    switch (pick(['plain', 'slice', 'delay', 'stall'] as const)) {
      case 'plain':
        return { kind: 'plain' };
      case 'slice':
        return { kind: 'slice', bytes: upTo(16) };
      case 'delay':
        return { kind: 'delay', ms: upTo(5) };
      case 'stall':
        // Longer than a silent connection is kept, now and then.
        return { kind: 'stall', afterBytes: upTo(bytesMax), ms: upTo(1_500) };
    }
  }

  return () => {
    if (refused > 0) {
      refused -= 1;
      return 'refused';
    }
    refused = random() < 1 / 3 ? upTo(REFUSED_MAX) : 0;
    return { pace: pace(), end: pick(ENDS), afterBytes: upTo(bytesMax) };
  };
}
