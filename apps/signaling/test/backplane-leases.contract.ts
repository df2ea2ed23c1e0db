import { expect, test } from 'vitest';
import type { MatchId, SessionId } from '../src/core/types.ts';
import { type CreateSubject, LEASES, stage } from './support/stage.ts';

/** Leases, and lines that drop and return. */
export function leaseRules(create: CreateSubject): void {
  test('[B9] a lease runs from opening and from each renewal; a match has the longer one', async () => {
    const { backplane, enter, advance } = await stage(create);
    const ann = await enter('ann');
    await advance(LEASES.searchingMs - 1);
    expect(await backplane.renew(ann.id)).toBe(true);
    await ann.find();
    await advance(LEASES.searchingMs - 1);
    const bob = await enter('bob');
    await bob.find();
    await advance(LEASES.matchedMs - 1);
    for (const { id } of [ann, bob]) expect(await backplane.renew(id)).toBe(true);
    await advance(LEASES.matchedMs - 1);
    for (const { id } of [ann, bob]) expect(await backplane.renew(id)).toBe(true);
    await advance(LEASES.matchedMs);
    for (const { id } of [ann, bob]) expect(await backplane.renew(id)).toBe(false);
  });

  test('[B9] a session is lapsed on the millisecond its lease ends', async () => {
    const { backplane, enter, advance } = await stage(create);
    const ann = await enter('ann');
    await advance(LEASES.searchingMs - 1);
    expect(await backplane.lapsed()).toEqual([]);
    await advance(1);
    expect(await backplane.lapsed()).toEqual([ann.id]);
  });

  test('[B9] whoever is away after a match has the shorter lease, and lapses by it', async () => {
    const { backplane, enter, meet, advance } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await backplane.leave(ann.id, await meet(ann, bob), 'left');
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 1_000) {
        expect(await backplane.lapsed()).toEqual([]);
        await advance(Math.min(left, 1_000));
      }
    };
    await pass(LEASES.searchingMs);
    expect(await backplane.lapsed()).toEqual([]);
    await backplane.away(ann.id);
    await pass(LEASES.searchingMs);
    expect(await backplane.lapsed()).toEqual([ann.id]);
  });

  test('[B10] a lapsed session is refused, not trusted', async () => {
    const { backplane, enter, meet, advance } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await advance(LEASES.matchedMs - 1);
    await backplane.renew(bob.id);
    await advance(1);
    const event = (match: MatchId) => ({ type: 'partner-away', matchId: match }) as const;
    expect(await backplane.renew(ann.id)).toBe(false);
    expect(await backplane.find(ann.id, { ending: 'current' })).toBe('unknown');
    expect(await backplane.leave(ann.id, matchId, 'left')).toBeUndefined();
    expect(await backplane.send(ann.id, event, { matchId })).toBe(false);
    expect(await backplane.matched(ann.id, matchId)).toBe(false);
    expect(await ann.standing()).toBeUndefined();
    await backplane.away(ann.id);
    await backplane.back(ann.id);
    expect(await bob.news()).toEqual([]);
    expect(await bob.match()).toBe(matchId);
  });

  test('[B11] each lapsed session is handed out once; what was renewed or ended is not', async () => {
    const { backplane, enter, advance } = await stage(create);
    const people = [];
    for (let index = 0; index < 20; index++) {
      people.push(await enter(`person ${index}`));
      await advance(137);
    }
    await advance(LEASES.searchingMs - 20 * 137 - 1);
    const [renewed, gone] = people.splice(0, 2);
    if (renewed) await backplane.renew(renewed.id);
    if (gone) await backplane.end(gone.id, 'left');
    const handedOut: SessionId[] = [];
    for (let step = 0; step < 30; step++) {
      handedOut.push(...(await backplane.lapsed()));
      await advance(137);
    }
    for (const id of handedOut) await backplane.end(id, 'lost');
    expect(handedOut).toEqual(people.map(({ id }) => id));
    expect(await backplane.lapsed()).toEqual([]);
    await advance(LEASES.searchingMs);
    expect(await backplane.lapsed()).toEqual([renewed?.id]);
  });

  test('[B12] nobody is matched with a lapsed session that is still in the pool', async () => {
    const { enter, advance } = await stage(create);
    const ann = await enter('ann');
    await ann.find();
    await advance(LEASES.searchingMs);
    const bob = await enter('bob');
    await bob.find();
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    expect(await ann.standing()).toBeUndefined();
  });

  test('[B12] a lapsed session is not put back in the pool when its partner leaves', async () => {
    const { backplane, enter, meet, advance } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob, { requeue: true });
    await advance(LEASES.matchedMs - 1);
    await backplane.renew(bob.id);
    await advance(1);
    const cid = await enter('cid');
    await cid.find();
    await backplane.leave(bob.id, matchId, 'left');
    expect(await cid.standing()).toEqual({ status: 'waiting' });
    expect(await ann.standing()).toBeUndefined();
    expect(await backplane.lapsed()).toEqual([ann.id]);
  });

  test('[B13] a ticket is withheld while the line is down and keeps its place in time', async () => {
    const { backplane, enter, advance } = await stage(create);
    const ann = await enter('ann');
    await ann.find();
    await advance(1_000);
    await backplane.away(ann.id);
    await backplane.away(ann.id);
    expect((await backplane.count()).waiting.video).toBe(1);
    const bob = await enter('bob');
    await bob.find();
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    expect(await ann.standing()).toEqual({ status: 'waiting' });
    await advance(1_000);
    await bob.news();
    await ann.news();

    // Back, it meets who waits, as the one who has waited longer.
    await backplane.back(ann.id);
    await backplane.back(ann.id);
    expect(await ann.news()).toMatchObject([{ type: 'matched', role: 'answerer' }]);
    expect(await bob.news()).toMatchObject([{ type: 'matched', role: 'offerer' }]);
    expect(await backplane.count()).toMatchObject({ waiting: { video: 0 }, matched: { video: 2 } });
  });

  test('[B13] who returns stands before those who came later', async () => {
    const { backplane, enter, meet, advance, pass } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await backplane.leave(ann.id, matchId, 'left');
    await ann.find(); // Barred from one another, both wait.
    await advance(100);
    await bob.find();
    await backplane.away(ann.id);
    await pass(5_000, ann, bob);
    await backplane.back(ann.id);
    const cid = await enter('cid');
    await cid.find();
    expect((await ann.standing())?.status).toBe('matched');
    expect((await bob.standing())?.status).toBe('waiting');
  });

  test('[B13] a find without a line waits until the line is back', async () => {
    const { backplane, enter } = await stage(create);
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    await ann.find({ mode: 'text' });
    await backplane.away(bob.id);
    await bob.find({ mode: 'text' });
    expect(await bob.standing()).toEqual({ status: 'waiting' });
    expect((await backplane.count()).waiting.text).toBe(2);
    await bob.find({ mode: 'video' });
    await cid.find({ mode: 'video' });
    expect(await cid.standing()).toEqual({ status: 'waiting' });
    await backplane.back(bob.id);
    expect(await bob.match()).toBe(await cid.match());
    expect(await ann.standing()).toEqual({ status: 'waiting' });
  });

  test('[B13] a withheld ticket can be changed, withdrawn and ended', async () => {
    const { backplane, enter } = await stage(create);
    const ann = await enter('ann');
    await ann.find();
    await backplane.away(ann.id);
    await ann.find({ mode: 'text' });
    expect((await backplane.count()).waiting).toEqual({ video: 0, voice: 0, text: 1 });
    await backplane.leave(ann.id, 'current', 'left');
    expect((await backplane.count()).waiting).toEqual({ video: 0, voice: 0, text: 0 });
    await ann.find();
    await backplane.end(ann.id, 'lost');
    expect(await backplane.count()).toMatchObject({ online: 0, waiting: { video: 0 } });
  });

  test('[B14] the partner is told once that the line dropped and once that it is back', async () => {
    const { backplane, enter, meet } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    const matchId = await meet(ann, bob);
    await backplane.back(ann.id);
    expect(await bob.news()).toEqual([]);
    await backplane.away(ann.id);
    await backplane.away(ann.id);
    expect(await bob.news()).toEqual([{ type: 'partner-away', matchId }]);
    expect(await bob.match()).toBe(matchId);
    await backplane.back(ann.id);
    await backplane.back(ann.id);
    expect(await bob.news()).toEqual([{ type: 'partner-back', matchId }]);
    expect(await ann.news()).toEqual([]);
  });

  test('[B14] losing the line and finding it again starts the lease anew', async () => {
    const { backplane, enter, advance } = await stage(create);
    const ann = await enter('ann');
    await advance(LEASES.searchingMs - 1);
    await backplane.away(ann.id);
    await advance(LEASES.searchingMs - 1);
    await backplane.back(ann.id);
    await advance(LEASES.searchingMs - 1);
    expect(await ann.standing()).toEqual({ status: 'idle' });
  });
}
