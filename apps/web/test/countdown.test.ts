import { flushSync } from 'svelte';
import { toStore } from 'svelte/store';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { Countdown } from '../src/lib/countdown.ts';

test('[U95] the seconds that are left are told as each is over, and nothing is counted for nobody', async () => {
  const clock = new FakeClock();
  const countdown = new Countdown(clock);
  const moment = clock.now() + 2_500;
  const told: number[] = [];
  // A store of a getter is an effect around it, without the compiler.
  const stop = toStore(() => countdown.secondsTo(moment)).subscribe((seconds) => told.push(seconds));
  flushSync();
  for (const ms of [499, 1, 999, 1, 1_000, 60_000]) {
    await clock.pass(ms);
    flushSync();
  }
  expect(told).toEqual([3, 2, 1, 0]);
  stop();
  await Promise.resolve();
  expect(clock.pending).toBe(0);
});

test('[U95] where there is no moment there is nothing to count', () => {
  const clock = new FakeClock();
  const countdown = new Countdown(clock);
  expect(countdown.secondsTo(undefined)).toBe(0);
  expect(countdown.secondsTo(clock.now())).toBe(0);
  expect(clock.pending).toBe(0);
});
