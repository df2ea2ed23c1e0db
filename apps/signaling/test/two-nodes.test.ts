import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keyspaceOf } from '../src/backplane/redis-scripts.ts';
import { deployment } from './support/redis-node.ts';
import { RedisServer } from './support/redis-server.ts';
import { type Client, startTestServer } from './support/server.ts';
import { LEASES, WISHES } from './support/stage.ts';
import { startTextServer } from './support/text-server.ts';
import type { RedisBackplaneOptions } from '../src/backplane/redis.ts';
import type { Backplane } from '../src/core/ports.ts';
import type { AccountId, Mode, SessionId } from '../src/core/types.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

/** Two servers of one deployment. */
async function servers() {
  const node = deployment(redis);
  const [one, two] = [await node(), await node()];
  return {
    clock: one.clock,
    backplanes: [one.backplane, two.backplane] as const,
    one: await startTestServer({ shared: one }),
    two: await startTestServer({ shared: two }),
  };
}

async function welcomed(client: Client): Promise<string> {
  return (await client.next('session:welcome'))[0].resumeToken;
}

/** Ann at the first server and Bob at the second, in a match. */
async function together() {
  const { clock, backplanes, one, two } = await servers();
  const [ann, bob] = [one.ours('ann'), two.ours('bob')];
  const tokens = { ann: await welcomed(ann), bob: await welcomed(bob) };
  await ann.ask('peer:find');
  await ann.next('peer:alone');
  await bob.ask('peer:find');
  const [{ matchId, offset }] = await ann.next('peer:accepted');
  expect((await bob.next('peer:found'))[0]).toMatchObject({ matchId });
  return {
    clock,
    backplanes,
    one,
    two,
    ann,
    bob,
    tokens,
    matchId: matchId as string,
    offset: offset as number,
  };
}

describe('two nodes', () => {
  test('[V1] who comes to one meets who comes to the other; signals and texts go between', async () => {
    const { ann, bob, matchId } = await together();
    const offer = { type: 'offer', sdp: 'v=0 offer' };
    expect(await bob.ask('peer:offer', offer, { matchId, seq: 1 })).toEqual({ ok: true });
    expect((await ann.next('peer:call'))[0]).toEqual(offer);
    await ann.ask('chat:message', { matchId, seq: 1, text: 'hello' });
    const [{ text, offset }] = await bob.next('chat:message');
    expect(text).toBe('hello');
    await bob.ask('session:ack', { upTo: offset });
    expect((await ann.next('chat:delivered'))[0]).toMatchObject({ matchId, seq: 1 });
    await bob.ask('peer:skip', { matchId });
    expect((await ann.next('peer:disconnected'))[0]).toMatchObject({ matchId, reason: 'skipped' });
  });

  test('[V13] what is posted comes with the news of it, and is not read anew', async () => {
    const { backplanes, ann, bob, matchId } = await together();
    const drains = backplanes.map((backplane) => vi.spyOn(backplane, 'drain'));
    const candidate = { candidate: 'candidate:1 1 udp 1 host.local 9 typ host', sdpMid: '0' };
    for (let seq = 1; seq <= 3; seq++) {
      await bob.ask('peer:sent:icecandidate', candidate, { matchId, seq });
      expect((await ann.next('peer:sent:icecandidate'))[0]).toMatchObject(candidate);
    }
    for (const drain of drains) expect(drain).not.toHaveBeenCalled();
  });

  test('[V13] an event whose news were lost comes before the one after it', async () => {
    const node = deployment(redis);
    const [near, far] = [await node(), await node()];
    const watch = near.backplane.watch.bind(near.backplane);
    vi.spyOn(near.backplane, 'watch').mockImplementation((id, watcher) =>
      watch(id, {
        wake: (event) =>
          event?.event.type === 'message' && event.event.seq === 1 ? undefined : watcher.wake(event),
        ended: (reason) => watcher.ended(reason),
      }),
    );
    const [one, two] = [await startTestServer({ shared: near }), await startTestServer({ shared: far })];
    const [ann, bob] = [one.ours('ann'), two.ours('bob')];
    await Promise.all([welcomed(ann), welcomed(bob)]);
    await ann.ask('peer:find');
    await bob.ask('peer:find');
    const [{ matchId }] = await bob.next('peer:found');
    for (const seq of [1, 2]) await bob.ask('chat:message', { matchId, seq, text: `text ${seq}` });
    expect((await ann.next('chat:message'))[0]).toMatchObject({ seq: 1, text: 'text 1' });
    expect((await ann.next('chat:message'))[0]).toMatchObject({ seq: 2, text: 'text 2' });
  });

  test('[V1] both count the same', async () => {
    const { one, two } = await together();
    const [first, second] = await Promise.all([one, two].map(({ url }) => fetch(`${url}/api/online`)));
    expect(await first?.json()).toMatchObject({ online: 2, video: 2 });
    expect(await second?.json()).toMatchObject({ online: 2, video: 2 });
  });

  test('[V2] a session is taken up at another node: nothing missed, the same match, the partner told', async () => {
    const { two, ann, bob, tokens, matchId, offset } = await together();
    ann.socket.io.engine.close();
    expect((await bob.next('peer:away'))[0]).toMatchObject({ matchId });
    await bob.ask('chat:message', { matchId, seq: 1, text: 'are you there?' });
    const again = two.ours('ann', { resume: { token: tokens.ann, offset } });
    const [welcome] = await again.next('session:welcome');
    expect(welcome).toMatchObject({ resumed: 'replayed', state: { status: 'matched', matchId } });
    expect((await again.next('chat:message'))[0]).toMatchObject({ seq: 1, text: 'are you there?' });
    expect((await bob.next('peer:back'))[0]).toMatchObject({ matchId });
    await again.ask('chat:message', { matchId, seq: 1, text: 'yes' });
    expect((await bob.next('chat:message'))[0]).toMatchObject({ text: 'yes' });
  });

  test('[V2] the line that is left behind at the first node takes nothing away', async () => {
    const { two, ann, bob, tokens, matchId, offset } = await together();
    const again = two.ours('ann', { resume: { token: tokens.ann, offset } });
    expect(await again.next('session:welcome')).toMatchObject([{ resumed: 'replayed' }]);
    ann.socket.io.engine.close();
    await again.ask('chat:message', { matchId, seq: 1, text: 'still here' });
    expect((await bob.next('chat:message'))[0]).toMatchObject({ text: 'still here' });
    await bob.settled();
    expect(bob.names()).not.toContain('peer:away');
  });

  test('[V2] what is still said on the line that was left behind counts for nothing', async () => {
    const { two, ann, bob, tokens, matchId, offset } = await together();
    const again = two.ours('ann', { resume: { token: tokens.ann, offset } });
    await again.next('session:welcome');
    for (const [name, ...args] of [
      ['peer:find'],
      ['peer:skip', { matchId }],
      ['peer:leave', { matchId }],
      ['chat:message', { matchId, seq: 1, text: 'late' }],
      ['session:end'],
    ] as const) {
      await ann.ask(name, ...args);
    }
    await again.ask('chat:message', { matchId, seq: 1, text: 'in time' });
    expect((await bob.next('chat:message'))[0]).toMatchObject({ text: 'in time' });
    await again.settled();
    expect(bob.names()).toEqual([]);
    expect(again.names()).toEqual([]);
  });

  test('[B42] a line that comes late to one node does not take the session from the other', async () => {
    const { one, two, ann, bob, tokens, matchId, offset } = await together();
    const resume = { token: tokens.ann, offset };
    const client = (attempt: number) => ({ id: 'client-of-ann-00000001', attempt });
    ann.socket.io.engine.close();
    await bob.next('peer:away');
    const newest = two.ours('ann', { resume, client: client(3) });
    await newest.next('session:welcome');
    await bob.next('peer:back');
    const late = one.ours('ann', { resume, takeOver: true, client: client(2) });
    expect((await late.next('connect_error'))[0]).toMatchObject({ data: { code: 'overtaken' } });
    await newest.ask('chat:message', { matchId, seq: 1, text: 'here' });
    expect((await bob.next('chat:message'))[0]).toMatchObject({ text: 'here' });
  });

  test('[V3] an account has one session, whichever node it comes to', async () => {
    const { one, two, bob, matchId } = await together();
    const refused = two.ours('ann');
    expect((await refused.next('connect_error'))[0]).toMatchObject({ data: { code: 'elsewhere' } });
    const taking = two.ours('ann', { takeOver: true });
    await taking.next('session:welcome');
    expect((await bob.next('peer:disconnected'))[0]).toMatchObject({ matchId, reason: 'left' });
    expect((await one.chat.count()).online).toBe(2);
  });
});

describe('a node that closes', () => {
  test('[V8] its clients are told when to return, and are taken up elsewhere in the same match', async () => {
    const { one, two, ann, bob, tokens, matchId, offset } = await together();
    await one.server.close();
    const [{ returnInMs }] = await ann.next('server:draining');
    expect(returnInMs).toBeGreaterThanOrEqual(0);
    expect(returnInMs).toBeLessThanOrEqual(5_000);
    await ann.next('disconnect');
    expect((await bob.next('peer:away'))[0]).toMatchObject({ matchId });
    await bob.ask('chat:message', { matchId, seq: 1, text: 'do not go' });
    const again = two.ours('ann', { resume: { token: tokens.ann, offset } });
    expect((await again.next('session:welcome'))[0]).toMatchObject({
      resumed: 'replayed',
      state: { status: 'matched', matchId },
    });
    expect((await again.next('chat:message'))[0]).toMatchObject({ text: 'do not go' });
    expect((await bob.next('peer:back'))[0]).toMatchObject({ matchId });
  });

  test('[V8] a plain client cannot return: its partner is told at once', async () => {
    const { one, two } = await servers();
    const ann = one.plain('ann');
    await ann.next('connect');
    await ann.ask('peer:find');
    const bob = two.ours('bob');
    await welcomed(bob);
    await bob.ask('peer:find');
    await bob.next('peer:found');
    await one.server.close();
    expect((await bob.next('peer:disconnected'))[0]).toMatchObject({ reason: 'left' });
  });
});

test('[V8] a stranger of the text API is gone with the node that closes, and its stranger is told', async () => {
  const node = deployment(redis);
  const one = await startTextServer({}, {}, await node());
  const two = await startTextServer({}, {}, await node());
  await one.start();
  const bob = two.ours('bob');
  await welcomed(bob);
  await bob.ask('peer:find', { mode: 'text' });
  await bob.next('peer:found');
  await one.server.close();
  expect((await bob.next('peer:disconnected'))[0]).toMatchObject({ reason: 'left' });
});

describe('a node that dies', () => {
  /** Ann at a node that dies and Bob at one that lives, in a match; each backplane is swept by hand. */
  async function backplanes({
    hasSwept = true,
    ...options
  }: Partial<RedisBackplaneOptions> & { hasSwept?: boolean } = {}) {
    const node = deployment(redis, options);
    const [{ backplane: dying, clock }, { backplane: living }] = [await node(), await node()];
    const enter = async (backplane: Backplane, name: string) => {
      const id = `${name}-session` as SessionId;
      await backplane.open({ id, account: name as AccountId, leases: LEASES }, { takeOver: false });
      const ended: string[] = [];
      backplane.watch(id, { wake: () => {}, ended: (reason) => void ended.push(reason) });
      await backplane.find(id, { wishes: WISHES });
      return { id, ended };
    };
    if (hasSwept) await dying.lapsed();
    await living.lapsed();
    const ann = await enter(dying, 'ann');
    const bob = await enter(living, 'bob');
    await living.drain(bob.id, 99);
    const news = async () => (await living.drain(bob.id, 0)).map(({ event }) => event.type);
    return { clock, dying, living, enter, ann, bob, news };
  }

  test('[V4] nine seconds later its sessions are away to their partners, and keep their leases', async () => {
    const { clock, living, ann, bob, news } = await backplanes();
    clock.advance(7_999);
    await living.lapsed();
    expect(await news()).toEqual([]);
    clock.advance(1);
    await living.renew(bob.id);
    await living.lapsed();
    expect(await news()).toEqual(['partner-away']);
    expect(await living.standing(ann.id)).toMatchObject({ status: 'matched' });
    clock.advance(LEASES.matchedMs - 1);
    await living.renew(bob.id);
    expect(await living.lapsed()).toEqual([]);
    clock.advance(1);
    expect(await living.lapsed()).toEqual([ann.id]);
    await living.end(ann.id, 'lost', 'lapsed');
    expect(await news()).toEqual(['partner-away', 'partner-left']);
  });

  test('[V4] the same where it died before it had swept once', async () => {
    const { clock, living, news } = await backplanes({ hasSwept: false });
    clock.advance(7_999);
    await living.lapsed();
    expect(await news()).toEqual([]);
    clock.advance(1);
    await living.lapsed();
    expect(await news()).toEqual(['partner-away']);
  });

  test('[V4] whoever got a lapsed session and died with it: another gets it ten seconds later', async () => {
    const { clock, dying, living, ann, bob } = await backplanes();
    clock.advance(LEASES.matchedMs - 1);
    await living.renew(bob.id);
    clock.advance(1);
    expect(await dying.lapsed()).toEqual([ann.id]);
    expect(await living.lapsed()).toEqual([]);
    clock.advance(10_000);
    expect(await living.lapsed()).toEqual([ann.id]);
  });

  test('[V4] a node that was only slow takes its sessions back, but not those that went elsewhere', async () => {
    const { clock, dying, living, bob, news } = await backplanes();
    clock.advance(8_000);
    await living.lapsed();
    expect(await news()).toEqual(['partner-away']);
    await dying.lapsed();
    expect(await news()).toEqual(['partner-away', 'partner-back']);
    expect(bob.ended).toEqual([]);
  });

  test('[V4] a node that was gone for long takes its sessions back, and they are looked after again', async () => {
    const { clock, dying, living, bob, news } = await backplanes();
    clock.advance(8_000);
    for (let sweep = 0; sweep < 3; sweep++) await living.lapsed();
    await dying.lapsed();
    expect(await news()).toEqual(['partner-away', 'partner-back']);
    await dying.lapsed();
    expect(await news()).toEqual(['partner-away', 'partner-back']);
    clock.advance(8_000);
    await living.renew(bob.id);
    await living.lapsed();
    expect(await news()).toEqual(['partner-away', 'partner-back', 'partner-away']);
  });

  test('[V4] one sweep looks after all sessions of all dead nodes, and hands out all that lapsed', async () => {
    const node = deployment(redis);
    const nodes = [await node(), await node(), await node()];
    const [one, two, living] = nodes.map(({ backplane }) => backplane) as [Backplane, Backplane, Backplane];
    for (const { backplane } of nodes) await backplane.lapsed();
    const enter = async (backplane: Backplane, name: string) => {
      const id = name as SessionId;
      await backplane.open({ id, account: name as AccountId, leases: LEASES }, { takeOver: false });
      await backplane.find(id, { wishes: { ...WISHES, interests: [`room ${name}`] } });
      return id;
    };
    const ids = [];
    // More than one look at a time takes, on two nodes.
    for (let index = 0; index < 130; index++) ids.push(await enter(one, `one ${index}`));
    for (let index = 0; index < 20; index++) ids.push(await enter(two, `two ${index}`));
    nodes[0]?.clock.advance(8_000);
    expect(await living.lapsed()).toEqual([]);
    for (let index = 0; index < 150; index++) {
      // Whoever is away is met by nobody, whatever is shared.
      const bob = await enter(living, `bob ${index}`);
      const wishes = { ...WISHES, interests: [`room ${ids[index] ?? ''}`] };
      await living.find(bob, { wishes });
      expect(await living.standing(bob)).toEqual({ status: 'waiting' });
      await living.end(bob, 'left');
    }
    nodes[0]?.clock.advance(LEASES.searchingMs);
    expect((await living.lapsed()).toSorted()).toEqual(ids.toSorted());
  });

  test('[V4] one session that cannot be taken back does not cost the others theirs', async () => {
    const { clock, dying, living, enter, ann, news } = await backplanes({ prefix: '{broken}' });
    const cid = await enter(dying, 'cid');
    clock.advance(8_000);
    await living.lapsed();
    const records = `${keyspaceOf('{broken}')}sessions`;
    await redis.ask('COPY', records, '{broken}aside');
    await redis.ask('HSET', records, ann.id, 'no session');
    await dying.lapsed();
    await enter(living, 'dan');
    expect(await dying.standing(cid.id)).toMatchObject({ status: 'matched' });
    const mend = `redis.call('HSET', KEYS[1], ARGV[1], redis.call('HGET', KEYS[2], ARGV[1]))`;
    await redis.ask('EVAL', mend, '2', records, '{broken}aside', ann.id);
    expect(await news()).toEqual(['partner-away']);
    await dying.lapsed();
    expect(await news()).toEqual(['partner-away', 'partner-back']);
  });
});

test('[V9] what was left of sessions whose keys ran out while no node was there is swept away', async () => {
  const prefix = '{ghosts}';
  const keyspace = keyspaceOf(prefix);
  const { backplane, clock } = await deployment(redis, { prefix })();
  const enter = async (name: string, mode: Mode) => {
    const id = name as SessionId;
    await backplane.open({ id, account: name as AccountId, leases: LEASES }, { takeOver: false });
    await backplane.find(id, { wishes: { ...WISHES, mode } });
    return id;
  };
  for (const [name, mode] of [
    ['ann', 'video'],
    ['bob', 'video'],
    ['cid', 'text'],
    ['dan', 'voice'],
  ] as const)
    await enter(name, mode);
  expect(await redis.ask('DEL', `${keyspace}sessions`)).toBe(1);
  const eve = await enter('eve', 'text');
  expect(await backplane.standing(eve)).toEqual({ status: 'waiting' });
  expect(await redis.ask('ZCARD', `${keyspace}p:text\n\n`)).toBe(1);
  for (let left = LEASES.matchedMs; left > 0; left -= 10_000) {
    clock.advance(10_000);
    await backplane.renew(eve);
  }
  expect(await backplane.lapsed()).toEqual([]);
  expect(await backplane.count()).toEqual({
    online: 1,
    waiting: { video: 0, voice: 0, text: 1 },
    matched: { video: 0, voice: 0, text: 0 },
  });
  await backplane.end(eve, 'left');
  expect(await redis.ask('KEYS', `${keyspace}[^n]*`)).toEqual([]);
});
