import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { keyspaceOf } from '../src/backplane/redis-scripts.ts';
import type { AccountId, MatchId, SessionEvent, SessionId } from '../src/core/types.ts';
import { deployment } from './support/redis-node.ts';
import { RedisServer } from './support/redis-server.ts';
import { LEASES, WISHES } from './support/stage.ts';

// What a node asks for in one turn goes to Redis in one call.

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

/** A node, and people who are there. */
async function turn(prefix: string, count: number) {
  const { backplane } = await deployment(redis, { prefix })();
  const ids = Array.from({ length: count }, (_, index) => `s${index}` as SessionId);
  await Promise.all(
    ids.map((id) =>
      backplane.open({ id, account: id as string as AccountId, leases: LEASES }, { takeOver: false }),
    ),
  );
  return { backplane, ids };
}

test('[V1] verbs of one turn come one after the other, however many', async () => {
  const { backplane, ids } = await turn('{many}', 101);
  const found = await Promise.all(ids.map((id) => backplane.find(id, { wishes: WISHES })));
  expect(new Set(found)).toEqual(new Set(['done']));
  // Each even one found nobody and was found by the next.
  for (let index = 0; index + 1 < ids.length; index += 2) {
    const [one, other] = await Promise.all(ids.slice(index, index + 2).map((id) => backplane.drain(id, 0)));
    expect(one?.map(({ event }) => event.type)).toEqual(['waiting', 'matched']);
    expect(other?.map(({ event }) => event.type)).toEqual(['matched']);
  }
  expect(await backplane.count()).toMatchObject({ waiting: { video: 1 }, matched: { video: 100 } });
});

test('[V1] a verb that fails is nothing to the others of its turn', async () => {
  const { backplane, ids } = await turn('{fails}', 3);
  const [, , last = '' as SessionId] = ids;
  await redis.ask('HSET', `${keyspaceOf('{fails}')}sessions`, 's1', 'no session');
  const asked = await Promise.allSettled(ids.map((id) => backplane.find(id, { wishes: WISHES })));
  expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(asked[1]).toMatchObject({ reason: { message: expect.stringMatching(/^ERR/) as string } });
  expect(await backplane.standing(last)).toMatchObject({ status: 'matched' });
});

test('[V1] nothing of a verb that fails is seen by the others of its turn', async () => {
  const { backplane, ids } = await turn('{undone}', 3);
  const [one, other, broken] = ids as [SessionId, SessionId, SessionId];
  await backplane.find(one, { wishes: WISHES });
  await backplane.find(other, { wishes: WISHES });
  await backplane.find(broken, { wishes: WISHES });
  await redis.ask('HSET', `${keyspaceOf('{undone}')}sessions`, broken, 'no session');
  const before = await backplane.standing(one);
  const ending = before?.status === 'matched' ? before.matchId : ('' as MatchId);
  const [found, standing] = await Promise.allSettled([
    backplane.find(one, { wishes: WISHES, ending }),
    backplane.standing(one),
  ]);
  expect(found.status).toBe('rejected');
  expect(standing).toMatchObject({ value: before });
  expect(await backplane.standing(one)).toEqual(before);
});

test('[V1] another node is told nothing of a verb that fails', async () => {
  const node = deployment(redis, { prefix: '{untold}' });
  const [{ backplane: near }, { backplane: far }] = [await node(), await node()];
  const [one, other, broken] = ['one', 'other', 'broken'] as [SessionId, SessionId, SessionId];
  for (const [id, backplane] of [
    [one, near],
    [other, far],
    [broken, near],
  ] as const) {
    await backplane.open({ id, account: `${id}` as AccountId, leases: LEASES }, { takeOver: false });
    await backplane.find(id, { wishes: WISHES });
  }
  const last = (await far.drain(other, 0)).at(-1);
  const standing = await near.standing(one);
  const ending = standing?.status === 'matched' ? standing.matchId : ('' as MatchId);
  const told: (SessionEvent | undefined)[] = [];
  const { promise: woken, resolve } = Promise.withResolvers<void>();
  far.watch(other, { wake: (event) => (told.push(event), resolve()), ended: () => {} });
  await redis.ask('HSET', `${keyspaceOf('{untold}')}sessions`, broken, 'no session');
  await expect(near.find(one, { wishes: WISHES, ending })).rejects.toThrow('ERR');
  const text = { type: 'message', matchId: ending, seq: 1, text: 'still here' } as const;
  await near.send(one, () => text, { matchId: ending, seq: 1 });
  await woken;
  expect(told).toEqual([{ offset: (last?.offset ?? NaN) + 1, event: text }]);
});

test('[V10] where memory is full, who comes is refused, and all that goes on or ends is not', async () => {
  const { backplane, ids } = await turn('{full}', 3);
  const [one, other, third] = ids as [SessionId, SessionId, SessionId];
  await redis.ask('CONFIG', 'SET', 'maxmemory', '1');
  onTestFinished(async () => void (await redis.ask('CONFIG', 'SET', 'maxmemory', '0')));
  const late = { id: 'late' as SessionId, account: 'late' as AccountId, leases: LEASES };
  const asked = await Promise.allSettled([
    backplane.find(one, { wishes: WISHES }),
    backplane.open(late, { takeOver: false }),
    backplane.find(other, { wishes: WISHES }),
    backplane.end(third, 'left'),
  ]);
  expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  // It is full, and not away: what is asked for next is not refused unasked.
  await expect(backplane.open(late, { takeOver: false })).rejects.toMatchObject({ code: 'unavailable' });
  expect(await backplane.standing(one)).toMatchObject({ status: 'matched' });
  expect(await backplane.count()).toMatchObject({ online: 2 });
  await redis.ask('CONFIG', 'SET', 'maxmemory', '0');
  expect(await backplane.open(late, { takeOver: false })).toBe('opened');
});

test('[V11] a ticket that was left behind by somebody who does not wait takes nobody', async () => {
  const { backplane, ids } = await turn('{leftover}', 4);
  const [one, other, third, fourth] = ids as [SessionId, SessionId, SessionId, SessionId];
  const list = `${keyspaceOf('{leftover}')}p:video\n\n`;
  await backplane.find(one, { wishes: WISHES });
  await redis.ask('COPY', list, `${list}aside`);
  await backplane.find(other, { wishes: WISHES });
  await redis.ask('RENAME', `${list}aside`, list);
  await backplane.find(third, { wishes: WISHES });
  expect(await backplane.standing(third)).toEqual({ status: 'waiting' });
  await backplane.find(fourth, { wishes: WISHES });
  const standings = await Promise.all(ids.map((id) => backplane.standing(id)));
  const matches = standings.map((standing) => standing?.status === 'matched' && standing.matchId);
  expect(matches).toEqual([matches[0], matches[0], matches[2], matches[2]]);
  expect(matches[0]).not.toBe(matches[2]);
});

test('[V12] every key expires, also before the first sweep', async () => {
  const { backplane, ids } = await turn('{mortal}', 4);
  const wishes = { ...WISHES, interests: ['chess'] };
  await Promise.all(ids.slice(0, 3).map((id) => backplane.find(id, { wishes: WISHES })));
  await backplane.find(ids[3] as SessionId, { wishes });
  const keys = (await redis.ask('KEYS', `${keyspaceOf('{mortal}')}*`)) as string[];
  expect(keys.length).toBeGreaterThan(5);
  const lastMs = async (key: string) => Number(await redis.ask('PTTL', key));
  for (const key of keys) {
    // What is of sessions goes with the last of them.
    const isOfSessions = key.endsWith(':sessions');
    expect(await lastMs(key), key).toBeGreaterThan(isOfSessions ? 500_000 : 0);
    expect(await lastMs(key), key).toBeLessThanOrEqual(isOfSessions ? 600_000 : 86_400_000);
  }
});

test('[V1] what comes into a mailbox in a turn is read in the same', async () => {
  const { backplane, ids } = await turn('{read}', 2);
  const [one, other] = ids as [SessionId, SessionId];
  const [, , events] = await Promise.all([
    backplane.find(one, { wishes: WISHES }),
    backplane.find(other, { wishes: WISHES }),
    backplane.drain(one, 0),
  ]);
  expect(events.map(({ event }) => event.type)).toEqual(['waiting', 'matched']);
});

test('[V1] of people who are met in the turn in which they came, or later, no ticket stays, and of those who left nothing', async () => {
  const prefix = '{left}';
  const { backplane, ids } = await turn(prefix, 5);
  const tickets = () => redis.ask('ZCARD', `${keyspaceOf(prefix)}p:video\n\n`);
  await Promise.all(ids.map((id) => backplane.find(id, { wishes: WISHES })));
  expect(await tickets()).toBe(1);
  const late = 'late' as SessionId;
  await backplane.open({ id: late, account: 'late' as AccountId, leases: LEASES }, { takeOver: false });
  await backplane.find(late, { wishes: WISHES });
  expect(await tickets()).toBe(0);
  expect(await backplane.count()).toMatchObject({ waiting: { video: 0 }, matched: { video: 6 } });
  await Promise.all([...ids, late].map((id) => backplane.end(id, 'left')));
  const left = (await redis.ask('KEYS', `${keyspaceOf(prefix)}[^nx]*`)) as string[];
  expect(left).toEqual([]);
});
