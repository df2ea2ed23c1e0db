import { expect, test } from 'vitest';
import type { RestoreRequest } from '../src/core/ports.ts';
import type { AccountId, MatchClaim, MatchId, SessionId } from '../src/core/types.ts';
import { type CreateSubject, LEASES, WISHES, stage } from './support/stage.ts';

const RESTORE_WAIT_MS = 15_000;
const matchId = 'match-of-old' as MatchId;
const ann = { id: 'ann-of-old' as SessionId, account: 'ann' as AccountId };
const bob = { id: 'bob-of-old' as SessionId, account: 'bob' as AccountId };
const base = { matchId, mode: 'voice', relayOnly: false } as const;
const CLAIMS: Record<'ann' | 'bob', MatchClaim> = {
  ann: { ...base, role: 'answerer', me: ann, partner: bob },
  bob: { ...base, role: 'offerer', me: bob, partner: ann },
};

function claimed(name: 'ann' | 'bob', more: Partial<RestoreRequest> = {}): RestoreRequest {
  return { match: CLAIMS[name], leases: LEASES, hash: `${name} 1`, wishes: WISHES, ...more };
}

const attempt = (number: number) => ({ id: 'client-of-ann-00000001', attempt: number });

/** A match that the backplane has forgotten, brought back by those who were in it. */
export function restoreRules(create: CreateSubject): void {
  /** Both have come back to it and read what there was. */
  async function restored() {
    const parts = await stage(create);
    const { backplane } = parts;
    for (const name of ['ann', 'bob'] as const) await backplane.restore(claimed(name));
    for (const { id } of [ann, bob]) await backplane.back(id);
    for (const { id } of [ann, bob]) {
      const last = (await backplane.drain(id, 0)).at(-1);
      if (last) await backplane.drain(id, last.offset);
    }
    return parts;
  }

  test('[B44] both who were in it are in it again, under their old ids, and hear each other', async () => {
    const { backplane } = await restored();
    expect(await backplane.count()).toMatchObject({ online: 2, matched: { voice: 2 } });
    for (const { id } of [ann, bob])
      expect(await backplane.standing(id)).toEqual({ status: 'matched', matchId });
    const text = (words: string) => () => ({ type: 'message' as const, matchId, seq: 7, text: words });
    expect(await backplane.send(ann.id, text('hello'), { matchId, seq: 7 })).toBe(true);
    expect(await backplane.send(bob.id, text('you'), { matchId, seq: 7 })).toBe(true);
    expect((await backplane.drain(bob.id, 0)).map(({ event }) => event)).toEqual([text('hello')()]);
    expect((await backplane.drain(ann.id, 0)).map(({ event }) => event)).toEqual([text('you')()]);
  });

  test('[B44] the first of them is told that the other is away, and then that it is back', async () => {
    const { backplane } = await stage(create);
    expect(await backplane.restore(claimed('ann'))).toBe('restored');
    expect(await backplane.back(ann.id)).toBe(true);
    const types = async (id: SessionId) => (await backplane.drain(id, 0)).map(({ event }) => event.type);
    expect(await types(ann.id)).toEqual(['partner-away']);
    expect(await backplane.restore(claimed('bob'))).toBe('restored');
    await backplane.back(bob.id);
    expect(await types(ann.id)).toEqual(['partner-away', 'partner-back']);
    expect(await types(bob.id)).toEqual(['partner-back']);
  });

  test('[B31] what was acknowledged before has nothing to do with what comes now', async () => {
    const { backplane } = await stage(create);
    await backplane.restore(claimed('ann'));
    const text = () => ({ type: 'message' as const, matchId, seq: 1, text: 'hello' });
    await backplane.back(ann.id);
    await backplane.send(ann.id, text, { matchId, seq: 1 });
    // The line that bob had has not noticed yet.
    const [away] = await backplane.drain(bob.id, 1_000);
    const [, message] = await backplane.drain(bob.id, 1_000);
    expect(away?.offset).toBeGreaterThan(1_000);
    expect(message).toEqual({ offset: (away?.offset ?? 0) + 1, event: text() });
    expect((await backplane.drain(bob.id, away?.offset ?? 0)).map(({ event }) => event)).toEqual([text()]);
  });

  test('[B44] a skip ends it, tells the partner and looks again with the wishes of before', async () => {
    const { backplane, enter } = await stage(create);
    await backplane.restore(claimed('ann', { wishes: { ...WISHES, interests: ['chess'] } }));
    await backplane.restore(claimed('bob'));
    for (const { id } of [ann, bob]) await backplane.back(id);
    // It is no young match: a first connection that failed is not believed.
    expect(await backplane.find(ann.id, { ending: matchId, reason: 'failed' })).toBe('done');
    expect((await backplane.drain(bob.id, 0)).at(-1)?.event).toEqual({
      type: 'partner-left',
      matchId,
      reason: 'skipped',
    });
    const cid = await enter('cid');
    await cid.find({ mode: 'voice', interests: ['chess'] });
    expect(await backplane.standing(ann.id)).toEqual({ status: 'matched', matchId: await cid.match() });
    expect(await backplane.count()).toMatchObject({
      online: 3,
      matched: { voice: 2 },
      waiting: { voice: 0 },
    });
  });

  test('[B44] what may not show addresses may not afterwards', async () => {
    const { backplane } = await stage(create);
    const match = { ...CLAIMS.ann, relayOnly: true };
    await backplane.restore(claimed('ann', { match }));
    await backplane.back(ann.id);
    const typing = (on: boolean) => (id: MatchId) => ({ type: 'typing' as const, matchId: id, on });
    await backplane.send(ann.id, typing(true), { matchId, relayOnly: typing(false) });
    await backplane.restore(claimed('bob'));
    await backplane.back(bob.id);
    const events = (await backplane.drain(bob.id, 0)).map(({ event }) => event);
    expect(events).toContainEqual({ type: 'typing', matchId, on: false });
    expect(events).not.toContainEqual({ type: 'typing', matchId, on: true });
  });

  test('[B45] who does not come within 15 s is lost to its partner, and comes too late', async () => {
    const { backplane, advance } = await stage(create);
    await backplane.restore(claimed('ann'));
    await backplane.back(ann.id);
    await advance(RESTORE_WAIT_MS - 1);
    expect(await backplane.lapsed()).toEqual([]);
    await advance(1);
    expect(await backplane.lapsed()).toEqual([bob.id]);
    expect(await backplane.restore(claimed('bob'))).toBe('refused');
    await backplane.end(bob.id, 'lost', 'lapsed');
    expect((await backplane.drain(ann.id, 0)).at(-1)?.event).toEqual({
      type: 'partner-left',
      matchId,
      reason: 'lost',
    });
    expect(await backplane.restore(claimed('bob'))).toBe('refused');
    expect(await backplane.standing(ann.id)).toEqual({ status: 'idle' });
    expect(await backplane.count()).toMatchObject({ online: 1, matched: { voice: 0 } });
  });

  test('[B45] who has come has the lease of a match', async () => {
    const { backplane, advance } = await stage(create);
    await backplane.restore(claimed('ann'));
    await advance(RESTORE_WAIT_MS - 1);
    await backplane.restore(claimed('bob'));
    await advance(LEASES.matchedMs - RESTORE_WAIT_MS);
    expect(await backplane.lapsed()).toEqual([]);
    await advance(RESTORE_WAIT_MS);
    expect((await backplane.lapsed()).toSorted()).toEqual([ann.id, bob.id]);
  });

  test('[B45] it may be claimed again until a token of it was shown, for the answer may be lost', async () => {
    const { backplane } = await stage(create);
    await backplane.restore(claimed('ann'));
    expect(await backplane.restore(claimed('ann', { hash: 'ann 2' }))).toBe('restored');
    expect(await backplane.claim(ann.id, ann.account, 'ann 1', 'stolen')).toBe(false);
    expect(await backplane.claim(ann.id, ann.account, 'ann 2', 'ann 3')).toBe(true);
    expect(await backplane.restore(claimed('ann', { hash: 'ann 4' }))).toBe('refused');
    expect(await backplane.claim(ann.id, ann.account, 'ann 3', 'ann 5')).toBe(true);
    await backplane.restore(claimed('bob'));
    expect(await backplane.confirm(bob.id, 'bob 1')).toBe(true);
    expect(await backplane.restore(claimed('bob'))).toBe('refused');
  });

  test.each(['ann', 'bob'])(
    '[B46] nothing is restored while %s is online in another session',
    async (name) => {
      const { backplane, enter } = await stage(create);
      const other = await enter(name);
      await other.find();
      expect(await backplane.restore(claimed('ann'))).toBe('refused');
      expect(await backplane.count()).toMatchObject({
        online: 1,
        waiting: { video: 1 },
        matched: { voice: 0 },
      });
      expect(await other.news()).toEqual([expect.objectContaining({ type: 'waiting' })]);
      expect(other.ended).toEqual([]);
    },
  );

  test('[B46] a match that was restored and is over is not restored again', async () => {
    const { backplane } = await restored();
    await backplane.leave(bob.id, matchId, 'left');
    expect(await backplane.restore(claimed('ann'))).toBe('refused');
    expect(await backplane.standing(ann.id)).toEqual({ status: 'idle' });
    await backplane.end(ann.id, 'left');
    expect(await backplane.restore(claimed('ann'))).toBe('refused');
    expect(await backplane.count()).toMatchObject({ online: 1, matched: { voice: 0 } });
  });

  test('[B46] of the attempts of one client the newest alone holds', async () => {
    const { backplane } = await stage(create);
    expect(await backplane.restore(claimed('ann', { client: attempt(3) }))).toBe('restored');
    for (const number of [2, 3]) {
      const late = claimed('ann', { hash: 'late', client: attempt(number) });
      expect(await backplane.restore(late)).toBe('overtaken');
      expect(await backplane.back(ann.id, attempt(number))).toBe(number === 3);
    }
    expect(await backplane.claim(ann.id, ann.account, 'late', 'more', attempt(4))).toBe(false);
    expect(await backplane.claim(ann.id, ann.account, 'ann 1', 'more', attempt(5))).toBe(true);
  });

  test('[B46] whoever signs in anew meanwhile is not kept out by its place', async () => {
    const { backplane, enter } = await stage(create);
    await backplane.restore(claimed('ann'));
    await backplane.back(ann.id);
    await enter('bob');
    expect((await backplane.drain(ann.id, 0)).at(-1)?.event).toEqual({
      type: 'partner-left',
      matchId,
      reason: 'lost',
    });
  });

  test('[B47] a match names the partner to both where both can resume', async () => {
    const { enter } = await stage(create);
    const [one, other] = [await enter('ann', { resumeHash: '1' }), await enter('bob', { resumeHash: '2' })];
    for (const person of [one, other]) await person.find();
    expect((await one.news()).at(-1)).toMatchObject({
      type: 'matched',
      partner: { id: other.id, account: 'bob' },
    });
    expect((await other.news()).at(-1)).toMatchObject({ partner: { id: one.id, account: 'ann' } });
    const [cid, dan] = [await enter('cid', { resumeHash: '3' }), await enter('dan')];
    for (const person of [cid, dan]) await person.find();
    for (const person of [cid, dan]) {
      const matched = (await person.news()).at(-1);
      expect(matched).toMatchObject({ type: 'matched' });
      expect(matched).not.toHaveProperty('partner');
    }
  });
}
