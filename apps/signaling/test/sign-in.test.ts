import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type TestServer, startTestServer } from './support/server.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('[I1] without a token the handshake says what is missing', async () => {
  const server = await startTestServer();
  for (const token of [undefined, null, '']) {
    const client = server.ours('', { token });
    const [error] = await client.next('connect_error');
    expect(error.message).toBe('Authentication token missing');
    expect(error.data).toEqual({ code: 'token-missing', retry: false });
  }
});

test('[I2] with a token that does not hold the handshake fails', async () => {
  const server = await startTestServer();
  for (const token of ['bad', 7, {}, [], 'x'.repeat(9_000), true]) {
    const client = server.ours('', { token });
    const [error] = await client.next('connect_error');
    expect(error.message).toBe('Authentication failed');
    expect(error.data).toEqual({ code: 'token-invalid', retry: false });
  }
});

test.each([
  [0, 'protocol-outdated', false],
  [2, 'protocol-ahead', true],
])(
  '[I9] a handshake of version %i is refused with %s, whatever else is in it',
  async (protocol, code, retry) => {
    const server = await startTestServer();
    const [error] = await server.ours('ann', { protocol, client: 'of another form' }).next('connect_error');
    expect(error.data).toEqual({ code, retry });
  },
);

test('[I3] a malformed handshake is refused whole', async () => {
  const server = await startTestServer();
  const wrong = [
    { protocol: 'two' },
    { resume: 'x' },
    { resume: { token: 'short', offset: 0 } },
    { takeOver: 1 },
    { client: 'x' },
    { client: { id: 'too-short', attempt: 1 } },
    { client: { id: 'client-number-00000001', attempt: 0 } },
  ];
  for (const auth of [...wrong, { resume: { token: 'a'.repeat(30), offset: -1 } }]) {
    const client = server.ours('ann', auth);
    const [error] = await client.next('connect_error');
    expect(error.data.code).toBe('payload-invalid');
  }
});

test('[I4] R11 an expired token is cut 60 seconds after its end, and not before', async () => {
  const server = await startTestServer();
  const client = server.ours(`ann@${server.clock.now() + 10_000}`);
  await client.next('session:welcome');
  for (let seconds = 0; seconds < 70; seconds += 5) await pass(server, 5_000);
  await client.settled();
  expect(client.names()).toEqual([]);
  await pass(server, 5_000);
  expect((await client.next('session:ended'))[0]).toEqual({ reason: 'token-expired' });
  await client.next('disconnect');
});

test('[I5] R11 a token refreshed over the socket keeps the session; one of another account does not', async () => {
  const server = await startTestServer();
  const { clock } = server;
  const client = server.ours(`ann@${clock.now() + 10_000}`);
  const [welcome] = await client.next('session:welcome');
  expect(await client.ask('session:renew-token', { token: 'bob' })).toEqual({
    error: 'token-invalid',
    retry: false,
  });
  const expiresAt = clock.now() + 3_600_000;
  expect(await client.ask('session:renew-token', { token: `ann@${expiresAt}` })).toEqual({
    ok: true,
    tokenLeftMs: 3_600_000,
  });
  for (let seconds = 0; seconds < 120; seconds += 5) await pass(server, 5_000);
  await client.settled();
  expect(client.names()).toEqual([]);
  expect(await server.chat.standing(welcome.sessionId)).toEqual({ status: 'idle' });
});

test('[I6] nothing a client sends is taken before it is signed in', async () => {
  const server = await startTestServer();
  const client = server.ours('bad');
  client.send('peer:find');
  await client.next('connect_error');
  expect(await server.chat.count()).toMatchObject({ online: 0, waiting: { video: 0 } });
});

/** Moves the server's clock and its timers together. */
async function pass(server: TestServer, ms: number): Promise<void> {
  server.clock.advance(ms);
  await vi.advanceTimersByTimeAsync(ms);
}
