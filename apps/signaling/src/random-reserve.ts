import { randomBytes } from 'node:crypto';

/** So many are asked for at a time: a few cost the system nearly as much. */
const RESERVE_BYTES = 4_096;

/** Gives out unguessable bytes, so many a call (at most 4,096) and none of them twice. */
export function createRandomReserve(): (count: number) => Buffer {
  let reserve = Buffer.alloc(0);
  let used = 0;
  return (count) => {
    if (used + count > reserve.length) {
      // A new one, for whoever holds bytes of the last may keep them.
      reserve = randomBytes(RESERVE_BYTES);
      used = 0;
    }
    const taken = reserve.subarray(used, used + count);
    used += count;
    return taken;
  };
}
