import { ChatError } from '@passerby/protocol';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { createGuestAuth } from '../src/auth/guest.ts';
import { healthRoutes } from '../src/ops/health.ts';
import { startTestServer } from './support/server.ts';

const guest = () => createGuestAuth({ key: new Uint8Array(32).fill(7) });

test('[H1] GET and HEAD /health answer ok as plain text', async () => {
  const { url } = await startTestServer();
  const response = await fetch(`${url}/health`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await response.text()).toBe('ok');
  const head = await fetch(`${url}/health`, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
});

test('[H2] /ready answers when people can be paired', async () => {
  const { url } = await startTestServer();
  expect((await fetch(`${url}/ready`)).status).toBe(200);
});

test('[H2] /ready is 503 when it cannot be asked who is here, and while the server closes', async () => {
  const refusing = healthRoutes(async () => false);
  expect((await refusing.request('/ready')).status).toBe(503);
  expect((await refusing.request('/health')).status).toBe(200);
  const { url, chat } = await startTestServer();
  vi.spyOn(chat, 'count').mockRejectedValueOnce(new Error('no backplane'));
  expect((await fetch(`${url}/ready`)).status).toBe(503);
});

test('[H10] a page of a listed origin may sign in and ask across origins, one of another may not', async () => {
  const { url } = await startTestServer({ parts: { guest: guest() } });
  const preflight = (origin: string) =>
    fetch(`${url}/api/guest`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  expect((await preflight('https://chat.test')).headers.get('access-control-allow-origin')).toBe(
    'https://chat.test',
  );
  expect((await preflight('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull();
});

test('[H3] without the web app / is a status page for people', async () => {
  const { url } = await startTestServer();
  const page = await fetch(url);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(await page.text()).toContain('signaling server is running');
});

test('[H4] an unknown path is answered at once with 404, whatever the method', async () => {
  const { url } = await startTestServer();
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const response = await fetch(`${url}/no/such/path`, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'not-found', retry: false });
  }
  expect(await rawStatus(url, '//[/%zz?\\')).toBe(404);
});

test('[H5] a known path with a wrong method says which ones it knows', async () => {
  const { url } = await startTestServer({ parts: { guest: guest() } });
  const health = await fetch(`${url}/health`, { method: 'POST' });
  expect(health.status).toBe(405);
  expect(health.headers.get('allow')).toBe('GET, HEAD');
  const pass = await fetch(`${url}/api/guest`);
  expect(pass.status).toBe(405);
  expect(pass.headers.get('allow')).toBe('POST');
});

test('[H6] with the web app what is not ours goes to it, and what it does not know is 404', async () => {
  const { url } = await startTestServer({
    parts: {
      web: (incoming, response, next) => {
        if (incoming.url !== '/chat') return next();
        response.end(`page over ${String(incoming.headers['x-forwarded-proto'])}`);
      },
    },
  });
  const page = await fetch(`${url}/chat`, { headers: { 'x-forwarded-proto': 'https' } });
  expect(await page.text()).toBe('page over http');
  expect((await fetch(`${url}/other`)).status).toBe(404);
  for (const method of ['POST', 'PUT', 'OPTIONS']) {
    expect((await fetch(`${url}/chat`, { method })).status).toBe(404);
  }
  expect(await (await fetch(`${url}/health`)).text()).toBe('ok');
});

test('[H6] what a trusted proxy says of the protocol is believed', async () => {
  const { url } = await startTestServer({
    parts: {
      trustedHops: 1,
      web: (incoming, response) => response.end(String(incoming.headers['x-forwarded-proto'])),
    },
  });
  const page = await fetch(`${url}/chat`, { headers: { 'x-forwarded-proto': 'https' } });
  expect(await page.text()).toBe('https');
});

test('[H7] a guest pass is had over HTTP, and only so often from one address', async () => {
  const { url } = await startTestServer({ parts: { guest: guest(), guestsPerMinute: 2 } });
  const ask = () => fetch(`${url}/api/guest`, { method: 'POST', body: '{"adult": true}' });
  expect(await (await ask()).json()).toMatchObject({
    token: expect.any(String),
    expiresAt: expect.any(Number),
  });
  await ask();
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toEqual({ error: 'rate-limited', retry: true });
});

test('[K92] ICE servers are given to who is signed in, each time with a TURN user of its own, and only so often', async () => {
  const { url } = await startTestServer({ parts: { guestsPerMinute: 4 } });
  const ask = (authorization?: string) =>
    fetch(`${url}/api/ice`, { method: 'POST', headers: { ...(authorization && { authorization }) } });
  for (const [authorization, error] of [
    [undefined, 'token-missing'],
    ['Bearer bad', 'token-invalid'],
  ] as const) {
    const refused = await ask(authorization);
    expect([refused.status, await refused.json()]).toEqual([401, { error, retry: false }]);
  }
  const users = [];
  for (let i = 0; i < 2; i += 1) {
    const given = await ask('Bearer ann');
    expect(given.headers.get('cache-control')).toBe('no-store');
    const { iceServers } = (await given.json()) as { iceServers: { urls: string[]; username?: string }[] };
    expect(iceServers.map(({ urls }) => urls)).toEqual([['stun:stun.test'], ['turn:turn.test']]);
    users.push(iceServers[1]?.username);
  }
  expect(new Set(users).size).toBe(2);
  expect(users.join()).not.toContain('ann');
  expect((await ask('Bearer ann')).status).toBe(429);
});

test('[K92] where nobody can check a login, no ICE servers are given and the login is not called wrong', async () => {
  const verify = () => Promise.reject(new ChatError('provider-unavailable'));
  const { url } = await startTestServer({ parts: { authenticator: { verify } } });
  const refused = await fetch(`${url}/api/ice`, { method: 'POST', headers: { authorization: 'Bearer ann' } });
  expect([refused.status, await refused.json()]).toEqual([
    503,
    { error: 'provider-unavailable', retry: true },
  ]);
});

test('[H8] /api/online tells how many are here, by mode', async () => {
  const { url, ours } = await startTestServer({ parts: { countMin: 5 } });
  await ours('ann').next('session:welcome');
  for (const [name, mode] of [
    ['bob', 'video'],
    ['cid', 'video'],
    ['dan', 'text'],
  ] as const) {
    await ours(name).ask('peer:find', { mode });
  }
  const online = async () => (await fetch(`${url}/api/online`)).json();
  expect(await online()).toEqual({ online: 4, shown: false, video: 2, voice: 0, text: 1 });
  await ours('eve').next('session:welcome');
  expect(await online()).toEqual({ online: 5, shown: true, video: 2, voice: 0, text: 1 });
});

test('[H9] closing does not wait for connections that lie idle', async () => {
  const { url, server } = await startTestServer();
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  await once(idle, 'connect');
  const ended = once(idle, 'close');
  await server.close();
  await ended;
});

/** The status of a path that `fetch` would tidy up before sending it. */
function rawStatus(url: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
