import { expect, test } from 'vitest';
import { Deadlines } from '../src/backplane/deadlines.ts';
import type { SessionId } from '../src/core/types.ts';
import { seededRandom } from './support/random.ts';
import { countSteps } from './support/steps.ts';

const id = (name: string | number) => `${name}` as SessionId;

test('[B9] a lease holds until its end and not at it', () => {
  const deadlines = new Deadlines<SessionId>(0);
  deadlines.set(id('ann'), 1_500);
  expect(deadlines.isAhead(id('ann'), 1_499)).toBe(true);
  expect(deadlines.isAhead(id('ann'), 1_500)).toBe(false);
  expect(deadlines.isAhead(id('bob'), 0)).toBe(false);
});

test('[B11] sweeping late, early or twice in one second hands each out once', () => {
  const deadlines = new Deadlines<SessionId>(0);
  deadlines.set(id('ann'), 1_200);
  deadlines.set(id('bob'), 1_800);
  deadlines.set(id('cid'), 90_000);
  expect(deadlines.takePassed(1_100)).toEqual([]);
  expect(deadlines.takePassed(1_500)).toEqual([id('ann')]);
  expect(deadlines.takePassed(1_900)).toEqual([id('bob')]);
  expect(deadlines.takePassed(1_900)).toEqual([]);
  expect(deadlines.takePassed(1_000_000)).toEqual([id('cid')]);
});

test('[B11] a lease set to an earlier end, even one in the past, is swept in time', () => {
  const deadlines = new Deadlines<SessionId>(0);
  deadlines.set(id('ann'), 90_000);
  deadlines.set(id('ann'), 3_000);
  expect(deadlines.takePassed(3_000)).toEqual([id('ann')]);
  deadlines.set(id('bob'), 2_000);
  expect(deadlines.takePassed(3_001)).toEqual([id('bob')]);
});

test('[B11] any mix of setting, deleting and sweeping agrees with a plain table', () => {
  const seed = 20_260_104;
  const random = seededRandom(seed);
  const deadlines = new Deadlines<SessionId>(0);
  const table = new Map<SessionId, number>();
  let now = 0;
  for (let step = 0; step < 20_000; step++) {
    const someone = id(Math.floor(random() * 50));
    const choice = random();
    if (choice < 0.6) {
      const ends = now + Math.floor(random() * 20_000);
      deadlines.set(someone, ends);
      table.set(someone, ends);
    } else if (choice < 0.7) {
      deadlines.delete(someone);
      table.delete(someone);
    } else if (choice < 0.8) {
      const passed = [...table].filter(([, ends]) => ends <= now).map(([name]) => name);
      expect(deadlines.takePassed(now).sort(), `seed ${seed}, step ${step}`).toEqual(passed.sort());
      for (const name of passed) {
        deadlines.delete(name);
        table.delete(name);
      }
    } else now += Math.floor(random() * 700);
    expect(deadlines.isAhead(someone, now)).toBe((table.get(someone) ?? 0) > now);
  }
});

test('[B35] renewing and sweeping cost nothing for those whose lease runs on', () => {
  const cost = (count: number) => {
    const deadlines = new Deadlines<SessionId>(0);
    for (let index = 0; index < count; index++) deadlines.set(id(index), 60_000);
    return countSteps(() => {
      deadlines.set(id(0), 75_000);
      deadlines.takePassed(2_000);
    });
  };
  expect(cost(10_000)).toBe(cost(10));
});
