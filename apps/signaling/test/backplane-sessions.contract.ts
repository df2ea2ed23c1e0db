import { expect, test } from 'vitest';
import type { AccountId, MatchId, SessionId } from '../src/core/types.ts';
import { type CreateSubject, LEASES, WISHES, stage } from './support/stage.ts';

/** Sessions: opening, one for an account, resuming, ending. */
export function sessionRules(create: CreateSubject): void {
  test('[B1] a session id opens once; a second time is refused and disturbs nobody', async () => {
    const { backplane, enter } = await stage(create);
    const ann = await enter('ann');
    await ann.find();
    const again = { id: ann.id, account: 'eve' as AccountId, leases: LEASES };
    await expect(backplane.open(again, { takeOver: true })).rejects.toThrow();
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    expect(await backplane.count()).toMatchObject({ online: 1, waiting: { video: 1 } });
  });

  test('[B2] while the old session of an account has a line, opening is refused and changes nothing', async () => {
    const { backplane, enter } = await stage(create);
    const old = await enter('ann');
    await old.find();
    const second = { id: 'second' as SessionId, account: old.account, leases: LEASES };
    expect(await backplane.open(second, { takeOver: false })).toBe(false);
    expect(await backplane.standing(second.id)).toBeUndefined();
    expect(await old.standing()).toEqual({ status: 'waiting' });
    expect(old.ended).toEqual([]);
    expect((await backplane.count()).online).toBe(1);
  });

  test('[B2] with takeOver the old session is ended, its watcher and its partner are told', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [old, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(old, bob);
    await enter('ann', { takeOver: true });
    expect(old.ended).toEqual(['elsewhere']);
    expect(await old.standing()).toBeUndefined();
    expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'left' }]);
    expect(await backplane.count()).toMatchObject({ online: 2, matched: { video: 0 } });
  });

  test('[B2] taking over withdraws the ticket of the old session', async () => {
    const { enter } = await stage(create);
    await (await enter('ann')).find();
    await enter('ann', { takeOver: true });
    const bob = await enter('bob');
    await bob.find();
    expect(await bob.standing()).toEqual({ status: 'waiting' });
  });

  test('[B3] an old session whose line is down is replaced without takeOver', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [old, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(old, bob);
    await backplane.away(old.id);
    await bob.news();
    await enter('ann');
    expect(old.ended).toEqual(['elsewhere']);
    expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'lost' }]);
  });

  test('[B3] an old session whose lease has lapsed is replaced without takeOver, once', async () => {
    const { backplane, enter, advance } = await stage(create);
    const old = await enter('ann');
    await advance(LEASES.searchingMs);
    const ann = await enter('ann');
    expect(await ann.standing()).toEqual({ status: 'idle' });
    expect(await backplane.lapsed()).toEqual([]);
    expect(await old.standing()).toBeUndefined();
    expect((await backplane.count()).online).toBe(1);
  });

  test('[B4] a resume hash is good for its live session and account, and for nothing else', async () => {
    const { backplane, enter, advance } = await stage(create);
    const ann = await enter('ann', { resumeHash: 'ann 1' });
    const bob = await enter('bob', { resumeHash: 'bob 1' });
    const plain = await enter('plain');
    const claim = (id: SessionId, account: AccountId, hash: string) =>
      backplane.claim(id, account, hash, 'stolen');
    expect(await claim(ann.id, bob.account, 'ann 1')).toBe(false);
    expect(await claim(ann.id, bob.account, 'bob 1')).toBe(false);
    expect(await claim(bob.id, ann.account, 'ann 1')).toBe(false);
    expect(await claim(ann.id, ann.account, 'ann 2')).toBe(false);
    expect(await claim(ann.id, ann.account, '')).toBe(false);
    expect(await claim('nobody' as SessionId, ann.account, 'ann 1')).toBe(false);
    expect(await claim(plain.id, plain.account, 'undefined')).toBe(false);
    // None of them has used the true one up.
    expect(await backplane.claim(ann.id, ann.account, 'ann 1', 'ann 2')).toBe(true);
    await advance(LEASES.searchingMs);
    expect(await claim(ann.id, ann.account, 'ann 2')).toBe(false);
  });

  test('[B5] a confirmed resume hash is good once: its forerunners are void', async () => {
    const { backplane, enter } = await stage(create);
    const { id, account } = await enter('ann', { resumeHash: '1' });
    expect(await backplane.claim(id, account, '1', '2')).toBe(true);
    await backplane.confirm(id, '2');
    expect(await backplane.claim(id, account, '1', 'stolen')).toBe(false);
    expect(await backplane.claim(id, account, '2', '3')).toBe(true);
    await backplane.confirm(id, '3');
    await backplane.confirm(id, '3');
    expect(await backplane.claim(id, account, '1', 'stolen')).toBe(false);
    expect(await backplane.claim(id, account, '2', 'stolen')).toBe(false);
    expect(await backplane.claim(id, account, '3', '4')).toBe(true);
  });

  test('[B5] until then the old one stays good, for the answer may have been lost', async () => {
    const { backplane, enter } = await stage(create);
    const { id, account } = await enter('ann', { resumeHash: '1' });
    expect(await backplane.claim(id, account, '1', 'lost')).toBe(true);
    expect(await backplane.claim(id, account, '1', '2')).toBe(true);
    // Using the new one shows as well that it arrived.
    expect(await backplane.claim(id, account, '2', '3')).toBe(true);
    expect(await backplane.claim(id, account, '1', 'stolen')).toBe(false);
    expect(await backplane.claim(id, account, 'lost', 'stolen')).toBe(false);
    expect(await backplane.claim(id, account, '2', '4')).toBe(true);
  });

  test.each(['confirmed', 'used'])(
    '[B5] the successor that is %s counts, also when a request of an abandoned line has come since',
    async (how) => {
      const { backplane, enter } = await stage(create);
      const { id, account } = await enter('ann', { resumeHash: '1' });
      expect(await backplane.claim(id, account, '1', '2')).toBe(true);
      expect(await backplane.claim(id, account, '1', 'late')).toBe(true);
      if (how === 'confirmed') expect(await backplane.confirm(id, '2')).toBe(true);
      expect(await backplane.claim(id, account, '2', '3')).toBe(true);
      for (const old of ['1', 'late']) {
        expect(await backplane.confirm(id, old)).toBe(false);
        expect(await backplane.claim(id, account, old, 'stolen')).toBe(false);
      }
      expect(await backplane.claim(id, account, '3', '4')).toBe(true);
    },
  );

  test('[B5] eight successors may be under way; the oldest of more is void', async () => {
    const { backplane, enter } = await stage(create);
    const { id, account } = await enter('ann', { resumeHash: 'old' });
    for (let next = 1; next <= 9; next++) {
      expect(await backplane.claim(id, account, 'old', `next ${next}`)).toBe(true);
    }
    expect(await backplane.claim(id, account, 'next 1', 'stolen')).toBe(false);
    expect(await backplane.confirm(id, 'next 2')).toBe(true);
  });

  test('[B6] end tells the partner, forgets the session and frees its account', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob] = [await enter('ann', { resumeHash: '1' }), await enter('bob')];
    const matchId = await meet(ann, bob);
    await backplane.send(bob.id, (match) => ({ type: 'partner-away', matchId: match }), { matchId });
    expect(await backplane.end(ann.id, 'lost', 'token-expired')).toBe(bob.id);
    expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'lost' }]);
    expect(ann.ended).toEqual(['token-expired']);
    expect(await ann.standing()).toBeUndefined();
    expect(await ann.news()).toEqual([]);
    expect(await backplane.claim(ann.id, ann.account, '1', '2')).toBe(false);
    expect(await backplane.end(ann.id, 'lost', 'lapsed')).toBeUndefined();
    expect(ann.ended).toEqual(['token-expired']);
    expect(await bob.news()).toEqual([]);
    await enter('ann');
  });

  test('[B6] a session that ends by its own wish is told nothing and its ticket is gone', async () => {
    const { backplane, enter } = await stage(create);
    const ann = await enter('ann');
    await ann.find();
    expect(await backplane.end(ann.id, 'left')).toBeUndefined();
    expect(ann.ended).toEqual([]);
    const bob = await enter('bob');
    await bob.find();
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    expect(await backplane.count()).toMatchObject({ online: 1, waiting: { video: 1 } });
  });

  test('[B7] no verb throws for an unknown session', async () => {
    const { backplane } = await stage(create);
    const nobody = 'nobody' as SessionId;
    const nothing = (matchId: MatchId) => ({ type: 'partner-back', matchId }) as const;
    expect(await backplane.claim(nobody, 'ann' as AccountId, '1', '2')).toBe(false);
    expect(await backplane.confirm(nobody, '1')).toBe(false);
    expect(await backplane.renew(nobody)).toBe(false);
    expect(await backplane.away(nobody)).toBeUndefined();
    expect(await backplane.back(nobody)).toBeUndefined();
    expect(await backplane.find(nobody, { wishes: WISHES })).toBe('unknown');
    expect(await backplane.leave(nobody, 'current', 'left')).toBeUndefined();
    expect(await backplane.send(nobody, nothing, { matchId: 'current' })).toBe(false);
    expect(await backplane.end(nobody, 'left', 'lapsed')).toBeUndefined();
    expect(await backplane.standing(nobody)).toBeUndefined();
    expect(await backplane.matched(nobody, 'm' as MatchId)).toBe(false);
    expect(await backplane.drain(nobody, 0)).toEqual([]);
    backplane.watch(nobody, { wake: () => {}, ended: () => {} })();
    expect(await backplane.count()).toMatchObject({ online: 0, waiting: { video: 0 } });
  });

  test('[B8] count says how many are online, waiting and matched, by mode', async () => {
    const { backplane, enter, meet } = await stage(create);
    const none = { video: 0, voice: 0, text: 0 };
    expect(await backplane.count()).toEqual({ online: 0, waiting: none, matched: none });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await enter('idle');
    await (await enter('cid')).find({ mode: 'text' });
    const matchId = await meet(ann, bob, { mode: 'voice' });
    expect(await backplane.count()).toEqual({
      online: 4,
      waiting: { ...none, text: 1 },
      matched: { ...none, voice: 2 },
    });
    await backplane.leave(ann.id, matchId, 'left');
    await bob.find({ mode: 'voice' });
    expect(await backplane.count()).toEqual({
      online: 4,
      waiting: { ...none, text: 1, voice: 1 },
      matched: none,
    });
  });
}
