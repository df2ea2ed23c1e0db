import { expect, test } from 'vitest';
import type { ChatEvent, MatchId } from '../src/core/types.ts';
import { type CreateSubject, REMATCH_AFTER_MS, stage } from './support/stage.ts';

/** Matches: what is sent in them, how they end, and that the match id fences both. */
export function matchRules(create: CreateSubject): void {
  const state = (mic: boolean) => (matchId: MatchId) =>
    ({ type: 'partner-state', matchId, state: { mic, cam: true, away: false } }) as const;

  test('[B24] a find that ends no match does nothing inside one', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    expect(await ann.find()).toBe('done');
    expect(await backplane.find(bob.id, {})).toBe('done');
    expect(await ann.match()).toBe(matchId);
    expect(await bob.match()).toBe(matchId);
    expect([...(await ann.news()), ...(await bob.news())]).toEqual([]);
  });

  test('[B24] a skip ends its match, tells the partner and looks again', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob, { mode: 'voice' });
    expect(await ann.skip(matchId)).toBe('done');
    expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'skipped' }]);
    expect(await ann.news()).toMatchObject([{ type: 'waiting' }]);
    expect(await bob.standing()).toEqual({ status: 'idle' });
    expect(await backplane.count()).toMatchObject({ waiting: { voice: 1 }, matched: { voice: 0 } });
  });

  test('[B25] a skip of another match is stale and does nothing; of the last one it is a find', async () => {
    const { enter, meet } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const first = await meet(ann, bob);
    await bob.skip(first);
    // Ann's skip of the same match crossed Bob's.
    expect(await ann.skip(first)).toBe('done');
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    await cid.find();
    const second = await cid.match();
    expect(await bob.match()).toBe(second);
    await bob.news();
    await cid.news();
    for (const stale of [first, 'no such match' as MatchId]) expect(await bob.skip(stale)).toBe('stale');
    expect(await cid.skip(first)).toBe('stale');
    expect(await ann.skip(second)).toBe('stale');
    expect(await bob.match()).toBe(second);
    expect([...(await bob.news()), ...(await cid.news())]).toEqual([]);
    expect(await ann.standing()).toEqual({ status: 'waiting' });
  });

  test('[W7] a poll of the one who had waited that crosses its match is ignored', async () => {
    const { backplane, enter, meet, advance } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await advance(1_999);
    expect(await backplane.find(ann.id, { ending: 'current' })).toBe('done');
    expect(await ann.match()).toBe(matchId);
    expect(await bob.news()).toEqual([]);
    await advance(1);
    await backplane.find(ann.id, { ending: 'current' });
    expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'skipped' }]);
  });

  test('[W7] a find that is sent again over a new line, with the same wishes, ends no match that was made meanwhile', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    for (const person of [ann, bob]) {
      expect(await person.find({}, { ending: 'current' })).toBe('done');
      expect(await person.match()).toBe(matchId);
      expect(await person.news()).toEqual([]);
    }
    await backplane.send(bob.id, state(true), { matchId: 'current' });
    await bob.find({}, { ending: 'current' });
    expect(await ann.standing()).toEqual({ status: 'idle' });
  });

  test('[W7] a find with the wishes that were matched ends nothing until the match is acknowledged', async () => {
    const { backplane, enter, advance } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    for (const person of [ann, bob]) await person.find();
    const matchId = await ann.match();
    await advance(10_000);
    for (const person of [ann, bob]) await person.find({}, { ending: 'current' });
    expect(await bob.match()).toBe(matchId);
    await backplane.drain(bob.id, 1);
    await bob.find({}, { ending: 'current' });
    expect(await ann.standing()).toEqual({ status: 'idle' });
    expect(await bob.standing()).toEqual({ status: 'waiting' });
  });

  test('[W7] from the newcomer, after a first signal, or with other wishes it is a skip', async () => {
    const { backplane, enter, meet, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];

    await meet(ann, bob);
    await backplane.find(bob.id, { ending: 'current' });
    expect(await ann.standing()).toEqual({ status: 'idle' });

    await backplane.leave(bob.id, 'current', 'left');
    await pass(REMATCH_AFTER_MS, ann, bob);
    await meet(ann, bob);
    await backplane.send(ann.id, state(true), { matchId: 'current' });
    await backplane.find(ann.id, { ending: 'current' });
    expect(await bob.standing()).toEqual({ status: 'idle' });

    await backplane.leave(ann.id, 'current', 'left');
    await pass(REMATCH_AFTER_MS, ann, bob);
    await meet(ann, bob);
    await ann.find({ requeue: true }, { ending: 'current' });
    expect(await bob.standing()).toEqual({ status: 'idle' });
  });

  test('[B26] leave withdraws the ticket', async () => {
    const { backplane, enter } = await stage(create);
    const ann = await enter('ann');
    await ann.find();
    await ann.news();
    expect(await backplane.leave(ann.id, 'current', 'left')).toBeUndefined();
    expect(await ann.standing()).toEqual({ status: 'idle' });
    expect(await ann.news()).toEqual([]);
    const bob = await enter('bob');
    await bob.find();
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    expect((await backplane.count()).waiting.video).toBe(1);
  });

  test.for(['skipped', 'left', 'lost', 'ended', 'moderated', 'failed'] as const)(
    '[B26] leave ends the match and names its partner, who is told: %s',
    async (reason) => {
      const { backplane, enter, meet } = await stage(create);
      const [ann, bob] = [await enter('ann'), await enter('bob')];
      const matchId = await meet(ann, bob);
      expect(await backplane.leave(ann.id, matchId, reason)).toBe(bob.id);
      expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason }]);
      for (const person of [ann, bob]) {
        expect(await person.standing()).toEqual({ status: 'idle' });
        expect(await backplane.matched(person.id, matchId)).toBe(false);
      }
      expect(await backplane.leave(bob.id, matchId, reason)).toBeUndefined();
      expect(await ann.news()).toEqual([]);
    },
  );

  test('[B26] leave with the id of another match does nothing', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const first = await meet(ann, bob);
    await backplane.leave(ann.id, 'current', 'left');
    const second = await meet(cid, bob);
    expect(await backplane.leave(bob.id, first, 'left')).toBeUndefined();
    expect(await bob.match()).toBe(second);
    expect(await cid.news()).toEqual([]);
    await ann.find();
    expect(await backplane.leave(ann.id, second, 'left')).toBeUndefined();
    expect(await ann.standing()).toEqual({ status: 'waiting' });
  });

  test('[B26] a ticket cannot be skipped, a match alone can', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await bob.skip(matchId);
    for (const match of ['current', matchId] as const) {
      expect(await backplane.leave(bob.id, match, 'skipped')).toBeUndefined();
      expect(await bob.standing()).toEqual({ status: 'waiting' });
    }
  });

  test('[B27] nobody is handed to a third person unasked', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const matchId = await meet(ann, bob);
    await cid.find();
    await backplane.leave(ann.id, matchId, 'left');
    expect(await bob.standing()).toEqual({ status: 'idle' });
    expect(await cid.standing()).toEqual({ status: 'waiting' });
  });

  test.for(['leave', 'skip', 'end'] as const)(
    '[B27] who asked for it is put back in the pool when the partner leaves: %s',
    async (verb) => {
      const { backplane, enter, meet, advance } = await stage(create);
      const [ann, bob] = [await enter('ann'), await enter('bob')];
      const matchId = await meet(ann, bob, { requeue: true });
      await advance(100);
      if (verb === 'leave') await backplane.leave(ann.id, matchId, 'left');
      else if (verb === 'skip') await ann.skip(matchId);
      else await backplane.end(ann.id, 'left');
      expect(await bob.news()).toMatchObject([{ type: 'partner-left', matchId }, { type: 'waiting' }]);
      expect(await bob.standing()).toEqual({ status: 'waiting' });
    },
  );

  test('[B27] back in the pool it meets who waits there, at once', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const matchId = await meet(ann, bob, { requeue: true });
    await cid.find();
    await backplane.leave(ann.id, matchId, 'left');
    expect(await bob.news()).toMatchObject([
      { type: 'partner-left', matchId },
      { type: 'matched', role: 'offerer' },
    ]);
    expect(await bob.match()).toBe(await cid.match());
    // Ann, who left, was not put back.
    expect(await ann.standing()).toEqual({ status: 'idle' });
  });

  test('[B28] what is sent reaches the partner, and only while that match is on', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const send = (matchId: MatchId | 'current') => backplane.send(bob.id, state(true), { matchId });
    expect(await send('current')).toBe(false);
    const first = await meet(ann, bob);
    expect(await send(first)).toBe(true);
    expect(await ann.news()).toEqual([state(true)(first)]);
    await backplane.leave(ann.id, first, 'left');
    expect(await send(first)).toBe(false);
    expect(await send('current')).toBe(false);

    const second = await meet(cid, bob);
    expect(await send(first)).toBe(false);
    expect(await send('no such match' as MatchId)).toBe(false);
    expect(await send('current')).toBe(true);
    // Ann knows the id of a match that is not hers.
    expect(await backplane.send(ann.id, state(true), { matchId: second })).toBe(false);
    expect(await cid.news()).toEqual([state(true)(second)]);
    expect([...(await ann.news()), ...(await bob.news())]).toEqual([]);
  });

  test('[B29] R08 a sequence number is taken once for each sender and match, and only upwards', async () => {
    const { backplane, enter, meet, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    let matchId = await meet(ann, bob);
    const send = (from: typeof ann, seq: number) =>
      backplane.send(from.id, (match) => ({ ...state(true)(match), seq }) as ChatEvent, { matchId, seq });
    for (const seq of [1, 2, 2, 1, 5, 4, 5, 6]) expect(await send(ann, seq)).toBe(true);
    expect(await bob.news()).toMatchObject([1, 2, 5, 6].map((seq) => ({ seq })));
    // The partner counts for itself, a number is not needed, and a new match counts anew.
    await send(bob, 1);
    await backplane.send(bob.id, state(false), { matchId });
    await backplane.send(bob.id, state(false), { matchId });
    expect(await ann.news()).toHaveLength(3);
    await backplane.leave(ann.id, matchId, 'left');
    await pass(REMATCH_AFTER_MS, ann, bob);
    matchId = await meet(ann, bob);
    await send(ann, 1);
    expect(await bob.news()).toMatchObject([{ matchId, seq: 1 }]);
  });

  test.for([
    ['first', true, false],
    ['second', false, true],
    ['both', true, true],
  ] as const)('[B30] where relay-only was asked for (%s), its variant goes out', async ([, one, two]) => {
    const { backplane, enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find({ relayOnly: one });
    await bob.find({ relayOnly: two });
    for (const person of [ann, bob]) {
      expect((await person.news()).at(-1)).toMatchObject({ type: 'matched', relayOnly: true });
    }
    const matchId = 'current';
    await backplane.send(ann.id, state(true), { matchId, relayOnly: state(false) });
    expect(await backplane.send(ann.id, state(true), { matchId, relayOnly: () => undefined, seq: 1 })).toBe(
      true,
    );
    await backplane.send(ann.id, state(true), { matchId });
    const current = await ann.match();
    expect(await bob.news()).toEqual([state(false)(current), state(true)(current)]);
  });

  test('[B30] elsewhere the event itself goes out', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await backplane.send(ann.id, state(true), { matchId, relayOnly: state(false) });
    await backplane.send(ann.id, state(true), { matchId, relayOnly: () => undefined });
    expect(await bob.news()).toEqual([state(true)(matchId), state(true)(matchId)]);
  });
}
