import { expect, test } from 'vitest';
import { isOriginAllowed } from '../src/origins.ts';
import { startTestServer } from './support/server.ts';

const rule = { allowed: new Set(['https://chat.test']), trustProxy: false };
const behindProxy = { ...rule, trustProxy: true };

test('[R1] our own origin and those on the list may use the server', () => {
  expect(isOriginAllowed({ host: 'h.test', origin: 'https://chat.test' }, rule)).toBe(true);
  expect(isOriginAllowed({ host: 'h.test', origin: 'https://h.test' }, rule)).toBe(true);
  expect(isOriginAllowed({ host: 'localhost:8080', origin: 'http://localhost:8080' }, rule)).toBe(true);
  expect(isOriginAllowed({ host: 'h.test:443', origin: 'https://h.test' }, rule)).toBe(true);
});

test('[R2] other origins and look-alikes may not', () => {
  const lookAlikes = [
    'https://evil.test',
    'http://chat.test',
    'https://chat.test.evil.test',
    'https://xchat.test',
    'https://chat.test:444',
    'https://chat.test/',
    'https://chat.test@evil.test',
    'https://CHAT.test',
    'https://h.test.',
    'https://h.test:8443',
    'HTTPS://h.test',
    'ftp://h.test',
    'file://h.test',
    'null',
    '',
    'https://',
    'h.test',
    'https://h.test https://chat.test',
  ];
  for (const origin of lookAlikes) {
    expect(isOriginAllowed({ host: 'h.test', origin }, rule), origin).toBe(false);
  }
});

test('[R3] without an origin a request passes unless its browser says it is cross-site', () => {
  expect(isOriginAllowed({ host: 'h.test' }, rule)).toBe(true);
  expect(isOriginAllowed({ host: 'h.test', 'sec-fetch-site': 'same-origin' }, rule)).toBe(true);
  expect(isOriginAllowed({ host: 'h.test', 'sec-fetch-site': 'cross-site' }, rule)).toBe(false);
});

test('[R4] behind a proxy of ours the public host counts; without one its headers do not', () => {
  const headers = { host: 'app:8080', 'x-forwarded-host': 'h.test', origin: 'https://h.test' };
  expect(isOriginAllowed(headers, behindProxy)).toBe(true);
  expect(isOriginAllowed(headers, rule)).toBe(false);
  const downgraded = { ...headers, 'x-forwarded-proto': 'https', origin: 'http://h.test' };
  expect(isOriginAllowed(downgraded, behindProxy)).toBe(false);
});

test('[R5] the rule holds at every handshake, over WebSocket and over polling', async () => {
  const { plain } = await startTestServer();
  for (const transports of [['websocket'], ['polling']] as ['websocket' | 'polling'][]) {
    const foreign = plain('ann', { transports, extraHeaders: { origin: 'https://evil.test' } });
    await foreign.next('connect_error');
    const listed = plain('bob', { transports, extraHeaders: { origin: 'https://chat.test' } });
    await listed.next('connect');
    listed.socket.disconnect();
  }
});
