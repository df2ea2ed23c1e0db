import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { NOTHING_TOLD, toTextEvents } from '../src/transports/text-api-events.ts';
import type { MatchId } from '../src/core/types.ts';
import { startTestServer } from './support/server.ts';
import { PAUSE_MS, POLL_MS, pair, startTextServer } from './support/text-server.ts';

const IDENT_DIGESTS = ['identDigests', expect.stringMatching(/^[0-9a-f]{32}(,[0-9a-f]{32}){3}$/)];
const STATUS = {
  count: 1,
  antinudeservers: ['waw1.omegle.com'],
  spyQueueTime: 0,
  rtmfp: '',
  antinudepercent: 0,
  spyeeQueueTime: 0,
  timestamp: 1_000_000_000,
  servers: ['front1'],
};

test.each(['GET', 'POST'])('[X1] %s /start without parameters gives an id of 2010', async (method) => {
  const { request } = await startTextServer();
  const reply = await request('/start', { method });
  expect(reply.status).toBe(200);
  expect(await reply.text()).toMatch(/^"[\w-]{6}"$/);
});

test('[X1] any parameter, in the query or in the body, gives a later id', async () => {
  const { request, post } = await startTextServer();
  for (const reply of [
    await request('/start?rcs=1'),
    await post('/start?spid='),
    await post('/start', 'lang=en'),
    await post('/START', '&m'),
  ]) {
    expect(await reply.text()).toMatch(/^"shard1:[\w-]{30}"$/);
  }
});

test('[X1] ids differ', async () => {
  const { start } = await startTextServer();
  const ids = new Set<string>();
  for (let i = 0; i < 50; i++) ids.add((await start()).id).add((await start('?m=0')).id);
  expect(ids.size).toBe(100);
});

test('[X2] with firstevents, whatever its value, the reply holds the id and the first events', async () => {
  const { request } = await startTextServer();
  for (const value of ['1', '0', 'false', '']) {
    const alone = await (await request(`/start?firstevents=${value}`)).json();
    expect(alone).toEqual({
      clientID: expect.stringMatching(/^shard1:/),
      events: [['waiting'], ['statusInfo', STATUS]],
    });
    const met = (await (await request(`/start?firstevents=${value}`)).json()) as object;
    expect(met).toMatchObject({
      events: [['connected'], ['statusInfo', { ...STATUS, count: expect.any(Number) }], IDENT_DIGESTS],
    });
    const { clientID } = met as { clientID: string };
    await request('/disconnect', { method: 'POST', body: `id=${clientID}` });
    const { clientID: first } = alone as { clientID: string };
    await request('/disconnect', { method: 'POST', body: `id=${first}` });
  }
});

test('[X2] what stood in the reply to /start is not said again', async () => {
  const server = await startTextServer();
  const ann = await server.startLater();
  await server.startLater();
  expect(await ann.poll()).toEqual([['connected'], IDENT_DIGESTS]);
});

test('[X3] JSON is written with spaces, typed, uncached and never shared with other origins', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server, 'seed', 'later');
  await bob.ask('/send', { msg: 'häh, "so"' });
  const reply = await server.post('/events', `id=${ann.id}`);
  expect(await reply.text()).toBe('[["gotMessage", "häh, \\"so\\""]]');
  expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(reply.headers.get('cache-control')).toBe('no-store');
  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  const status = await (await server.request('/status')).text();
  expect(status).toMatch(/^\{"count": 2, "antinudeservers": \["waw1.omegle.com"\], /);
  const win = await server.post('/typing', `id=${bob.id}`);
  expect(win.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test('[X4] /count, /status and /api/online tell the same number', async () => {
  const server = await startTextServer();
  await server.ours('ann').ask('peer:find', { mode: 'video' });
  await server.start();
  await server.start();
  for (const method of ['GET', 'POST']) {
    expect(await (await server.request('/count?rand=0.5', { method })).text()).toBe('3');
    const status = await server.request('/status?nocache=0.1&randid=ABCDEFGH', { method });
    expect(await status.json()).toEqual({ ...STATUS, count: 3 });
  }
  expect(await (await server.request('/api/online')).json()).toMatchObject({ online: 3, text: 2 });
});

test('[X5] a client of 2010 is told waiting, then connected, and nothing it does not know', async () => {
  const server = await startTextServer();
  const ann = await server.start();
  expect(await ann.poll()).toEqual([['waiting']]);
  const bob = await server.start();
  expect(await ann.poll()).toEqual([['connected']]);
  expect(await bob.poll()).toEqual([['waiting'], ['connected']]);
});

test('[X5] a later client that is matched at once is not told waiting', async () => {
  const server = await startTextServer();
  await server.start();
  const bob = await server.start('?rcs=1');
  expect(await bob.poll()).toEqual([['connected'], IDENT_DIGESTS]);
});

test('[X6] common likes stand between connected and the digests, and are left out when there are none', () => {
  const matched = (interests: string[]) =>
    toTextEvents('later', NOTHING_TOLD, [
      {
        type: 'matched',
        matchId: 'match' as MatchId,
        role: 'offerer',
        mode: 'text',
        shared: { interests, languages: [] },
        relayOnly: false,
      },
    ]).list;
  expect(matched(['tea', 'go'])).toEqual([['connected'], ['commonLikes', ['tea', 'go']], IDENT_DIGESTS]);
  expect(matched([])).toEqual([['connected'], IDENT_DIGESTS]);
  expect(matched([])[1]).not.toEqual(matched([])[1]);
});

test.each([
  ['seed', null],
  ['later', []],
] as const)(
  '[X7] a poll of a %s client with nothing new is held, then answered %j',
  async (dialect, idle) => {
    const server = await startTextServer();
    const { ann } = await pair(server, dialect);
    let answered = false;
    const poll = ann.poll().finally(() => void (answered = true));
    await server.timers.reached(1);
    server.timers.pass(POLL_MS - 1);
    await server.request('/count');
    expect(answered).toBe(false);
    server.timers.pass(1);
    expect(await poll).toEqual(idle);
    expect(server.timers.size).toBe(0);
  },
);

test('[X7] a poll that waits is answered as soon as there is something, with everything, in order, once', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  const poll = ann.poll();
  await server.timers.reached(1);
  await bob.ask('/send', { msg: 'one' });
  expect(await poll).toEqual([['gotMessage', 'one']]);
  expect(server.timers.size).toBe(0);
  for (const msg of ['two', 'three']) await bob.ask('/send', { msg });
  expect(await ann.poll()).toEqual([
    ['gotMessage', 'two'],
    ['gotMessage', 'three'],
  ]);
});

test('[X7] what a client is not told of does not fill its mailbox while it polls', async () => {
  const server = await startTextServer({}, { mailboxMax: 4 });
  const { ann, bob } = await pair(server);
  const poll = ann.poll();
  await server.timers.reached(1);
  for (let texts = 0; texts < 10; texts++) {
    await ann.ask('/send', { msg: 'hi' });
    await bob.poll();
  }
  await bob.ask('/send', { msg: 'still here?' });
  expect(await poll).toEqual([['gotMessage', 'still here?']]);
});

test.each([
  ['seed', null],
  ['later', []],
] as const)('[X8] a second poll of a %s client replaces the first', async (dialect, idle) => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server, dialect);
  const first = ann.poll();
  await server.timers.reached(1);
  const second = ann.poll();
  expect(await first).toEqual(idle);
  await server.timers.reached(1);
  await bob.ask('/send', { msg: 'once' });
  expect(await second).toEqual([['gotMessage', 'once']]);
});

test('[X10] typing between every pair of dialects', async () => {
  for (const [from, to, on, off] of [
    ['seed', 'seed', 'typing', 'typing'],
    ['seed', 'later', 'typing', 'stoppedTyping'],
    ['later', 'seed', 'typing', 'typing'],
    ['later', 'later', 'typing', 'stoppedTyping'],
  ] as const) {
    const server = await startTextServer();
    const { ann, bob } = await pair(server, from, to);
    expect(await ann.ask('/typing')).toBe('win');
    expect(await bob.poll()).toEqual([[on]]);
    expect(await ann.ask(from === 'seed' ? '/typing' : '/stoppedtyping')).toBe('win');
    expect(await bob.poll()).toEqual([[off]]);
  }
});

test('[X10] a later client says nothing new by typing twice; /stopTyping and /stoptyping are stoppedtyping', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  for (const path of ['/stoppedtyping', '/typing', '/typing', '/stopTyping', '/stoptyping', '/typing']) {
    expect(await ann.ask(path)).toBe('win');
  }
  expect(await bob.poll()).toEqual([['typing'], ['stoppedTyping'], ['typing']]);
});

test('[X10] a text ends typing without an event of its own, for both', async () => {
  for (const dialect of ['seed', 'later'] as const) {
    const server = await startTextServer();
    const { ann, bob } = await pair(server, dialect, dialect);
    await ann.ask('/typing');
    await ann.ask('/send', { msg: 'hi' });
    await ann.ask('/typing');
    expect(await bob.poll()).toEqual([['typing'], ['gotMessage', 'hi'], ['typing']]);
  }
});

test('[X10] a web partner that says the same twice, or stops after its text, confuses nobody', async () => {
  for (const dialect of ['seed', 'later'] as const) {
    const server = await startTextServer();
    const ann = await server.start(dialect === 'seed' ? '' : '?m=0');
    await ann.poll();
    const web = server.ours('web');
    await web.ask('peer:find', { mode: 'text' });
    const [{ matchId }] = await web.next('peer:found');
    await ann.poll();
    await web.ask('chat:typing', { matchId, on: true });
    await web.ask('chat:typing', { matchId, on: true });
    await web.ask('chat:message', { matchId, seq: 1, text: 'hi' });
    await web.ask('chat:typing', { matchId, on: false });
    expect(await ann.poll()).toEqual([['typing'], ['gotMessage', 'hi']]);
  }
});

test('[X10] typing before there is anybody is forgotten', async () => {
  const server = await startTextServer();
  const ann = await server.startLater();
  expect(await ann.ask('/typing')).toBe('win');
  const bob = await server.startLater();
  await ann.ask('/typing');
  expect(await bob.poll()).toEqual([['typing']]);
});

test('[X11] /send answers nothing in 2010, win later', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server, 'seed', 'later');
  const reply = await server.post('/send', `id=${ann.id}&msg=hi`);
  expect(reply.status).toBe(200);
  expect(await reply.text()).toBe('');
  expect(await bob.ask('/send', { msg: 'hello' })).toBe('win');
  expect(await bob.poll()).toEqual([['gotMessage', 'hi']]);
  expect(await ann.poll()).toEqual([['gotMessage', 'hello']]);
});

test('[X11] a text that cannot be passed on is answered fail later and nothing in 2010', async () => {
  const server = await startTextServer();
  const alone = await server.startLater();
  expect(await alone.ask('/send', { msg: 'anybody?' })).toBe('fail');
  const seed = await server.start();
  for (const msg of ['', '  ', 'x'.repeat(501)]) {
    expect(await alone.ask('/send', { msg })).toBe('fail');
    expect(await seed.ask('/send', { msg })).toBe('');
  }
  expect(await alone.ask('/send')).toBe('fail');
  expect(await alone.ask('/send', { msg: '😀'.repeat(500) })).toBe('win');
  await seed.ask('/send', { msg: 'hi' });
  expect(await alone.poll()).toEqual([['connected'], IDENT_DIGESTS, ['gotMessage', 'hi']]);
  expect(await seed.poll()).toEqual([['waiting'], ['connected'], ['gotMessage', '😀'.repeat(500)]]);
});

test.each([
  ['seed', null],
  ['later', []],
] as const)(
  '[X12] /disconnect of a %s client answers its open poll %j, the next one null, and tells the stranger',
  async (dialect, idle) => {
    const server = await startTextServer();
    const { ann, bob } = await pair(server, dialect);
    const open = ann.poll();
    await server.timers.reached(1);
    expect(await ann.ask('/disconnect')).toBe('win');
    expect(await open).toEqual(idle);
    const next = ann.poll();
    await server.timers.reached(1);
    server.timers.pass(PAUSE_MS);
    expect(await next).toBeNull();
    expect(await ann.ask('/disconnect')).toBe('win');
    expect(await bob.poll()).toEqual([['strangerDisconnected']]);
    expect((await server.chat.count()).online).toBe(0);
  },
);

test('[X13] strangerDisconnected is the last event; once it is read the id is over', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  await ann.ask('/send', { msg: 'bye' });
  await ann.ask('/disconnect');
  expect(await bob.ask('/send', { msg: 'late' })).toBe('fail');
  expect(await bob.poll()).toEqual([['gotMessage', 'bye'], ['strangerDisconnected']]);
  const next = bob.poll();
  await server.timers.reached(1);
  server.timers.pass(PAUSE_MS);
  expect(await next).toBeNull();
});

test('[X14] an id that is not known: null after a pause, fail or nothing, win', async () => {
  const server = await startTextServer();
  for (const [id, failed] of [
    ['abcdef', ''],
    [`shard1:${'a'.repeat(30)}`, 'fail'],
  ] as const) {
    const nobody = server.stranger(id);
    let answered = false;
    const poll = nobody.poll().finally(() => void (answered = true));
    await server.timers.reached(1);
    server.timers.pass(PAUSE_MS - 1);
    await server.request('/count');
    expect(answered).toBe(false);
    server.timers.pass(1);
    expect(await poll).toBeNull();
    expect(await nobody.ask('/send', { msg: 'hi' })).toBe(failed);
    for (const path of ['/typing', '/stoppedtyping', '/stoplookingforcommonlikes', '/disconnect']) {
      expect(await nobody.ask(path)).toBe('win');
    }
    expect(await nobody.ask('/recaptcha')).toBe('fail');
  }
});

test('[X15] an id without a request for 75 seconds is gone and its stranger told; a request keeps it', async () => {
  const server = await startTextServer();
  const { ann, bob } = await pair(server);
  server.clock.advance(74_999);
  expect(await bob.ask('/typing')).toBe('win');
  await server.chat.sweep();
  expect((await server.chat.count()).online).toBe(2);
  server.clock.advance(1);
  await server.chat.sweep();
  expect(await bob.poll()).toEqual([['strangerDisconnected']]);
  expect(await ann.ask('/send', { msg: 'late' })).toBe('fail');
  expect((await server.chat.count()).online).toBe(0);
});

test('[X15] a poll that was held keeps its id to its end', async () => {
  const server = await startTextServer();
  const ann = await server.startLater();
  for (let polls = 0; polls < 4; polls++) {
    const poll = ann.poll();
    await server.timers.reached(1);
    server.clock.advance(50_000);
    server.timers.pass(POLL_MS);
    expect(await poll).toEqual([]);
    // 80 seconds after the request, 30 after its answer.
    server.clock.advance(30_000);
    await server.chat.sweep();
  }
  expect((await server.chat.count()).online).toBe(1);
});

test('[X18] a wrong method is 405 and names the right ones', async () => {
  const { request } = await startTextServer();
  for (const path of [
    '/events',
    '/send',
    '/typing',
    '/stoppedtyping',
    '/disconnect',
    '/recaptcha',
    '/check',
  ]) {
    const reply = await request(path);
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await reply.json()).toEqual({ error: 'method-not-allowed', retry: false });
  }
  for (const [path, method] of [
    ['/start', 'PUT'],
    ['/start', 'HEAD'],
    ['/count', 'DELETE'],
    ['/status', 'OPTIONS'],
  ] as const) {
    const reply = await request(path, { method });
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, POST']);
  }
});

test('[X18] a browser that opens a path which takes only POST gets the page of the web app', async () => {
  const server = await startTextServer({
    web: (incoming, response) => void response.end(`page ${incoming.url}`),
  });
  const browse = (path: string) =>
    server.request(path, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
  expect(await (await browse('/send')).text()).toBe('page /send');
  expect(await (await browse('/count')).text()).toBe('0');
  expect(await (await server.post('/typing')).text()).toBe('win');
  expect(await (await browse('/chat')).text()).toBe('page /chat');
});

test('[X18] no page of the web app has a path that the text API answers by GET', () => {
  const routes = readdirSync(new URL('../../web/src/routes', import.meta.url), { recursive: true });
  const pages = routes.map((path) => `/${String(path)}`.replace(/\/\([^)]*\)/g, '').toLowerCase());
  expect(pages).toContain('/chat');
  for (const path of ['/start', '/count', '/status']) expect(pages).not.toContain(path);
});

test('[X20] a page of another site cannot start conversations for its visitors', async () => {
  const server = await startTextServer();
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' };
  const refused = await server.request('/start', { method: 'POST', headers });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toEqual({ error: 'origin-refused', retry: false });
  const allowed = { ...headers, origin: 'https://chat.test' };
  expect((await server.request('/start', { method: 'POST', headers: allowed })).status).toBe(200);
  const old = { origin: 'http://www.omegle.com', referer: 'http://www.omegle.com/', 'user-agent': 'old' };
  expect((await server.request('/start', { method: 'POST', headers: old })).status).toBe(200);
});

test('[X21] the text API is on unless it is switched off, in production off unless it is switched on', () => {
  const defaults = { pollMs: 25_000, startsPerMinute: 30, strangeIdsPerMinute: 180 };
  expect(loadConfig({}).textApi).toEqual(defaults);
  expect(loadConfig({ TEXT_API: 'off' }).textApi).toBeUndefined();
  expect(loadConfig({ NODE_ENV: 'production' }).textApi).toBeUndefined();
  expect(loadConfig({ NODE_ENV: 'production', TEXT_API: 'on' }).textApi).toEqual(defaults);
  for (const POLL_MS of ['0', '60001']) expect(() => loadConfig({ POLL_MS })).toThrow('POLL_MS');
  expect(() => loadConfig({ TEXT_API: 'yes' })).toThrow('TEXT_API');
});

test('[X21] switched off, its paths are as unknown as any other', async () => {
  const { url } = await startTestServer();
  expect((await fetch(`${url}/start`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${url}/api/online`)).status).toBe(200);
});

test('[X25] looking for common likes ends with win, a captcha with fail, and /check is a short text', async () => {
  const server = await startTextServer();
  const ann = await server.startLater();
  expect(await ann.ask('/stoplookingforcommonlikes')).toBe('win');
  expect(await ann.ask('/recaptcha', { challenge: 'c', response: 'r' })).toBe('fail');
  expect(await (await server.post('/check')).text()).toMatch(/^\w{1,20}$/);
});

test('[X26] the log holds no id, text, account or address', async () => {
  const server = await startTextServer({ trustedHops: 1 });
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  const { ann, bob } = await pair(server, 'seed', 'later');
  await server.request('/start', { headers });
  await ann.ask('/send', { msg: 'CANARY' });
  await bob.poll();
  await ann.ask('/disconnect');
  const log = JSON.stringify(server.log.lines);
  expect(server.log.lines.length).toBeGreaterThan(0);
  for (const secret of ['CANARY', ann.id, bob.id, 'http:', '203.0.113.9']) expect(log).not.toContain(secret);
});

test('[X28] closing answers the polls that wait', async () => {
  const server = await startTextServer();
  const ann = await server.startLater();
  const poll = ann.poll();
  await server.timers.reached(1);
  await server.server.close();
  expect(await poll).toEqual([]);
});
