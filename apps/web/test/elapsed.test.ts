import { flushSync } from 'svelte';
import { toStore } from 'svelte/store';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { Elapsed } from '../src/lib/elapsed.ts';

test('[U125] the seconds since the call was lost are told as each is over, and no more once it is back', async () => {
  const clock = new FakeClock();
  const elapsed = new Elapsed(clock);
  const told: number[] = [];
  // A store of a getter is an effect around it, without the compiler.
  const stop = toStore(() => elapsed.seconds).subscribe((seconds) => told.push(seconds));
  elapsed.note(true);
  for (const ms of [999, 1, 400, 600]) {
    await clock.pass(ms);
    elapsed.note(true);
    flushSync();
  }
  elapsed.note(false);
  flushSync();
  await clock.pass(5_000);
  elapsed.note(true);
  await clock.pass(1_000);
  flushSync();
  expect(told).toEqual([0, 1, 2, 0, 1]);
  elapsed.close();
  expect(clock.pending).toBe(0);
  stop();
});
