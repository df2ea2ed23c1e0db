import { expect, test } from 'vitest';
import { type Place, WaitingList } from '../src/backplane/waiting-list.ts';
import { seededRandom } from './support/random.ts';
import { countSteps } from './support/steps.ts';

test('[B18] whoever waits longest comes first; of one time, who came first', () => {
  const list = new WaitingList<string>();
  list.add('b', 20);
  list.add('c', 30);
  list.add('c2', 30);
  list.add('a', 10);
  list.add('b2', 20);
  list.add('d', 40);
  expect([...list]).toEqual(['a', 'b', 'b2', 'c', 'c2', 'd']);
});

test('[B18] a place taken out leaves the others in order', () => {
  const list = new WaitingList<string>();
  const places = ['first', 'middle', 'last'].map((name, index) => list.add(name, index));
  const [first, middle, last] = places as [Place<string>, Place<string>, Place<string>];
  list.remove(middle);
  expect([...list]).toEqual(['first', 'last']);
  list.remove(last);
  list.add('newer', 9);
  expect([...list]).toEqual(['first', 'newer']);
  list.remove(first);
  list.add('older', 0);
  expect([...list]).toEqual(['older', 'newer']);
  expect(list.size).toBe(2);
});

test('[B18] any mix of coming and going agrees with a sorted array', () => {
  const seed = 20_260_102;
  const random = seededRandom(seed);
  const list = new WaitingList<number>();
  let waiting: Place<number>[] = [];
  for (let step = 0; step < 5_000; step++) {
    if (waiting.length > 0 && random() < 0.48) {
      const index = Math.floor(random() * waiting.length);
      const [gone] = waiting.splice(index, 1);
      if (gone) list.remove(gone);
    } else {
      // Most join at the end, some return to an older place.
      const since = random() < 0.7 ? step : Math.floor(random() * step);
      const place = list.add(step, since);
      waiting = [...waiting, place].sort((a, b) => a.since - b.since);
    }
    if (step % 10 > 0) continue;
    expect([...list], `seed ${seed}, step ${step}`).toEqual(waiting.map(({ value }) => value));
    expect(list.size).toBe(waiting.length);
  }
});

test('[B35] joining, leaving and looking at the front cost the same in a long list', () => {
  const cost = (length: number) => {
    const list = new WaitingList<number>();
    for (let index = 0; index < length; index++) list.add(index, index);
    return countSteps(() => {
      list.remove(list.add(length, length));
      for (const value of list) if (value === 3) break;
    });
  };
  expect(cost(10_000)).toBe(cost(10));
});
