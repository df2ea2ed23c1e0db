import { expect, test } from 'vitest';
import { Pool, type PoolOptions, type Ticket } from '../src/backplane/pool.ts';
import type { AccountId, Session, SessionId, Wishes } from '../src/core/types.ts';
import { accept, drawWishes, insists } from './support/acceptance.ts';
import { seededRandom } from './support/random.ts';
import { INTEREST_WAIT_MS, LEASES, WISHES } from './support/stage.ts';

interface Owner {
  readonly session: Session;
}

/** A pool whose time stands still but for `at`, and people of it. */
function poolOf(options: Partial<PoolOptions<Owner>> = {}) {
  let now = 0;
  let entered = 0;
  const pool = new Pool<Owner>({
    now: () => now,
    random: () => 0,
    matchWindow: 1,
    interestWaitMs: INTEREST_WAIT_MS,
    mayMeet: () => true,
    ...options,
  });
  const owner = (name = `person ${++entered}`): Owner => ({
    session: { id: name as SessionId, account: name as AccountId, leases: LEASES },
  });
  return {
    pool,
    owner,
    at: (time: number) => void (now = time),
    issue: (wishes: Partial<Wishes> = {}, since = now, who = owner()) =>
      pool.issue(who, { ...WISHES, ...wishes }, since),
  };
}

test('[B37] the index finds exactly those who accept each other', () => {
  const seed = 20_260_107;
  const random = seededRandom(seed);
  const met = { yes: 0, no: 0 };
  for (let round = 0; round < 20_000; round++) {
    const { pool, issue, at } = poolOf();
    const sinceOne = Math.floor(random() * 3) * 5_000;
    at(sinceOne);
    const [one, other] = [drawWishes(random), drawWishes(random)];
    const first = issue({ ...one, mode: random() < 0.9 ? 'video' : 'text' });
    pool.seek(first);
    at(INTEREST_WAIT_MS);
    for (const ticket of pool.takeDue()) {
      pool.withdraw(ticket);
      expect(pool.seek(ticket)).toBeUndefined();
    }
    const second = issue(other, random() < 0.8 ? INTEREST_WAIT_MS : 0);
    const seekers = [first, second].map(({ wishes, since }) => ({
      wishes,
      anyone: !insists(wishes) || since === 0,
    })) as [{ wishes: Wishes; anyone: boolean }, { wishes: Wishes; anyone: boolean }];
    const found = pool.seek(second);
    const expected = accept(...seekers);
    met[expected ? 'yes' : 'no']++;
    expect(found, `seed ${seed}: ${JSON.stringify(seekers)}`).toBe(expected ? first : undefined);
    expect(accept(seekers[1], seekers[0])).toBe(expected);
  }
  expect(Math.min(met.yes, met.no)).toBeGreaterThan(4_000);
});

test('[B37] names that run together are not mistaken for one another', () => {
  const { pool, issue } = poolOf();
  pool.seek(issue({ interests: ['de'], languages: ['en'] }));
  expect(pool.seek(issue({ interests: ['d'], languages: ['een'] }))).toBeUndefined();
  expect(pool.seek(issue({ interests: ['en'], languages: ['de'] }))).toBeUndefined();
});

test('[B18] whoever waits longest comes first; of one time, who came first; of several lists, each once', () => {
  const random = seededRandom(20_260_108);
  const seen: Ticket<Owner>[] = [];
  const { pool, issue } = poolOf({
    matchWindow: 100,
    // Passed over, but looked at in order.
    mayMeet: (owner) => {
      const ticket = tickets.find((one) => one.owner === owner);
      if (ticket) seen.push(ticket);
      return false;
    },
  });
  const interests = ['tea', 'go', 'jazz'];
  const tickets: Ticket<Owner>[] = [];
  for (let index = 0; index < 60; index++) {
    const ticket = issue({ interests: interests.filter(() => random() < 0.6) }, Math.floor(random() * 20));
    tickets.push(ticket);
    pool.seek(ticket);
  }
  for (const gone of tickets.splice(10, 10)) pool.withdraw(gone);
  seen.length = 0;
  pool.seek(issue({ interests }));
  const expected = tickets
    .filter(({ wishes }) => wishes.interests.length > 0)
    .sort((a, b) => a.since - b.since || a.arrival - b.arrival);
  expect(seen).toEqual(expected);
});

test('[B35] nothing stays behind of those who have gone', () => {
  const seed = 20_260_109;
  const random = seededRandom(seed);
  const { pool, issue, at } = poolOf({ mayMeet: () => random() < 0.5 });
  const waiting = new Set<Ticket<Owner>>();
  const seek = (ticket: Ticket<Owner>) => {
    const partner = pool.seek(ticket);
    if (partner) waiting.delete(partner);
    else waiting.add(ticket);
  };
  for (let step = 1; step <= 3_000; step++) {
    at(step * 100);
    if (random() < 0.6) seek(issue(drawWishes(random)));
    const [someone] = waiting;
    if (someone && random() < 0.5) {
      waiting.delete(someone);
      pool.withdraw(someone);
      if (random() < 0.5) {
        pool.withhold(someone);
        waiting.add(someone);
      }
    }
    for (const ticket of pool.takeDue()) {
      if (!waiting.delete(ticket)) continue;
      pool.withdraw(ticket);
      seek(ticket);
    }
    expect(pool.waiting.video, `seed ${seed}, step ${step}`).toBe(waiting.size);
  }
  for (const ticket of waiting) pool.withdraw(ticket);
  at(1_000_000);
  expect(pool.takeDue()).toEqual([]);
  expect(pool.size).toBe(0);
});

test('[B35] a list left empty stays until the next sweep: one that comes and goes makes a Map slow', () => {
  const { pool, issue } = poolOf();
  const ticket = issue();
  pool.seek(ticket);
  pool.withdraw(ticket);
  expect(pool.size).toBe(1);
  pool.seek(ticket);
  pool.takeDue();
  expect(pool.size).toBe(1);
  pool.withdraw(ticket);
  pool.takeDue();
  expect(pool.size).toBe(0);
});

test('[B35] who has many interests and languages looks at 66 lists and no more', () => {
  const { pool, issue } = poolOf();
  const interests = Array.from({ length: 10 }, (_, index) => `band ${index}`);
  const languages = ['de', 'en', 'fa', 'fr', 'ja'];
  const ticket = issue({ interests, languages });
  pool.seek(ticket);
  expect(pool.size).toBe(50);
  pool.withdraw(ticket);
  pool.takeDue();
  ticket.anyone = true;
  pool.seek(ticket);
  expect(pool.size).toBe(66);
});
