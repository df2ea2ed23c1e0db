import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { Pace } from '../src/lib/pace.ts';

function scene() {
  const clock = new FakeClock();
  const start = clock.now();
  const done: number[] = [];
  const pace = new Pace(clock);
  return { clock, done, pace, act: () => pace.run(() => done.push(clock.now() - start)) };
}

test('[U96] skips are 700 ms apart: one that comes sooner waits, and however often it is asked for it is one', async () => {
  const { clock, done, act } = scene();
  act();
  await clock.pass(100);
  act();
  act();
  await clock.pass(599);
  expect(done).toEqual([0]);
  await clock.pass(1);
  expect(done).toEqual([0, 700]);
  await clock.pass(700);
  act();
  expect(done).toEqual([0, 700, 1_400]);
});

test('[U96] what waits is not done once it is closed', async () => {
  const { clock, done, pace, act } = scene();
  act();
  act();
  pace.close();
  await clock.pass(10_000);
  expect(done).toEqual([0]);
});
