import { expect, test, vi } from 'vitest';
import { createAdminLogin } from '../src/ops/admin-login.ts';
import {
  clientOf,
  next,
  outcomeOf,
  PASSWORD,
  PASSWORD_HASH,
  runAdminUi,
  USERNAME,
} from './support/running-admin-ui.ts';

// The thread loads its own copy; whoever compares on this one fails. [O8]
vi.mock('bcryptjs', () => {
  const refuse = () => {
    throw new Error('a password was compared on the event loop');
  };
  return { compare: refuse, compareSync: refuse, default: { compare: refuse, compareSync: refuse } };
});

const LOCK_MS = 5 * 60_000;
const SESSION_MS = 12 * 60 * 60_000;
const RIGHT = { username: USERNAME, password: PASSWORD };
const REFUSED = 'invalid credentials';
const LOCKED = 'too many wrong logins, try again in some minutes';

function login(port: number, auth: Record<string, unknown>): Promise<string | undefined> {
  return outcomeOf(clientOf(port, '/admin', auth));
}

/**
 * Sends frames no client library would send, then returns the first answer to them: the Socket.IO
 * packet, or `closed`.
 */
function answerToFrames(port: number, frames: (string | Uint8Array)[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  socket.onmessage = ({ data }) => {
    if (String(data).startsWith('0')) for (const frame of frames) socket.send(frame);
    else resolve(String(data));
  };
  socket.onclose = () => resolve('closed');
  return promise.finally(() => socket.close());
}

test('[O3] the right name and password open a session, and its id opens the next connections', async () => {
  const { admin } = await runAdminUi();
  const first = clientOf(admin.port, '/admin', RIGHT);
  const session = next(first, 'session');
  expect(await outcomeOf(first)).toBeUndefined();
  const [sessionId] = await session;
  expect(sessionId).toMatch(/^[\w-]{43}$/);

  expect(await login(admin.port, { sessionId })).toBeUndefined();
  // The page sends both when it has both; a stale id does not spoil a right password.
  expect(await login(admin.port, { sessionId: 'x'.repeat(43), ...RIGHT })).toBeUndefined();
});

test('[O4] a wrong name and a wrong password get the same answer', async () => {
  const { admin } = await runAdminUi();
  expect(await login(admin.port, { ...RIGHT, username: 'somebody' })).toBe(REFUSED);
  expect(await login(admin.port, { ...RIGHT, password: 'something' })).toBe(REFUSED);
  expect(await login(admin.port, { username: PASSWORD, password: USERNAME })).toBe(REFUSED);
});

const garbage: [what: string, payload: string][] = [
  ['a number as password', '{"username":"operator","password":1}'],
  ['null as password', '{"username":"operator","password":null}'],
  ['no password', '{"username":"operator"}'],
  ['an empty password', '{"username":"operator","password":""}'],
  ['true as password', '{"username":"operator","password":true}'],
  ['an object as password', '{"username":"operator","password":{}}'],
  ['an object with toString as password', '{"username":"operator","password":{"toString":"x","length":3}}'],
  ['an array as password', '{"username":"operator","password":["correct horse battery"]}'],
  ['a long password', `{"username":"operator","password":"${'x'.repeat(2000)}"}`],
  ['a number as name', '{"username":1,"password":"correct horse battery"}'],
  ['null as name', '{"username":null,"password":"correct horse battery"}'],
  ['no name', '{"password":"correct horse battery"}'],
  ['an empty name', '{"username":"","password":"correct horse battery"}'],
  ['an array as name', '{"username":["operator"],"password":"correct horse battery"}'],
  ['an object as name', '{"username":{"length":8},"password":"correct horse battery"}'],
  ['a long name', `{"username":"${'x'.repeat(2000)}","password":"correct horse battery"}`],
  [
    'the credentials in __proto__',
    '{"__proto__":{"username":"operator","password":"correct horse battery"}}',
  ],
  ['the credentials in constructor', '{"constructor":{"prototype":{"username":"operator","password":"x"}}}'],
  ['a session id in __proto__', '{"__proto__":{"sessionId":"x"}}'],
  ['__proto__ as session id', '{"sessionId":"__proto__"}'],
  ['a number as session id', '{"sessionId":7}'],
  ['true as session id', '{"sessionId":true}'],
  ['an object as session id', '{"sessionId":{"length":43}}'],
  ['an array as session id', '{"sessionId":[null]}'],
  ['an empty session id', '{"sessionId":""}'],
  ['a session id of the right length', `{"sessionId":"${'A'.repeat(43)}"}`],
  ['a long session id', `{"sessionId":"${'A'.repeat(2000)}"}`],
  ['another word for it', '{"token":"x","user":"operator"}'],
  ['a recovery id', '{"pid":"x","offset":"y"}'],
  ['deep nesting', `{"username":${'['.repeat(500)}${']'.repeat(500)}}`],
];

test.for(garbage)('[O5] a login with %s is refused', async ([, payload]) => {
  const { admin } = await runAdminUi();
  expect(await answerToFrames(admin.port, [`40/admin,${payload}`])).toBe(
    `44/admin,${JSON.stringify({ message: REFUSED })}`,
  );
});

const brokenFrames: [what: string, frames: (string | Uint8Array)[]][] = [
  ['an array', ['40/admin,[1]']],
  ['null', ['40/admin,null']],
  ['a string', ['40/admin,"operator"']],
  ['half an object', ['40/admin,{"username":']],
  ['more than the server reads', [`40/admin,{"username":"${'x'.repeat(5000)}"}`]],
  ['bytes', [new Uint8Array([0, 1, 2, 255])]],
  ['an attachment nobody announced', ['451-/admin,["x",{"_placeholder":true,"num":0}]', new Uint8Array(8)]],
  ['a command before the login', ['42/admin,["emit","/",null,"x"]']],
  ['an unknown packet type', ['49/admin,{}']],
];

test.for(brokenFrames)('[O5] a client that sends %s for a login is cut off', async ([, frames]) => {
  const { admin } = await runAdminUi();
  expect(await answerToFrames(admin.port, frames)).toBe('closed');
});

test('[O5] none of all that costs an attempt, and a good login works afterwards', async () => {
  const { admin, lines } = await runAdminUi();
  for (const [, payload] of garbage) await answerToFrames(admin.port, [`40/admin,${payload}`]);
  for (const [, frames] of brokenFrames) await answerToFrames(admin.port, frames);
  expect(await login(admin.port, RIGHT)).toBeUndefined();
  expect(lines.map(({ message }) => message)).toEqual(['admin logged in']);
});

test('[O5] a login that gives nothing is refused without a message', async () => {
  const { admin } = await runAdminUi();
  expect(await login(admin.port, {})).toBe('');
  expect(await login(admin.port, { sessionId: null })).toBe('');
  expect(await answerToFrames(admin.port, ['40/admin,7'])).toBe('44/admin,{"message":""}');
});

test('[O6] after five wrong logins even the right one is refused, for five minutes; sessions go on', async () => {
  const { admin, clock, lines } = await runAdminUi();
  const first = clientOf(admin.port, '/admin', RIGHT);
  const [sessionId] = await next(first, 'session');

  for (let wrong = 1; wrong <= 5; wrong += 1) {
    expect(await login(admin.port, { ...RIGHT, password: `guess ${wrong}` })).toBe(REFUSED);
  }
  expect(await login(admin.port, RIGHT)).toBe(LOCKED);
  expect(await login(admin.port, { sessionId })).toBeUndefined();
  clock.now += LOCK_MS - 1;
  expect(await login(admin.port, RIGHT)).toBe(LOCKED);
  clock.now += 1;
  expect(await login(admin.port, RIGHT)).toBeUndefined();
  expect(lines.filter(({ message }) => message === 'admin login refused')).toHaveLength(5);
});

test('[O6] a right login before the fifth wrong one starts the count anew', async () => {
  const { admin } = await runAdminUi();
  for (let round = 1; round <= 3; round += 1) {
    for (let wrong = 1; wrong <= 4; wrong += 1) {
      expect(await login(admin.port, { ...RIGHT, password: 'guess' })).toBe(REFUSED);
    }
    expect(await login(admin.port, RIGHT)).toBeUndefined();
  }
});

test('[O6] of many logins at once no more than five are compared', async () => {
  const silent = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const credentials = { username: USERNAME, passwordHash: PASSWORD_HASH };
  const guard = createAdminLogin(credentials, { log: silent, now: () => 0 });
  const hostile = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => guard.admit({ ...RIGHT, password: `guess ${index}` })),
  );
  expect(hostile.filter((answer) => answer.admitted)).toEqual([]);
  expect(silent.warn).toHaveBeenCalledTimes(5);
  expect(silent.error).not.toHaveBeenCalled();
});

test('[O7] a session ends after twelve hours: its connection at the next report, its id at once', async () => {
  const { admin, clock, report } = await runAdminUi();
  const operator = clientOf(admin.port, '/admin', RIGHT);
  const [sessionId] = await next(operator, 'session');
  clock.now += SESSION_MS - 1;
  const stats = next(operator, 'server_stats');
  report();
  await stats;
  clock.now += 1;
  const end = next(operator, 'disconnect');
  report();
  expect((await end)[0]).toBe('io server disconnect');
  expect(await login(admin.port, { sessionId })).toBe(REFUSED);
});

test('[O8] a password is compared off the event loop', async () => {
  const { compare } = await import('bcryptjs');
  expect(() => compare('x', PASSWORD_HASH)).toThrow('on the event loop');
  const { admin } = await runAdminUi();
  expect(await login(admin.port, RIGHT)).toBeUndefined();
});

test('[O8] a login that is still being compared when the server closes is refused', async () => {
  const silent = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const credentials = { username: USERNAME, passwordHash: PASSWORD_HASH };
  const guard = createAdminLogin(credentials, { log: silent, now: () => 0 });
  const answers = Promise.all([guard.admit(RIGHT), guard.admit(RIGHT)]);
  guard.close();
  expect((await answers).map(({ admitted }) => admitted)).toEqual([false, false]);
});

test('[O13] no password, user name, session id or address is logged', async () => {
  const { admin, lines } = await runAdminUi();
  const operator = clientOf(admin.port, '/admin', RIGHT);
  const [sessionId] = await next(operator, 'session');
  for (let wrong = 1; wrong <= 6; wrong += 1) {
    await login(admin.port, { username: 'canary-name', password: 'canary-password' });
  }
  expect(lines).toHaveLength(6);
  const logged = JSON.stringify(lines);
  for (const canary of ['canary', String(sessionId), USERNAME, PASSWORD, PASSWORD_HASH, '127.0.0.1']) {
    expect(logged).not.toContain(canary);
  }
});
