import { expect, test } from 'vitest';
import type { AccountId, MatchId, SessionId } from '../src/core/types.ts';
import { type CreateSubject, LEASES, type Person, WISHES, stage } from './support/stage.ts';

const attempt = (number: number) => ({ id: 'client-of-ann-00000001', attempt: number });

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
    expect(await backplane.open(second, { takeOver: false })).toBe('elsewhere');
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
    // The names under which Redis keeps other things of hers.
    for (const name of [`${ann.id}:claim`, `:${ann.account}`, `${ann.id}:1`])
      expect(await claim(name as SessionId, ann.account, 'ann 1')).toBe(false);
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
    expect(await backplane.back(nobody)).toBe(false);
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

  test('[B42] a newer attempt of its own client replaces a session unasked; those of others are refused as ever', async () => {
    const { enter, meet } = await stage(create);
    const [old, bob] = [await enter('ann', { client: attempt(1) }), await enter('bob')];
    const matchId = await meet(old, bob);
    await expect(enter('ann', { client: { ...attempt(9), id: 'another-client-0000001' } })).rejects.toThrow(
      'elsewhere',
    );
    await expect(enter('ann')).rejects.toThrow('elsewhere');
    expect(await bob.news()).toEqual([]);
    await enter('ann', { client: attempt(2) });
    expect(old.ended).toEqual(['elsewhere']);
    expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'left' }]);
  });

  test('[B42] in whatever order attempts come, each opens a session that is newer than all before', async () => {
    for (const order of permutations([1, 2, 3, 4])) {
      const { backplane, enter } = await stage(create);
      let newest: Person | undefined;
      for (const [index, number] of order.entries()) {
        const entering = enter('ann', { client: attempt(number), takeOver: true, away: true });
        if (number === Math.max(...order.slice(0, index + 1))) newest = await entering;
        else await expect(entering, order.join()).rejects.toThrow('overtaken');
        expect(await newest?.standing(), order.join()).toEqual({ status: 'idle' });
      }
      expect((await backplane.count()).online).toBe(1);
      await backplane.close();
    }
  });

  test.each([true, false])(
    '[B42] what comes behind a newer claim changes nothing, with the line up (%s) or down',
    async (up) => {
      const { backplane, enter, meet } = await stage(create);
      const ann = await enter('ann', { resumeHash: '1', client: attempt(1) });
      const bob = await enter('bob');
      const matchId = await meet(ann, bob);
      const claim = (number: number, hash: string, next: string) =>
        backplane.claim(ann.id, ann.account, hash, next, attempt(number));
      expect(await claim(4, '1', '2')).toBe(true);
      if (!up) await backplane.away(ann.id);
      await bob.news();
      for (const late of [1, 2, 3, 4]) {
        expect(await claim(late, '1', 'late')).toBe(false);
        await expect(enter('ann', { client: attempt(late), takeOver: true })).rejects.toThrow('overtaken');
      }
      expect(await backplane.confirm(ann.id, 'late')).toBe(false);
      expect(ann.ended).toEqual([]);
      expect(await bob.news()).toEqual([]);
      expect(await ann.standing()).toEqual({ status: 'matched', matchId });
      // The hash in hand is as good as before.
      expect(await claim(5, '2', '3')).toBe(true);
    },
  );

  test('[B42] a line is shown only of the attempt that was taken last', async () => {
    const { backplane, enter, meet } = await stage(create);
    const ann = await enter('ann', { resumeHash: '1', client: attempt(1) });
    const bob = await enter('bob');
    const matchId = await meet(ann, bob);
    await backplane.away(ann.id);
    await bob.news();
    expect(await backplane.claim(ann.id, ann.account, '1', '2', attempt(2))).toBe(true);
    expect(await backplane.claim(ann.id, ann.account, '1', '3', attempt(3))).toBe(true);
    for (const client of [attempt(1), attempt(2), attempt(4), undefined]) {
      expect(await backplane.back(ann.id, client)).toBe(false);
    }
    expect(await bob.news()).toEqual([]);
    expect(await backplane.back(ann.id, attempt(3))).toBe(true);
    expect(await backplane.back(ann.id, attempt(3))).toBe(true);
    expect(await bob.news()).toEqual([{ type: 'partner-back', matchId }]);
  });

  test('[B42] another client that proves itself is the session’s from then on; with the session its client is forgotten', async () => {
    const { backplane, enter } = await stage(create);
    const ann = await enter('ann', { resumeHash: '1', client: attempt(7) });
    expect(await backplane.claim(ann.id, ann.account, '1', '2')).toBe(true);
    expect(await backplane.back(ann.id, attempt(7))).toBe(false);
    expect(await backplane.back(ann.id)).toBe(true);
    expect(await backplane.claim(ann.id, ann.account, '2', '3', attempt(7))).toBe(true);
    await backplane.end(ann.id, 'left');
    await enter('ann', { client: attempt(1) });
  });
}

function permutations<T>(of: readonly T[]): T[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((first) =>
    permutations(of.filter((one) => one !== first)).map((rest) => [first, ...rest]),
  );
}
