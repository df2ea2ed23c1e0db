import { expect, test } from 'vitest';
import { Leases } from '../src/backplane/leases.ts';
import type { SessionId } from '../src/core/types.ts';
import { seededRandom } from './support/random.ts';
import { countSteps } from './support/steps.ts';

const id = (name: string | number) => `${name}` as SessionId;

test('[B9] a lease holds until its end and not at it', () => {
  const leases = new Leases(0);
  leases.set(id('ann'), 1_500);
  expect(leases.holds(id('ann'), 1_499)).toBe(true);
  expect(leases.holds(id('ann'), 1_500)).toBe(false);
  expect(leases.holds(id('bob'), 0)).toBe(false);
});

test('[B11] sweeping late, early or twice in one second hands each out once', () => {
  const leases = new Leases(0);
  leases.set(id('ann'), 1_200);
  leases.set(id('bob'), 1_800);
  leases.set(id('cid'), 90_000);
  expect(leases.takeLapsed(1_100)).toEqual([]);
  expect(leases.takeLapsed(1_500)).toEqual([id('ann')]);
  expect(leases.takeLapsed(1_900)).toEqual([id('bob')]);
  expect(leases.takeLapsed(1_900)).toEqual([]);
  expect(leases.takeLapsed(1_000_000)).toEqual([id('cid')]);
});

test('[B11] a lease set to an earlier end, even one in the past, is swept in time', () => {
  const leases = new Leases(0);
  leases.set(id('ann'), 90_000);
  leases.set(id('ann'), 3_000);
  expect(leases.takeLapsed(3_000)).toEqual([id('ann')]);
  leases.set(id('bob'), 2_000);
  expect(leases.takeLapsed(3_001)).toEqual([id('bob')]);
});

test('[B11] any mix of setting, deleting and sweeping agrees with a plain table', () => {
  const seed = 20_260_104;
  const random = seededRandom(seed);
  const leases = new Leases(0);
  const table = new Map<SessionId, number>();
  let now = 0;
  for (let step = 0; step < 20_000; step++) {
    const someone = id(Math.floor(random() * 50));
    const choice = random();
    if (choice < 0.6) {
      const ends = now + Math.floor(random() * 20_000);
      leases.set(someone, ends);
      table.set(someone, ends);
    } else if (choice < 0.7) {
      leases.delete(someone);
      table.delete(someone);
    } else if (choice < 0.8) {
      const lapsed = [...table].filter(([, ends]) => ends <= now).map(([name]) => name);
      expect(leases.takeLapsed(now).sort(), `seed ${seed}, step ${step}`).toEqual(lapsed.sort());
      for (const name of lapsed) {
        leases.delete(name);
        table.delete(name);
      }
    } else now += Math.floor(random() * 700);
    expect(leases.holds(someone, now)).toBe((table.get(someone) ?? 0) > now);
  }
});

test('[B35] renewing and sweeping cost nothing for those whose lease runs on', () => {
  const cost = (count: number) => {
    const leases = new Leases(0);
    for (let index = 0; index < count; index++) leases.set(id(index), 60_000);
    return countSteps(() => {
      leases.set(id(0), 75_000);
      leases.takeLapsed(2_000);
    });
  };
  expect(cost(10_000)).toBe(cost(10));
});
