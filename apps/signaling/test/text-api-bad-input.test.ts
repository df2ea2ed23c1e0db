import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type Socket, connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { RATES_OFF } from './support/server.ts';
import { PAUSE_MS, POLL_MS, type TextServer, pair, startTextServer } from './support/text-server.ts';

/** The body of the reply to a request that is written byte by byte, without what `fetch` would add. */
async function raw(server: TextServer, path: string, body: string | Buffer, headers: string[] = []) {
  const bytes = Buffer.from(body);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const head = [`POST ${path} HTTP/1.1`, 'Host: front1.omegle.com', 'Connection: close', ...headers];
  socket.write(`${head.join('\r\n')}\r\nContent-Length: ${bytes.length}\r\n\r\n`);
  socket.write(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString().split('\r\n\r\n')[1];
}

test('[X16] bodies as old clients send them', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  const form = 'Content-Type: application/x-www-form-urlencoded';
  for (const [body, headers, heard] of [
    [`id=${ann.id}&msg=no type`, [], 'no type'],
    [`&msg=leading ampersand&id=${ann.id}`, [form], 'leading ampersand'],
    [`msg=ünencoded: 100% 😀&id=${ann.id}`, [`${form}; charset=UTF-8`], 'ünencoded: 100% 😀'],
    [`msg=esc%C3%A4ped+%26+more&id=${encodeURIComponent(ann.id)}\r\n`, [form], 'escäped & more'],
    [`id=${ann.id}&msg=typed+wrong`, ['Content-Type: text/plain'], 'typed wrong'],
    [Buffer.from(`id=${ann.id}&msg=b\xe9d`, 'latin1'), [form], 'b\ufffdd'],
    [`id=${ann.id}&msg=b%E9d`, [form], 'b\ufffdd'],
    [`id=${ann.id}&msg=first&msg=second`, [form], 'first'],
  ] as const) {
    expect(await raw(server, '/send', body, [...headers])).toBe('win');
    expect(await bob.poll()).toEqual([['gotMessage', heard]]);
  }
});

test('[X16] an empty body, or none at all, is no parameter', async () => {
  const server = await startTextServer();
  expect(await raw(server, '/start', '')).toMatch(/^"[\w-]{6}"$/);
  expect(await raw(server, '/start', '&')).toMatch(/^"[\w-]{6}"$/);
  expect(await raw(server, '/disconnect', '')).toBe('win');
  expect(await (await server.request('/start', { method: 'POST' })).text()).toMatch(/^"[\w-]{6}"$/);
});

test('[X16] the parameters of any request may stand in its query', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  expect(await (await server.post(`/send?id=${ann.id}&msg=hi`)).text()).toBe('win');
  expect(await bob.poll()).toEqual([['gotMessage', 'hi']]);
});

test('[X17] a body above 64 KiB is refused before it has come, and its conversation goes on', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  const { hostname, port } = new URL(server.url);
  const head = { hostname, port, path: '/send', method: 'POST' };
  const declared = httpRequest({ ...head, headers: { 'content-length': 1_048_576 } });
  declared.flushHeaders();
  const [early] = (await once(declared, 'response')) as [IncomingMessage];
  expect(early.statusCode).toBe(413);
  declared.on('error', () => {}).destroy();

  const chunked = httpRequest(head).on('error', () => {});
  chunked.write(`id=${ann.id}&msg=${'x'.repeat(65_536)}`);
  const [late] = (await once(chunked, 'response')) as [IncomingMessage];
  expect(late.statusCode).toBe(413);
  chunked.destroy();

  const whole = await server.post('/send', `id=${ann.id}&msg=${'x'.repeat(1_048_576)}`);
  expect(whole.status).toBe(413);
  expect(await whole.json()).toEqual({ error: 'payload-too-large', retry: false });
  expect(await ann.ask('/send', { msg: 'small' })).toBe('win');
  expect(await bob.poll()).toEqual([['gotMessage', 'small']]);
});

test('[X17] a client that leaves in the middle of a body does no harm', async () => {
  const server = await startTextServer();
  const socket = await sendHead(server, '/start', 'Content-Length: 10\r\n\r\nabc');
  socket.destroy();
  await connections(server, 0);
  expect(await (await server.request('/count')).text()).toBe('0');
  expect(server.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('[X9] what came after a poll had vanished is said to the next one', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  const before = await open(server);
  const vanishing = await sendHead(server, `/events?id=${ann.id}`, 'Content-Length: 0\r\n\r\n');
  await server.timers.reached(1);
  vanishing.destroy();
  await connections(server, before);
  expect(server.timers.size).toBe(0);
  for (const msg of ['one', 'two']) await bob.ask('/send', { msg });
  expect(await ann.poll()).toEqual([
    ['gotMessage', 'one'],
    ['gotMessage', 'two'],
  ]);
});

test('[X9] an event whose reply could not be written is said again', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  // The connection breaks on the server's side at the moment of the reply.
  server.server.io.httpServer.prependOnceListener('request', (_: IncomingMessage, response) => {
    const { writeHead } = response;
    response.writeHead = (...args: Parameters<typeof writeHead>) => {
      response.socket.destroy();
      return writeHead.apply(response, args);
    };
  });
  const broken = expect(ann.poll()).rejects.toThrow('fetch failed');
  await server.timers.reached(1);
  await bob.ask('/send', { msg: 'kept' });
  await broken;
  expect(await ann.poll()).toEqual([['gotMessage', 'kept']]);
});

test('[X9] a client that leaves before it has its id leaves no conversation behind', async () => {
  const server = await startTextServer();
  for (const path of ['/start', '/start?firstevents=1']) {
    server.server.io.httpServer.prependOnceListener('request', (_: IncomingMessage, response) => {
      const { writeHead } = response;
      response.writeHead = (...args: Parameters<typeof writeHead>) => {
        response.socket.destroy();
        return writeHead.apply(response, args);
      };
    });
    await expect(server.post(path)).rejects.toThrow('fetch failed');
    expect(await (await server.request('/count')).text()).toBe('0');
  }
});

test('[X19] one address starts so many conversations a minute', async () => {
  const server = await startTextServer({
    textApi: { pollMs: POLL_MS, startsPerMinute: 2, strangeIdsPerMinute: 0 },
  });
  await server.start();
  await server.start();
  const refused = server.post('/start');
  await server.timers.reached(1);
  server.timers.pass(PAUSE_MS);
  expect((await refused).status).toBe(429);
  expect((await refused).headers.get('retry-after')).toBe('30');
  expect(await (await refused).json()).toEqual({ error: 'rate-limited', retry: true });
  server.clock.advance(30_000);
  expect((await server.post('/start')).status).toBe(200);
});

test('[X19] one address has so many conversations at a time', async () => {
  const server = await startTextServer({ connectionsPerAddressMax: 2 });
  const ann = await server.start();
  await server.start();
  const refused = server.post('/start');
  await server.timers.reached(1);
  server.timers.pass(PAUSE_MS);
  expect((await refused).status).toBe(429);
  await ann.ask('/disconnect');
  expect((await server.post('/start')).status).toBe(200);
});

test('[X19] who tries ids is refused, also for those that exist; neighbours are not', async () => {
  const server = await startTextServer({
    trustedHops: 1,
    textApi: { pollMs: POLL_MS, startsPerMinute: 0, strangeIdsPerMinute: 3 },
  });
  const from = (address: string, path: string, body = '') =>
    server.request(path, { method: 'POST', body, headers: { 'x-forwarded-for': address } });
  const ann = (await (await from('203.0.113.1', '/start?m=0')).json()) as string;
  const neighbour = (await (await from('203.0.113.2', '/start?m=0')).json()) as string;
  for (let guess = 0; guess < 3; guess++) await from('203.0.113.2', '/typing', `id=guess${guess}`);
  for (const id of ['guess4', ann]) {
    const refused = from('203.0.113.2', '/typing', `id=${id}`);
    await server.timers.reached(1);
    server.timers.pass(PAUSE_MS);
    expect((await refused).status).toBe(429);
  }
  expect((await from('203.0.113.2', '/typing', `id=${neighbour}`)).status).toBe(200);
  expect((await from('203.0.113.3', '/typing', `id=${ann}`)).status).toBe(200);
});

test('[X19] one conversation sends so many texts', async () => {
  const server = await startTextServer({
    rates: { ...RATES_OFF, message: { perMinute: 60, burst: 2 } },
  });
  const { ann, bob } = await pair(server);
  await ann.ask('/send', { msg: '1' });
  await ann.ask('/send', { msg: '2' });
  const refused = server.post('/send', `id=${ann.id}&msg=3`);
  await server.timers.reached(1);
  server.timers.pass(PAUSE_MS);
  expect((await refused).status).toBe(429);
  expect(await bob.poll()).toEqual([
    ['gotMessage', '1'],
    ['gotMessage', '2'],
  ]);
});

/** A connection that has sent the head of a request and what follows it. */
async function sendHead(server: TextServer, path: string, rest: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: t\r\n${rest}`);
  return socket;
}

function open({ server }: TextServer): Promise<number> {
  return new Promise((resolve) => {
    server.io.httpServer.getConnections((_: Error | null, count: number) => resolve(count));
  });
}

/** Resolves when the server sees no more connections than that. */
async function connections(server: TextServer, count: number): Promise<void> {
  await vi.waitFor(async () => expect(await open(server)).toBeLessThanOrEqual(count));
}
