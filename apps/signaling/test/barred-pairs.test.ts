import { expect, test } from 'vitest';
import { BarredPairs } from '../src/backplane/barred-pairs.ts';
import type { AccountId } from '../src/core/types.ts';
import { seededRandom } from './support/random.ts';
import { countSteps } from './support/steps.ts';

const account = (name: string | number) => `${name}` as AccountId;
const [ann, bob, cid] = [account('ann'), account('bob'), account('cid')];

test('[B20] a pair is barred both ways until its time and not longer', () => {
  const pairs = new BarredPairs();
  pairs.bar(ann, bob, 100, 0);
  expect(pairs.until(ann, bob, 99)).toBe(100);
  expect(pairs.until(bob, ann, 99)).toBe(100);
  expect(pairs.until(ann, bob, 100)).toBe(0);
  expect(pairs.until(ann, cid, 0)).toBe(0);
});

test('[B20] a shorter bar does not shorten a longer one', () => {
  const pairs = new BarredPairs();
  pairs.bar(ann, bob, 600, 0);
  pairs.bar(bob, ann, 30, 0);
  expect(pairs.until(ann, bob, 599)).toBe(600);
  pairs.bar(ann, bob, 700, 0);
  expect(pairs.until(ann, bob, 699)).toBe(700);
});

test('[B20] names that run together are not mistaken for one another', () => {
  const pairs = new BarredPairs();
  pairs.bar(account('ab'), account('c'), 100, 0);
  expect(pairs.until(account('a'), account('bc'), 0)).toBe(0);
});

test('[B36] no bar is forgotten early, and what has run out is forgotten as new ones come', () => {
  const seed = 20_260_103;
  const random = seededRandom(seed);
  const pairs = new BarredPairs();
  const live = new Map<string, number>();
  const early: string[] = [];
  let largest = 0;
  for (let now = 0; now < 20_000; now += 10) {
    const [a, b] = [account(Math.floor(random() * 100)), account(100 + Math.floor(random() * 100))];
    const until = now + (random() < 0.1 ? 6_000 : 300);
    pairs.bar(a, b, until, now);
    live.set(`${a} ${b}`, Math.max(until, live.get(`${a} ${b}`) ?? 0));
    for (const [pair, ends] of live) {
      const [one, other] = pair.split(' ').map(account) as [AccountId, AccountId];
      if (ends <= now) live.delete(pair);
      else if (pairs.until(one, other, now) !== ends) early.push(`${pair} at ${now}`);
    }
    largest = Math.max(largest, pairs.size / live.size);
  }
  expect(early, `seed ${seed}`).toEqual([]);
  expect(largest).toBeLessThan(6);
});

test('[B36] a bar costs the same however many there are', () => {
  const cost = (count: number) => {
    const pairs = new BarredPairs();
    for (let index = 0; index < count; index++) pairs.bar(ann, account(index), 100, 0);
    return countSteps(() => {
      pairs.bar(ann, bob, 1_000, 500);
      pairs.until(ann, bob, 500);
    });
  };
  expect(cost(10_000)).toBe(cost(10));
});
