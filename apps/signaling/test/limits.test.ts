import { ChatError } from '@passerby/protocol';
import type { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { clientAddress } from '../src/client-address.ts';
import type { SessionId } from '../src/core/types.ts';
import { KeyedBuckets, TokenBucket } from '../src/transports/rate-limit.ts';
import { memoryBackplane, numbered } from './support/chat-parts.ts';
import { TestClock } from './support/clock.ts';
import { type Client, RATES_OFF, startTestServer } from './support/server.ts';
import { candidate, offer } from './support/signals.ts';

const OFF = { perMinute: 0, burst: 1 };

test('[L1] a bucket gives its burst at once, then so many a minute, and says how long to wait', () => {
  const bucket = new TokenBucket({ perMinute: 60, burst: 2 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 1_000]);
  expect(bucket.take(400)).toBe(600);
  expect(bucket.take(1_000)).toBe(0);
  expect(bucket.take(1_000)).toBe(1_000);
  expect(bucket.isFull(10_000)).toBe(true);
  expect([bucket.take(10_000), bucket.take(10_000), bucket.take(10_000)]).toEqual([0, 0, 1_000]);
});

test('[L1] a rate of 0 limits nothing', () => {
  const bucket = new TokenBucket(OFF, 0);
  for (let i = 0; i < 1_000; i++) expect(bucket.take(0)).toBe(0);
});

test('[L2] buckets that are full again are forgotten', () => {
  const buckets = new KeyedBuckets({ perMinute: 60, burst: 1 });
  buckets.take('a', 0);
  buckets.take('b', 500);
  buckets.sweep(1_000);
  expect(buckets.size).toBe(1);
});

test('[L3] finds and skips of an account are limited over its reconnects', async () => {
  const { ours } = await startTestServer({
    parts: { rates: { ...RATES_OFF, find: { perMinute: 20, burst: 2 } } },
  });
  const first = ours('ann');
  expect(await first.ask('peer:find', { mode: 'video' })).toEqual({ ok: true });
  expect(await first.ask('peer:find', { mode: 'video' })).toEqual({ ok: true });
  const refused = { error: 'rate-limited', retry: true, retryInMs: 3_000 };
  expect(await first.ask('peer:find', { mode: 'video' })).toEqual(refused);
  first.socket.disconnect();
  const again = ours('ann');
  await again.next('session:welcome');
  expect(await again.ask('peer:find', { mode: 'video' })).toEqual(refused);
});

test('[L4] a skip that comes too often still ends the match', async () => {
  const { ours } = await startTestServer({
    parts: { rates: { ...RATES_OFF, find: { perMinute: 20, burst: 1 } } },
  });
  const ann = ours('ann');
  await ann.ask('peer:find', { mode: 'video' });
  const bob = ours('bob');
  await bob.ask('peer:find', { mode: 'video' });
  const [{ matchId }] = await bob.next('peer:found');
  expect(await bob.ask('peer:skip', { matchId })).toMatchObject({ error: 'rate-limited' });
  expect((await ann.next('peer:disconnected'))[0]).toMatchObject({ matchId, reason: 'skipped' });
});

test('[L4] of finds that come too often a bare one ends the match, one with wishes does not', async () => {
  const { ours, plain } = await startTestServer({
    parts: { rates: { ...RATES_OFF, find: { perMinute: 20, burst: 1 } } },
  });
  const ann = ours('ann');
  await ann.ask('peer:find', { mode: 'video' });
  const bob = plain('bob');
  await bob.ask('peer:find');
  const [{ matchId }] = await ann.next('peer:accepted');
  expect(await ann.ask('peer:find', { mode: 'video' })).toMatchObject({ error: 'rate-limited' });
  await bob.settled();
  expect(bob.names()).not.toContain('peer:disconnected');
  expect(await bob.ask('peer:find')).toMatchObject({ error: 'rate-limited' });
  expect((await ann.next('peer:disconnected'))[0]).toMatchObject({ matchId, reason: 'skipped' });
});

test('[L14] what the server lacked what it takes for costs nothing', async () => {
  const backplane = memoryBackplane();
  const { ours } = await startTestServer({
    parts: { rates: { ...RATES_OFF, find: { perMinute: 20, burst: 1 } } },
    shared: { backplane, clock: new TestClock(), newSessionId: numbered<SessionId>('session') },
  });
  const ann = ours('ann');
  await ann.next('session:welcome');
  const find = vi.spyOn(backplane, 'find').mockRejectedValue(new ChatError('unavailable'));
  for (let again = 0; again < 3; again++)
    expect(await ann.ask('peer:find', { mode: 'video' })).toEqual({ error: 'unavailable', retry: true });
  find.mockRestore();
  expect(await ann.ask('peer:find', { mode: 'video' })).toEqual({ ok: true });
  expect(await ann.ask('peer:find', { mode: 'video' })).toMatchObject({ error: 'rate-limited' });
});

test('[L5] signals are limited by connection; who goes on regardless is cut, others are not disturbed', async () => {
  const { ours, chat } = await startTestServer({
    parts: { rates: { ...RATES_OFF, signal: { perMinute: 60, burst: 5 } } },
  });
  const bystander = ours('bob');
  await bystander.next('session:welcome');
  const flooder = ours('ann');
  await flooder.next('session:welcome');
  for (let i = 0; i < 200; i++) flooder.send('peer:sent:icecandidate', candidate(i));
  await flooder.next('disconnect');
  expect(await bystander.ask('peer:find')).toEqual({ ok: true });
  expect((await chat.count()).waiting.video).toBe(1);
});

test('[L10] offers and answers, the largest things relayed, are limited apart from candidates', async () => {
  const { ours } = await startTestServer({
    parts: { rates: { ...RATES_OFF, description: { perMinute: 30, burst: 2 } } },
  });
  const [ann, bob] = [ours('ann'), ours('bob')];
  await ann.ask('peer:find', { mode: 'video' });
  await bob.ask('peer:find', { mode: 'video' });
  for (let repeat = 0; repeat < 2; repeat++)
    expect(await ann.ask('peer:offer', offer())).toEqual({ ok: true });
  expect(await ann.ask('peer:offer', offer())).toMatchObject({ error: 'rate-limited', retryInMs: 2_000 });
  expect(await ann.ask('peer:sent:icecandidate', candidate(1))).toEqual({ ok: true });
});

test('[L11] one address opens only so many connections a minute', async () => {
  const { plain, clock } = await startTestServer({
    parts: { rates: { ...RATES_OFF, connection: { perMinute: 60, burst: 2 } } },
  });
  await plain('a').next('connect');
  await plain('b').next('connect');
  expect((await plain('c').next('connect_error'))[0].data).toEqual({ code: 'rate-limited', retry: true });
  clock.advance(1_000);
  await plain('c').next('connect');
});

test('[L12] one connection shows one session, however often it asks for one', async () => {
  const { url, log } = await startTestServer();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const asked = 200;
  await new Promise<void>((resolve) => {
    let heard = 0;
    socket.addEventListener('message', () => {
      if (heard === 0) for (let i = 0; i < asked; i++) socket.send(`40${JSON.stringify({ token: `a${i}` })}`);
      // The opening packet, and an answer to each.
      if (++heard > asked) resolve();
    });
    // Once the first is in, Socket.IO closes a connection that asks again.
    socket.addEventListener('close', () => resolve());
  });
  expect(log.lines.filter(({ message }) => message === 'session started')).toHaveLength(1);
  socket.close();
});

test('[L13] what a client does not read stays in its mailbox, and a full mailbox ends its session', async () => {
  const { plain, ours } = await startTestServer({ backplane: { mailboxMax: 64 } });
  const ann = plain('ann');
  ann.send('peer:find');
  await ann.next('peer:alone');
  const bob = ours('bob');
  await bob.ask('peer:find', { mode: 'video' });
  await ann.next('peer:accepted');
  const { transport } = ann.socket.io.engine as unknown as { transport: { ws: { _socket: Socket } } };
  transport.ws._socket.pause();
  const big = offer('x'.repeat(30_000));
  let sent = 0;
  while ((await bob.ask('peer:offer', big)).ok) expect(++sent).toBeLessThan(2_000);
  // What was written before is with the connection, and the mailbox behind it.
  expect(sent).toBeGreaterThan(64);
  expect((await bob.next('peer:disconnected'))[0].reason).toBe('lost');
  transport.ws._socket.resume();
});

test('[L6] one address has only so many connections, and gets them back when they close', async () => {
  const { plain } = await startTestServer({ parts: { connectionsPerAddressMax: 3 } });
  const open: Client[] = [];
  for (const name of ['a', 'b', 'c']) open.push(plain(name));
  for (const client of open) await client.next('connect');
  for (const transports of [['websocket'], ['polling']] as ['websocket' | 'polling'][]) {
    await plain('d', { transports }).next('connect_error');
  }
  open[0]?.socket.disconnect();
  await open[0]?.next('disconnect');
  for (;;) {
    const retry = plain('e');
    await Promise.race([retry.next('connect'), retry.next('connect_error')]);
    if (retry.socket.connected) break;
  }
});

test('[L6] many connections at the same moment do not slip over the cap', async () => {
  const { plain, server } = await startTestServer({ parts: { connectionsPerAddressMax: 3 } });
  const clients = Array.from({ length: 20 }, (_, index) => plain(`n${index}`));
  await Promise.all(
    clients.map((client) => Promise.race([client.next('connect'), client.next('connect_error')])),
  );
  expect(server.io.engine.clientsCount).toBeLessThanOrEqual(3);
});

test('[L7] a message above the size limit ends its connection and nothing else', async () => {
  const { ours, chat } = await startTestServer();
  const bystander = ours('bob');
  await bystander.next('session:welcome');
  const big = ours('ann');
  await big.next('session:welcome');
  big.send('peer:offer', { type: 'offer', sdp: `v=0${'x'.repeat(60_000)}` });
  await big.next('disconnect');
  expect(await bystander.ask('peer:find')).toEqual({ ok: true });
  expect((await chat.count()).waiting.video).toBe(1);
});

test('[L8] forwarding headers move the address only as far as proxies of ours are trusted', () => {
  const spoofed = { 'x-forwarded-for': '1.1.1.1, 2.2.2.2, 3.3.3.3' };
  expect(clientAddress(spoofed, '9.9.9.9', 0)).toBe('9.9.9.9');
  expect(clientAddress(spoofed, '9.9.9.9', 1)).toBe('3.3.3.3');
  expect(clientAddress(spoofed, '9.9.9.9', 2)).toBe('2.2.2.2');
  expect(clientAddress(spoofed, '9.9.9.9', 4)).toBe('9.9.9.9');
  expect(clientAddress({}, '9.9.9.9', 1)).toBe('9.9.9.9');
  const forwarded = (entry: string) => clientAddress({ 'x-forwarded-for': entry }, '9.9.9.9', 1);
  expect(forwarded('3.3.3.3:4711')).toBe('3.3.3.3');
  expect(forwarded('[2001:db8::1]:4711')).toBe(forwarded('2001:db8::1'));
});

test('[L9] an IPv6 client counts by its /64, a mapped IPv4 one as IPv4', () => {
  const key = (address: string) => clientAddress({}, address, 0);
  expect(key('2001:db8:1:2:3:4:5:6')).toBe(key('2001:DB8:0001:2:ffff::1'));
  expect(key('2001:db8:1:2::1')).not.toBe(key('2001:db8:1:3::1'));
  expect(key('2001:db8::1')).toBe('2001:db8:0:0');
  expect(key('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(key('::1')).toBe('0:0:0:0');
});
