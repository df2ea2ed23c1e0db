import { ChatError } from '@passerby/protocol';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Backplane } from '../src/core/ports.ts';
import type { AccountId, MatchId, SessionId } from '../src/core/types.ts';
import { FaultProxy } from './support/fault-proxy.ts';
import { deployment } from './support/redis-node.ts';
import { RedisServer } from './support/redis-server.ts';
import { startTestServer } from './support/server.ts';
import { LEASES, WISHES } from './support/stage.ts';
import { startTextServer } from './support/text-server.ts';

// Real time passes: until Redis is missed, and until it is found again.
vi.setConfig({ testTimeout: 20_000 });

let redis: RedisServer;
afterEach(() => redis.stop());

/** A node whose Redis can be taken away. */
async function node() {
  redis = await RedisServer.start();
  return startTextServer({}, {}, await deployment(redis)());
}

/** The news of this backplane say that there is something, and not what. */
function withoutEvents(backplane: Backplane): void {
  const watch = backplane.watch.bind(backplane);
  vi.spyOn(backplane, 'watch').mockImplementation((id, watcher) =>
    watch(id, { wake: () => watcher.wake(), ended: (reason) => watcher.ended(reason) }),
  );
}

type Node = Awaited<ReturnType<typeof node>>;

const statusOf = async ({ url }: Node, path: string) => (await fetch(`${url}${path}`)).status;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

describe.each(['killed', 'frozen'] as const)('Redis is %s', (how) => {
  const take = () => (how === 'killed' ? redis.kill() : Promise.resolve(redis.freeze()));

  test('[V5] the process lives and is not ready; whoever waits is told that matching pauses', async () => {
    const server = await node();
    const ann = server.ours('ann');
    await ann.next('session:welcome');
    await ann.ask('peer:find');
    expect((await ann.next('peer:alone'))[0]).not.toHaveProperty('paused');
    await take();
    expect((await ann.next('peer:alone'))[0]).toMatchObject({ paused: true });
    expect(await statusOf(server, '/health')).toBe(200);
    expect(await statusOf(server, '/ready')).toBe(503);
    expect(await statusOf(server, '/api/online')).toBe(503);
    expect(server.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('[V5] nothing is decided: searches, texts and newcomers are refused for now', async () => {
    const server = await node();
    const ann = server.ours('ann');
    await ann.next('session:welcome');
    await take();
    const refused = { error: 'unavailable', retry: true };
    expect(await ann.ask('peer:find')).toEqual(refused);
    expect((await ann.next('peer:alone'))[0]).toMatchObject({ paused: true });
    expect(await ann.ask('chat:message', { matchId: 'match-00000001', seq: 1, text: 'hello' })).toEqual(
      refused,
    );
    const bob = server.ours('bob');
    expect((await bob.next('connect_error'))[0]).toMatchObject({
      data: { code: 'unavailable', retry: true },
    });
    const [start] = await Promise.all([
      server.post('/start'),
      server.timers.reached(1).then(() => server.timers.pass(500)),
    ]);
    expect(start.status).toBe(503);
    expect(await start.json()).toEqual(refused);
  });
});

test('[V6] Redis was only slow: the same match goes on and nothing is lost', async () => {
  const server = await node();
  const [ann, bob] = [server.ours('ann'), server.ours('bob')];
  await Promise.all([ann.next('session:welcome'), bob.next('session:welcome')]);
  await ann.ask('peer:find');
  await bob.ask('peer:find');
  const [{ matchId }] = await ann.next('peer:accepted');
  redis.freeze();
  await until(async () => (await statusOf(server, '/ready')) === 503);
  redis.thaw();
  await until(async () => (await statusOf(server, '/ready')) === 200);
  expect(await ann.ask('chat:message', { matchId, seq: 1, text: 'hello' })).toEqual({ ok: true });
  expect((await bob.next('chat:message'))[0]).toMatchObject({ matchId, text: 'hello' });
});

test('[V6] whoever waited waits on when Redis is back, and is matched', async () => {
  const server = await node();
  const ann = server.ours('ann');
  await ann.next('session:welcome');
  await ann.ask('peer:find');
  await ann.next('peer:alone');
  redis.freeze();
  expect((await ann.next('peer:alone'))[0]).toMatchObject({ paused: true });
  redis.thaw();
  expect((await ann.next('peer:alone'))[0]).toMatchObject({ paused: false });
  const bob = server.ours('bob');
  await bob.next('session:welcome');
  await bob.ask('peer:find');
  await ann.next('peer:accepted');
});

test('[V7] Redis comes back empty: sessions that were in no match are over, and new ones are matched', async () => {
  const server = await node();
  const ann = server.ours('ann');
  await ann.next('session:welcome');
  await redis.kill();
  await until(async () => (await statusOf(server, '/ready')) === 503);
  await redis.start();
  await until(async () => (await statusOf(server, '/ready')) === 200);
  expect(await ann.ask('peer:find')).toMatchObject({ error: 'session-unknown' });
  const [cid, dan] = [server.ours('cid'), server.ours('dan')];
  await Promise.all([cid.next('session:welcome'), dan.next('session:welcome')]);
  await cid.ask('peer:find');
  await dan.ask('peer:find');
  await cid.next('peer:accepted');
});

test('[V7] [S25] those who were in a match are in it again, and the lines they had say nothing any more', async () => {
  const server = await node();
  const [ann, bob] = [server.ours('ann'), server.ours('bob')];
  await Promise.all([ann.next('session:welcome'), bob.next('session:welcome')]);
  await ann.ask('peer:find');
  await bob.ask('peer:find');
  const [[{ matchId, proof }], [found]] = [await ann.next('peer:accepted'), await bob.next('peer:found')];
  await redis.ask('FLUSHALL');
  const restore = (shown: string) => ({ takeOver: true, restore: { proof: shown, wishes: {} } });
  const annAgain = server.ours('ann', restore(proof));
  expect((await annAgain.next('session:welcome'))[0]).toMatchObject({ resumed: 'restored' });
  const text = { matchId, seq: 1, text: 'hello' };
  expect(await annAgain.ask('chat:message', text)).toEqual({ ok: true });
  await ann.next('disconnect');
  expect(await bob.ask('chat:message', text)).toEqual({ error: 'not-matched', retry: false });
  expect(await bob.ask('peer:find')).toEqual({ error: 'session-unknown', retry: false });
  await bob.ask('session:ack', { upTo: 9 });
  await bob.settled();
  expect(bob.names()).not.toContain('chat:message');
  const bobAgain = server.ours('bob', restore(found.proof));
  expect((await bobAgain.next('session:welcome'))[0]).toMatchObject({ state: { matchId } });
  expect((await bobAgain.next('chat:message'))[0]).toMatchObject(text);
  await annAgain.next('peer:back');
});

test('[V6] what was said just before Redis paused wakes whom it is for, although its sender was refused', async () => {
  redis = await RedisServer.start();
  const { backplane } = await deployment(redis)();
  const [ann, bob] = ['ann' as SessionId, 'bob' as SessionId];
  for (const id of [ann, bob]) {
    await backplane.open({ id, account: `${id}` as AccountId, leases: LEASES }, { takeOver: false });
    await backplane.find(id, { wishes: WISHES });
  }
  const woken = Promise.withResolvers<void>();
  backplane.watch(bob, { wake: () => woken.resolve(), ended: () => {} });
  redis.freeze();
  const text = (matchId: MatchId) => ({ type: 'message', matchId, seq: 1, text: 'hello' }) as const;
  const sending = backplane.send(ann, text, { matchId: 'current', seq: 1 });
  await expect(sending).rejects.toMatchObject({ code: 'unavailable' });
  redis.thaw();
  await woken.promise;
  expect((await backplane.drain(bob, 0)).at(-1)?.event).toMatchObject({ type: 'message', text: 'hello' });
});

test('[V6] news that came with an answer which was lost on the way are heard all the same', async () => {
  redis = await RedisServer.start();
  const { backplane } = await deployment(redis)();
  const ann = 'ann' as SessionId;
  await backplane.open({ id: ann, account: 'ann' as AccountId, leases: LEASES }, { takeOver: false });
  const { promise: woken, resolve } = Promise.withResolvers<void>();
  backplane.watch(ann, { wake: () => resolve(), ended: () => {} });
  // Not the connection on which news come from other nodes.
  await redis.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await woken;
});

test('[V6] a mailbox that could not be read is read when the next renewal succeeds', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  redis = await RedisServer.start();
  const node = await deployment(redis)();
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const drain = vi.spyOn(node.backplane, 'drain');
  withoutEvents(node.backplane);
  const server = await startTestServer({ shared: node });
  const ann = server.ours('ann');
  await ann.next('session:welcome');
  await ann.settled();
  drain.mockImplementationOnce(() => {
    resolve();
    return Promise.reject(new ChatError('unavailable'));
  });
  await ann.ask('peer:find');
  await failed;
  await ann.settled();
  expect(ann.names()).not.toContain('peer:alone');
  vi.advanceTimersByTime(5_000);
  await ann.next('peer:alone');
});

test('[V6] a node whose Redis goes away while it subscribes hears of news once it is back', async () => {
  redis = await RedisServer.start();
  let isFirst = true;
  const proxy = createServer((near) => {
    const far = connect(Number(new URL(redis.url).port), '127.0.0.1');
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    far.pipe(near);
    near.on('data', (data) => {
      if (isFirst && data.toString('latin1').toUpperCase().includes('\nSUBSCRIBE\r')) {
        isFirst = false;
        near.destroy();
      } else far.write(data);
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const url = `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const [{ backplane: late }, { backplane: other }] = [
    await deployment(redis, { prefix: '{late}', url })(),
    await deployment(redis, { prefix: '{late}' })(),
  ];
  expect(isFirst).toBe(false);
  const [ann, bob] = ['ann' as SessionId, 'bob' as SessionId];
  await late.open({ id: ann, account: 'ann' as AccountId, leases: LEASES }, { takeOver: false });
  await other.open({ id: bob, account: 'bob' as AccountId, leases: LEASES }, { takeOver: false });
  await late.find(ann, { wishes: WISHES });
  const { promise: woken, resolve } = Promise.withResolvers<void>();
  late.watch(ann, { wake: () => resolve(), ended: () => {} });
  await other.find(bob, { wishes: WISHES });
  await woken;
});

test('[V14] a connection on which nothing is answered any more is made anew, whatever is still written on it', async () => {
  redis = await RedisServer.start();
  const port = Number(new URL(redis.url).port);
  const proxy = await FaultProxy.start(
    () => port,
    () => ({ pace: { kind: 'plain' }, end: 'close', afterBytes: Infinity }),
  );
  onTestFinished(() => proxy.close());
  const { backplane } = await deployment(redis, { url: `redis://127.0.0.1:${proxy.port}` })();
  await backplane.lapsed();
  const cutAt = performance.now();
  proxy.end('half-open');
  await expect(backplane.lapsed()).rejects.toMatchObject({ code: 'unavailable' });
  // As a node does, which looks each second.
  await until(async () => {
    await setImmediate();
    return backplane.lapsed().then(
      () => true,
      () => false,
    );
  });
  expect(performance.now() - cutAt).toBeLessThan(12_000);
});

test('[V4] a node that hears late that it was taken for dead takes its sessions back all the same', async () => {
  redis = await RedisServer.start();
  const node = deployment(redis);
  const [{ backplane: slow, clock }, { backplane: living }] = [await node(), await node()];
  const [ann, bob] = ['ann' as SessionId, 'bob' as SessionId];
  for (const [backplane, id] of [
    [slow, ann],
    [living, bob],
  ] as const) {
    await backplane.lapsed();
    await backplane.open({ id, account: `${id}` as AccountId, leases: LEASES }, { takeOver: false });
    backplane.watch(id, { wake: () => {}, ended: () => {} });
    await backplane.find(id, { wishes: WISHES });
  }
  clock.advance(8_000);
  await living.lapsed();
  redis.freeze();
  await expect(slow.lapsed()).rejects.toMatchObject({ code: 'unavailable' });
  redis.thaw();
  await slow.lapsed();
  const news = (await living.drain(bob, 0)).map(({ event }) => event.type);
  expect(news.slice(-2)).toEqual(['partner-away', 'partner-back']);
});
