import { expect, test } from 'vitest';
import { checkRecords, leftovers } from './support/records-checker.ts';
import type { Records } from './support/records.ts';

const AT = 1_000_000;

/** Ann and Bob in a match, and Cid who waits. */
function scene() {
  const record = (account: string, more: Record<string, string>) => ({
    ...{ account, mode: 'text', match: '', partner: '', waiting: '', leaseEnd: `${AT + 1}` },
    ...{ acknowledged: '3', last: '4' },
    ...more,
  });
  const records: Records = {
    at: AT,
    sessions: new Map<string, Record<string, string>>([
      ['ann1', record('ann', { match: 'm1', partner: 'bob1', role: 'answerer' })],
      ['bob1', record('bob', { match: 'm1', partner: 'ann1', role: 'offerer' })],
      ['cid1', record('cid', { waiting: 'placed' })],
    ]),
    accounts: new Map([
      ['ann', 'ann1'],
      ['bob', 'bob1'],
      ['cid', 'cid1'],
    ]),
    claims: ['ann1'],
    events: ['ann1:4'],
    waiting: new Map([['text', ['cid1']]]),
    matched: new Map([['text', ['ann1']]]),
    pool: new Map([['text\n\n', ['cid1']]]),
    again: new Map(),
    leases: ['ann1', 'bob1', 'cid1'],
    nodes: new Map([['n', ['ann1', 'bob1', 'cid1']]]),
    strange: [],
  };
  const change = (id: string, more: Record<string, string>) =>
    void Object.assign(records.sessions.get(id) ?? {}, more);
  return { records, change, breaches: () => checkRecords(records, { lapsedWithinMs: 10 }) };
}

type Scene = ReturnType<typeof scene>;

test('[J3] records of a backplane that is in order break nothing', () => {
  expect(scene().breaches()).toEqual([]);
});

test.each<[what: string, breach: string, spoil: (scene: Scene) => void]>([
  ['two sessions of an account', 'M2: an account', ({ records }) => records.accounts.set('bob', 'cid1')],
  [
    'somebody in a match who waits',
    'M2: nobody is in',
    ({ change }) => change('ann1', { waiting: 'withheld' }),
  ],
  ['somebody in two pools', 'M2: who waits', ({ records }) => records.waiting.set('video', ['cid1'])],
  ['somebody in two matches', 'M2: each match', ({ records }) => records.matched.set('video', ['ann1'])],
  ['a ticket that stays', 'M2: who can', ({ records }) => records.pool.get('text\n\n')?.push('ann1')],
  ['a ticket that is withheld', 'M2: who can', ({ change }) => change('cid1', { waiting: 'withheld' })],
  ['one side without the other', 'M1: both', ({ change }) => change('ann1', { match: '', partner: '' })],
  ['two sides that differ', 'M1: both', ({ change }) => change('ann1', { partner: 'cid1' })],
  ['two who both offer', 'M5: one', ({ change }) => change('ann1', { role: 'offerer' })],
  ['an account that met itself', 'M3: nobody', ({ change }) => change('bob1', { account: 'ann' })],
  ['a session without a lease', 'M6: no record', ({ change }) => change('cid1', { leaseEnd: `${AT - 11}` })],
  ['a look at nobody', 'M6: who is looked at', ({ records }) => records.again.set('text', ['dan1'])],
  ['a lease of nobody', 'M6: a lease', ({ records }) => records.leases.push('dan1')],
  ['an account of nobody', 'M6: an account', ({ records }) => records.accounts.set('dan', 'dan1')],
  ['a claim to nobody', 'M6: a claim', ({ records }) => records.claims.push('dan1')],
  ['an event of nobody', 'M6: an event', ({ records }) => records.events.push('dan1:4')],
  ['an event that was read', 'M6: an event', ({ records }) => records.events.push('ann1:3')],
  ['a key that nobody knows', 'M6: every key', ({ records }) => records.strange.push('z:1')],
])('[J3] the checker sees %s', (_, rule, spoil) => {
  const spoiled = scene();
  spoil(spoiled);
  expect(spoiled.breaches()).toContainEqual(expect.stringContaining(rule));
});

test('[J3] whatever is left is named', () => {
  const { records } = scene();
  expect(leftovers(records)).toHaveLength(15);
});
