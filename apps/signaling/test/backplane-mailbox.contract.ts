import { expect, test } from 'vitest';
import type { MatchId, SessionEndedReason } from '../src/core/types.ts';
import { type CreateSubject, LEASES, stage } from './support/stage.ts';

/** Mailboxes: order, replay, bounds, and the watcher of each. */
export function mailboxRules(create: CreateSubject): void {
  const numbered = (seq: number) => (matchId: MatchId) =>
    ({ type: 'signal', matchId, seq, signal: { kind: 'candidate', body: { candidate: '' } } }) as const;

  /** Two in a match; `post(n)` puts n more signals in the mailbox of the second. */
  async function talking(mailboxMax = 64) {
    const scene = await stage(create, { mailboxMax });
    const [ann, bob] = [await scene.enter('ann'), await scene.enter('bob')];
    const matchId = await scene.meet(ann, bob);
    let seq = 0;
    const post = async (count: number) => {
      for (let index = 0; index < count; index++) {
        await scene.backplane.send(ann.id, numbered(++seq), { matchId, seq });
      }
    };
    return { ...scene, ann, bob, matchId, post };
  }

  test('[B31] offsets count from 1 without gaps, in the order of the transitions', async () => {
    const { backplane, enter } = await stage(create);
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find();
    await bob.find();
    const matchId = await ann.match();
    await backplane.send(bob.id, numbered(1), { matchId });
    await backplane.away(bob.id);
    await backplane.back(bob.id);
    await backplane.leave(bob.id, matchId, 'left');
    expect((await backplane.drain(ann.id, 0)).map(({ offset, event }) => [offset, event.type])).toEqual([
      [1, 'waiting'],
      [2, 'matched'],
      [3, 'signal'],
      [4, 'partner-away'],
      [5, 'partner-back'],
      [6, 'partner-left'],
    ]);
  });

  test('[B32] what was not acknowledged is given again, what was is forgotten', async () => {
    const { backplane, bob, post } = await talking();
    await post(4);
    const offsets = async (after: number) =>
      (await backplane.drain(bob.id, after)).map(({ offset }) => offset);
    expect(await offsets(1)).toEqual([2, 3, 4, 5]);
    expect(await offsets(1)).toEqual([2, 3, 4, 5]);
    expect(await offsets(3)).toEqual([4, 5]);
    expect(await offsets(0)).toEqual([4, 5]);
    expect(await offsets(5)).toEqual([]);
    expect(await offsets(0)).toEqual([]);
    await post(1);
    expect(await offsets(5)).toEqual([6]);
    // Whoever acknowledges what it never got has only itself to blame, and nobody else.
    expect(await offsets(Number.MAX_SAFE_INTEGER)).toEqual([]);
    await post(1);
    expect(await offsets(0)).toEqual([7]);
  });

  test('[B32] whoever has some of them already is given those behind', async () => {
    const { backplane, bob, post } = await talking();
    await post(4);
    const offsets = async (after: number, from?: number) =>
      (await backplane.drain(bob.id, after, from)).map(({ offset }) => offset);
    expect(await offsets(1, 3)).toEqual([4, 5]);
    expect(await offsets(2, 5)).toEqual([]);
    expect(await offsets(0, 1)).toEqual([3, 4, 5]);
    await post(1);
    expect(await offsets(4, 5)).toEqual([6]);
    expect(await offsets(0)).toEqual([5, 6]);
  });

  test('[B32] however much there is, it is given and forgotten whole', async () => {
    const { backplane, bob, post } = await talking(2_500);
    await post(2_200);
    const offsets = async (after: number) =>
      (await backplane.drain(bob.id, after)).map(({ offset }) => offset);
    const all = Array.from({ length: 2_200 }, (_, index) => index + 2);
    expect(await offsets(1)).toEqual(all);
    expect(await offsets(2_100)).toEqual(all.slice(2_099));
    expect(await offsets(0)).toEqual(all.slice(2_099));
  });

  test('[B32] a drained list is a copy', async () => {
    const { backplane, bob, post } = await talking();
    await post(2);
    const drained = await backplane.drain(bob.id, 1);
    drained.length = 0;
    expect(await backplane.drain(bob.id, 1)).toHaveLength(2);
  });

  test('[B33] a full mailbox ends its session, and no other', async () => {
    const { backplane, ann, bob, matchId, post } = await talking(8);
    await post(8);
    expect(bob.ended).toEqual([]);
    await post(1);
    expect(bob.ended).toEqual(['slow']);
    expect(await bob.standing()).toBeUndefined();
    expect(await ann.news()).toEqual([{ type: 'partner-left', matchId, reason: 'lost' }]);
    expect(ann.ended).toEqual([]);
    expect((await backplane.count()).online).toBe(1);
  });

  test('[B33] a few large events fill a mailbox as many small ones do, until they are acknowledged', async () => {
    const { backplane, ann, bob, matchId } = await talking(64);
    let seq = 0;
    const offer = async () => {
      const sdp = 'v=0'.padEnd(30_000, '-');
      const event = {
        type: 'signal',
        matchId,
        signal: { kind: 'offer', body: { type: 'offer', sdp } },
      } as const;
      seq++;
      await backplane.send(ann.id, () => ({ ...event, seq }), { matchId, seq });
    };
    for (let round = 0; round < 2; round++) {
      for (let times = 0; times < 8; times++) await offer();
      expect(bob.ended).toEqual([]);
      expect(await bob.news()).toHaveLength(8);
    }
    for (let times = 0; times < 8; times++) await offer();
    expect(bob.ended).toEqual([]);
    await offer();
    expect(bob.ended).toEqual(['slow']);
    expect(await ann.news()).toEqual([{ type: 'partner-left', matchId, reason: 'lost' }]);
  });

  test('[B33] acknowledging makes room', async () => {
    const { bob, post } = await talking(8);
    for (let round = 0; round < 10; round++) {
      await post(8);
      expect(await bob.news()).toHaveLength(8);
    }
    expect(bob.ended).toEqual([]);
  });

  test('[B33] a session that its end makes too slow meets nobody any more', async () => {
    const { backplane, enter, meet } = await stage(create, { mailboxMax: 8 });
    const [ann, bob, cid] = [await enter('ann'), await enter('bob'), await enter('cid')];
    const matchId = await meet(ann, bob, { requeue: true });
    for (let seq = 1; seq <= 8; seq++) await backplane.send(ann.id, numbered(seq), { matchId, seq });
    await cid.find();
    await cid.news();
    await backplane.leave(ann.id, matchId, 'left');
    expect(bob.ended).toEqual(['slow']);
    expect(await cid.news()).toEqual([]);
    expect(await cid.standing()).toEqual({ status: 'waiting' });
  });

  test('[B43] whoever is away gets no more than the newest typing and the newest state, when it is back', async () => {
    const { backplane, ann, bob, matchId } = await talking(8);
    const type = (on: boolean) =>
      backplane.send(ann.id, () => ({ type: 'typing', matchId, on }), { matchId });
    const show = (video: boolean) =>
      backplane.send(
        ann.id,
        () => ({ type: 'partner-state', matchId, state: { mic: true, cam: video, away: false } }),
        {
          matchId,
        },
      );
    await backplane.away(bob.id);
    for (let times = 0; times < 20; times++) {
      await type(times % 2 === 0);
      await show(times % 2 === 0);
    }
    expect(bob.ended).toEqual([]);
    expect(await bob.news()).toEqual([]);
    await backplane.back(bob.id);
    expect((await bob.news()).toSorted((a, b) => b.type.localeCompare(a.type))).toEqual([
      { type: 'typing', matchId, on: false },
      { type: 'partner-state', matchId, state: { mic: true, cam: false, away: false } },
    ]);
    await backplane.away(bob.id);
    await backplane.back(bob.id);
    expect(await bob.news()).toEqual([]);
    await type(true);
    expect(await bob.news()).toEqual([{ type: 'typing', matchId, on: true }]);
  });

  test('[B43] what was held is over with the text that follows, and with the match', async () => {
    const { backplane, ann, bob, matchId } = await talking();
    const type = () =>
      backplane.send(ann.id, (match) => ({ type: 'typing', matchId: match, on: true }), {
        matchId: 'current',
      });
    await backplane.away(bob.id);
    await type();
    await backplane.send(ann.id, () => ({ type: 'message', matchId, text: 'hello' }), { matchId });
    await backplane.back(bob.id);
    expect(await bob.news()).toEqual([{ type: 'message', matchId, text: 'hello' }]);
    await backplane.away(bob.id);
    await type();
    await backplane.leave(ann.id, matchId, 'left');
    await backplane.back(bob.id);
    expect(await bob.news()).toEqual([{ type: 'partner-left', matchId, reason: 'left' }]);
  });

  test('[B34] the watcher is woken by what comes after it began to watch, for its own session alone', async () => {
    const { backplane, ann, bob, post } = await talking();
    const before = { ann: ann.woken.times, bob: bob.woken.times };
    await post(1);
    expect(ann.woken.times).toBe(before.ann);
    expect(bob.woken.times).toBeGreaterThan(before.bob);
    await backplane.away(bob.id);
    expect(ann.woken.times).toBeGreaterThan(before.ann);
  });

  test('[B34] a second watcher replaces the first, whose farewell then changes nothing', async () => {
    const { backplane, bob, post } = await talking();
    const told: string[] = [];
    const watcher = (name: string) => ({
      wake: () => void told.push(`${name} wake`),
      ended: (reason: SessionEndedReason) => void told.push(`${name} ${reason}`),
    });
    const unwatchFirst = backplane.watch(bob.id, watcher('first'));
    const unwatchSecond = backplane.watch(bob.id, watcher('second'));
    unwatchFirst();
    await post(1);
    expect(told).toEqual(['second wake']);
    unwatchSecond();
    await post(1);
    await backplane.end(bob.id, 'lost', 'lapsed');
    expect(told).toEqual(['second wake']);
    expect(bob.ended).toEqual([]);
  });

  test('[B34] ended is told once and nothing follows', async () => {
    const { backplane, ann, bob, advance, post } = await talking();
    await advance(LEASES.matchedMs - 1);
    await backplane.renew(ann.id);
    await advance(1);
    for (const id of await backplane.lapsed()) await backplane.end(id, 'lost', 'lapsed');
    const woken = bob.woken.times;
    await post(1);
    await backplane.end(bob.id, 'lost', 'slow');
    expect(bob.ended).toEqual(['lapsed']);
    expect(bob.woken.times).toBe(woken);
  });
}
