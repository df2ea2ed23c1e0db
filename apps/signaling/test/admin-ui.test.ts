import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Server } from 'socket.io';
import { expect, test, vi } from 'vitest';
import { startAdminUi } from '../src/ops/admin-ui.ts';
import type { AdminUiOptions } from '../src/ops/admin-ui.ts';
import {
  clientOf,
  next,
  outcomeOf,
  PASSWORD,
  PASSWORD_HASH,
  runAdminUi,
  USERNAME,
} from './support/running-admin-ui.ts';

const RIGHT = { username: USERNAME, password: PASSWORD };

/** fetch tidies paths and forbids some headers; this sends exactly what it is given. */
async function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
) {
  const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('latin1')) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

/** The status of a WebSocket handshake: 101 or what it was refused with. */
async function upgrade(port: number, headers: Record<string, string>): Promise<number | undefined> {
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path: '/socket.io/?EIO=4&transport=websocket',
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      ...headers,
    },
  });
  request.end();
  return new Promise((resolve, reject) => {
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
  });
}

test('[O1] the admin namespace does not exist on the public port', async () => {
  const { publicPort } = await runAdminUi();
  expect(await outcomeOf(clientOf(publicPort, '/admin', RIGHT))).toBe('Invalid namespace');
  expect(await outcomeOf(clientOf(publicPort, '/'))).toBeUndefined();
});

test('[O2] the admin port has no namespace but the admin one', async () => {
  const { admin, io } = await runAdminUi();
  const arrived = vi.fn();
  io.on('connection', arrived);
  for (const namespace of ['/', '/chat', '/admin/', '/Admin']) {
    expect(await outcomeOf(clientOf(admin.port, namespace, RIGHT))).toBe('Invalid namespace');
  }
  expect(arrived).not.toHaveBeenCalled();
});

test('[O9] an operator is told the right number of clients, and counts only', async () => {
  const { admin, io, publicPort, report } = await runAdminUi();
  io.on('connection', (socket) => {
    socket.data = { secret: 'canary-data' };
    socket.emit('chat:message', 'canary-text');
  });
  const operator = clientOf(admin.port, '/admin', RIGHT);
  const told: [event: string, ...args: unknown[]][] = [];
  operator.onAny((...event: [string, ...unknown[]]) => told.push(event));
  await next(operator, 'config');

  const clients = [1, 2, 3].map(() => clientOf(publicPort, '/', { token: 'canary-token' }));
  await Promise.all(clients.map((client) => next(client, 'chat:message')));
  const reported = next(operator, 'server_stats');
  report();
  const [stats] = await reported;

  expect(stats).toMatchObject({ clientsCount: 3, namespaces: [{ name: '/', socketsCount: 3 }] });
  // Counted by the second, so three connections may come in more than one piece.
  const { aggregatedEvents } = stats as { aggregatedEvents: { type: string; count: number }[] };
  const connections = aggregatedEvents.filter(({ type }) => type === 'rawConnection');
  expect(connections.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  expect(Object.keys(stats as object).sort()).toEqual([
    'aggregatedEvents',
    'clientsCount',
    'hostname',
    'namespaces',
    'pid',
    'pollingClientsCount',
    'serverId',
    'uptime',
  ]);
  expect(new Set(told.map(([event]) => event))).toEqual(new Set(['session', 'config', 'server_stats']));
  for (const canary of ['canary', '127.0.0.1', ...clients.map(({ id }) => id ?? '')]) {
    expect(JSON.stringify(told)).not.toContain(canary);
  }
});

test('[O10] nothing an operator sends has any effect', async () => {
  const { admin, io, publicPort } = await runAdminUi();
  const client = clientOf(publicPort, '/');
  expect(await outcomeOf(client)).toBeUndefined();
  const reached = vi.fn();
  client.onAny(reached);
  client.on('disconnect', reached);
  const operator = clientOf(admin.port, '/admin', RIGHT);
  const [config] = await next(operator, 'config');
  expect(config).toEqual({ supportedFeatures: ['AGGREGATED_EVENTS'] });

  operator.emit('emit', '/', undefined, 'chat:message', 'from the operator');
  operator.emit('join', '/', 'room');
  operator.emit('leave', '/', client.id);
  operator.emit('_disconnect', '/', true);
  operator.emit('error', null);
  // A connection keeps its order: with this answer all of the above has been dealt with.
  const answered = vi.fn();
  operator.emit('anything', answered);
  expect(await outcomeOf(operator.io.socket('/').connect())).toBe('Invalid namespace');
  const rooms = io.sockets.sockets.get(client.id ?? '')?.rooms;
  expect(rooms).toEqual(new Set([client.id]));
  io.emit('last');
  await next(client, 'last');
  expect(reached.mock.calls).toEqual([['last']]);
  expect(answered).not.toHaveBeenCalled();
});

const foreign: [what: string, headers: (port: number) => Record<string, string>][] = [
  ['of another site', () => ({ origin: 'https://evil.example' })],
  ['of the public port', (port) => ({ origin: `http://127.0.0.1:${port + 1}` })],
  ['of another name of this machine', (port) => ({ origin: `http://localhost:${port}` })],
  ['of the same host by https', (port) => ({ origin: `https://127.0.0.1:${port}` })],
  ['of a look-alike', (port) => ({ origin: `http://127.0.0.1:${port}.evil.example` })],
  ['of a sandboxed frame', () => ({ origin: 'null' })],
  ['without Origin from another site', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['without Origin from another port', () => ({ 'sec-fetch-site': 'same-site' })],
  ['to a rebound name', (port) => ({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` })],
  ['to a name that begins like this machine', () => ({ host: '127.0.0.1.evil.example' })],
];

test.for(foreign)('[O11] a connection %s is refused, by polling and by WebSocket', async ([, headers]) => {
  const { admin } = await runAdminUi();
  const polling = '/socket.io/?EIO=4&transport=polling';
  expect((await ask(admin.port, polling, { headers: headers(admin.port) })).status).toBe(403);
  expect(await upgrade(admin.port, headers(admin.port))).toBe(400);
});

const own: [what: string, headers: (port: number) => Record<string, string>][] = [
  ['its page', (port) => ({ origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' })],
  ['its page by name', (port) => ({ host: `localhost:${port}`, origin: `http://localhost:${port}` })],
  ['its page through a tunnel', () => ({ host: '[::1]:4000', origin: 'http://[::1]:4000' })],
  ['its page, polling', () => ({ 'sec-fetch-site': 'same-origin' })],
  ['a program', () => ({})],
];

test.for(own)('[O11] a connection of %s is accepted', async ([, headers]) => {
  const { admin } = await runAdminUi();
  const polling = await ask(admin.port, '/socket.io/?EIO=4&transport=polling', {
    headers: headers(admin.port),
  });
  expect(polling.status).toBe(200);
  expect(polling.headers['access-control-allow-origin']).toBeUndefined();
  expect(await upgrade(admin.port, headers(admin.port))).toBe(101);
});

test('[O12] with no operator there, the packets of clients are not counted', async () => {
  const { admin, io, publicPort, report } = await runAdminUi();
  io.on('connection', (socket) => socket.emit('hello'));
  await next(clientOf(publicPort, '/'), 'hello');
  const operator = clientOf(admin.port, '/admin', RIGHT);
  await next(operator, 'config');
  const reported = next(operator, 'server_stats');
  report();
  expect(await reported).toMatchObject([{ clientsCount: 1, aggregatedEvents: [] }]);
});

test('[O12] closing ends connections, timers and listeners', async () => {
  const { admin, io } = await runAdminUi();
  expect(vi.getTimerCount()).toBe(1);
  expect(io.engine.listenerCount('connection')).toBe(2);

  const operator = clientOf(admin.port, '/admin', RIGHT);
  await next(operator, 'config');
  const gone = next(operator, 'disconnect');
  await admin.close();
  await gone;
  expect(vi.getTimerCount()).toBe(0);
  expect(io.engine.listenerCount('connection')).toBe(1);
  await expect(ask(admin.port, '/admin/')).rejects.toThrow('ECONNREFUSED');
});

test('[O14] it starts on loopback only, with a bcrypt hash only, and says when the port is taken', async () => {
  const { admin, io } = await runAdminUi();
  const silent = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const good: AdminUiOptions = {
    io,
    auth: { type: 'basic', username: USERNAME, passwordHash: PASSWORD_HASH },
    host: '127.0.0.1',
    port: 0,
    log: silent,
    now: () => 0,
  };
  for (const host of ['0.0.0.0', '::', '', '10.0.0.1', 'example.org', '127.0.0.1.example.org']) {
    await expect(startAdminUi({ ...good, host })).rejects.toThrow('loopback');
  }
  for (const passwordHash of [
    '',
    PASSWORD,
    '$2b$10$short',
    `${PASSWORD_HASH} `,
    PASSWORD_HASH.replace('$2', '$3'),
  ]) {
    const auth = { ...good.auth, passwordHash };
    await expect(startAdminUi({ ...good, auth })).rejects.toThrow('bcrypt');
  }
  await expect(startAdminUi({ ...good, io: new Server() })).rejects.toThrow('attached');
  await expect(startAdminUi({ ...good, port: admin.port })).rejects.toThrow('EADDRINUSE');
});

test('[O15] the page comes with its fonts and icons and names no other host', async () => {
  const { admin } = await runAdminUi();
  const page = await ask(admin.port, '/admin/');
  expect(page.status).toBe(200);
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const policy = page.headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(page.body).not.toMatch(/https?:/);

  const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
  expect(links).toEqual(expect.arrayContaining(['preset.js', 'roboto/400.css', 'favicon.png']));
  for (const link of links) {
    const resource = await ask(admin.port, `/admin/${link}`);
    expect([link, resource.status]).toEqual([link, 200]);
    expect(resource.headers['x-content-type-options']).toBe('nosniff');
    const fonts = [...resource.body.matchAll(/url\("?([^"?#)]+\.woff2)/g)].map(([, font]) => font ?? '');
    for (const font of link.endsWith('.css') ? fonts : []) {
      const path = new URL(font, `http://localhost/admin/${link}`).pathname;
      expect([path, (await ask(admin.port, path, { method: 'HEAD' })).status]).toEqual([path, 200]);
    }
  }
});

test.for(['/', '/admin'])('[O16] %s leads to the page', async (path) => {
  const { admin } = await runAdminUi();
  const answer = await ask(admin.port, path);
  expect([answer.status, answer.headers.location]).toEqual([302, '/admin/']);
});

test.for([
  '/nothing',
  '/admin/../package.json',
  '/admin/css/../../../package.json',
  '/admin/..%2f..%2fpackage.json',
  '/admin/%2e%2e/%2e%2e/package.json',
  '/admin/css/..\\..\\..\\package.json',
  '/admin//etc/passwd',
  '/admin/mdi/package.json',
  '/admin/roboto/files/',
  '/admin/js/',
  '/admin/js/app.0d7d7845.js.map',
  '/admin/css/%00',
  '/admin/__proto__',
  '/socket.io/socket.io.js',
  'http://evil.example/admin/',
])('[O16] %s is not found', async (path) => {
  const { admin } = await runAdminUi();
  const { status, body } = await ask(admin.port, path);
  expect([path, status]).toEqual([path, path.startsWith('/socket.io/') ? 400 : 404]);
  expect(body).not.toContain('"version"');
});

test('[O16] a known path by a wrong method is 405, by HEAD has no body, by a foreign name is refused', async () => {
  const { admin } = await runAdminUi();
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await ask(admin.port, '/admin/', { method });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect((await ask(admin.port, '/nothing', { method })).status).toBe(404);
  }
  const head = await ask(admin.port, '/admin/', { method: 'HEAD' });
  expect([head.status, head.body]).toEqual([200, '']);
  expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
  expect((await ask(admin.port, '/admin/', { headers: { host: 'evil.example' } })).status).toBe(421);
});
