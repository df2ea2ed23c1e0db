import { CallError } from '@passerby/call';
import { beforeEach, expect, test } from 'vitest';
import { AuthError } from '../src/lib/auth/auth-client.ts';
import { authSource } from '../src/lib/auth/auth-source.ts';
import { createGuestAuth } from '../src/lib/auth/guest.ts';
import { openStore } from '../src/lib/storage.ts';
import { memoryStorage } from './memory-storage.ts';

const HOUR_MS = 3_600_000;

interface Seen {
  url: string;
  authorization: string | null;
  body: unknown;
}

let now: number;
let seen: Seen[];
/** What the server says next; undefined: it cannot be reached. */
let answer: (() => Response) | undefined;
let passes: number;

beforeEach(() => {
  now = 1_000_000;
  seen = [];
  passes = 0;
  answer = () => Response.json({ token: `pass-${++passes}`, expiresAt: now + HOUR_MS });
});

const fetchFake: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  seen.push({
    url: request.url,
    authorization: request.headers.get('authorization'),
    body: await request.json(),
  });
  if (!answer) throw new TypeError('no network');
  return answer();
};

function openTab(storage = memoryStorage()) {
  return createGuestAuth({
    origin: 'https://chat.example.org',
    fetch: fetchFake,
    store: openStore(() => storage),
    now: () => now,
  });
}

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof AuthError ? error.reason : error),
  );
}

test('[U14] a guest states to be an adult and gets a pass for this tab, and each tab its own', async () => {
  const one = openTab();
  const other = openTab();
  expect(await one.isSignedIn()).toBe(false);
  await one.continueAsGuest();
  await other.continueAsGuest();
  expect(seen[0]).toEqual({
    url: 'https://chat.example.org/api/guest',
    authorization: null,
    body: { adult: true },
  });
  expect(await one.token()).toEqual({ token: 'pass-1', expiresAt: now + HOUR_MS });
  expect(await other.token()).toMatchObject({ token: 'pass-2' });
  expect(seen).toHaveLength(2);
});

test('[U14] the pass survives a reload of the tab and ends with signing out', async () => {
  const storage = memoryStorage();
  await openTab(storage).continueAsGuest();
  const reloaded = openTab(storage);
  expect(await reloaded.isSignedIn()).toBe(true);
  await reloaded.signOut();
  expect(await openTab(storage).isSignedIn()).toBe(false);
  expect(await reasonOf(reloaded.token())).toBe('signed-out');
});

test('[U15] a pass about to end is renewed for the same account, once for all who ask', async () => {
  const auth = openTab();
  await auth.continueAsGuest();
  now += HOUR_MS - 30_000;
  const tokens = await Promise.all([auth.token(), auth.token(), auth.token({ fresh: true })]);
  expect(tokens.map(({ token }) => token)).toEqual(['pass-2', 'pass-2', 'pass-2']);
  expect(seen).toHaveLength(2);
  expect(seen[1]?.authorization).toBe('Bearer pass-1');
  expect(await auth.token()).toMatchObject({ token: 'pass-2' });
});

test('[U15] a fresh pass is asked for even when the old one is still good', async () => {
  const auth = openTab();
  await auth.continueAsGuest();
  expect(await auth.token({ fresh: true })).toMatchObject({ token: 'pass-2' });
});

test('[U16] a refused renewal signs out', async () => {
  const auth = openTab();
  await auth.continueAsGuest();
  answer = () => new Response('', { status: 401 });
  expect(await reasonOf(auth.token({ fresh: true }))).toBe('signed-out');
  expect(await auth.isSignedIn()).toBe(false);
});

test.each([
  ['no network', undefined, 'unreachable'],
  ['a faulty server', () => new Response('', { status: 503 }), 'unreachable'],
  ['an answer that is no pass', () => new Response('<html>'), 'unreachable'],
  ['an answer with other fields', () => Response.json({ token: 7 }), 'unreachable'],
  ['too many attempts', () => new Response('', { status: 429 }), 'too-many-attempts'],
] as const)('[U16] %s keeps the pass, so that later helps', async (_, fault, reason) => {
  const auth = openTab();
  await auth.continueAsGuest();
  const healthy = answer;
  answer = fault;
  expect(await reasonOf(auth.token({ fresh: true }))).toBe(reason);
  answer = healthy;
  expect(await auth.token({ fresh: true })).toMatchObject({ token: 'pass-2' });
});

test('[U16] a spoiled entry in the storage is no pass', async () => {
  const storage = memoryStorage();
  for (const text of ['', 'null', '{', '{"token":1,"expiresAt":"x"}']) {
    storage.setItem('passerby.guest-pass', text);
    expect(await openTab(storage).isSignedIn()).toBe(false);
  }
});

test('[U17] the call engine hears of a lost sign-in alone; it tries again after any other failure', async () => {
  const source = authSource(openTab());
  const lost = await source.token().catch((error: unknown) => error);
  expect(lost).toBeInstanceOf(CallError);
  expect(lost).toMatchObject({ reason: 'signed-out' });
  const offline = authSource({ token: () => Promise.reject(new AuthError('unreachable')) });
  expect(await offline.token().catch((error: unknown) => error)).not.toBeInstanceOf(CallError);
});
