import type { Reach } from '@passerby/call';
import { expect, test } from 'vitest';
import { lookAtDevices, roundTripMs, transportOf, tryTransports } from '../src/lib/connection-test.ts';
import { testLines, testReport } from '../src/lib/test-report.ts';
import { english as m } from './whole-language.ts';

const SERVERS: RTCIceServer[] = [
  { urls: 'stun:stun.example:3478' },
  {
    urls: [
      'turn:turn.example:3478',
      'turn:turn.example:3478?transport=tcp',
      'turns:turn.example:5349?transport=tcp',
    ],
    username: '1700000000:ann',
    credential: 'c2VjcmV0',
  },
];

/** Of each way another answer. */
async function check(servers: RTCIceServer[]): Promise<Reach> {
  const urls = servers.flatMap((server) => server.urls).join();
  if (urls.startsWith('stun')) return { stun: 'answered', turn: 'none', tookMs: 21 };
  const turn = urls.includes('turns:') ? 'silent' : 'answered';
  return { stun: 'none', turn, tookMs: urls.includes('tcp') ? 63.4 : 42 };
}

test.each([
  ['stun:a.example', 'stun'],
  ['stuns:a.example:5349', 'stun'],
  ['turn:a.example', 'turn-udp'],
  ['turn:[2001:db8::1]:3478?transport=udp', 'turn-udp'],
  ['turn:a.example?transport=tcp', 'turn-tcp'],
  ['turns:a.example?transport=tcp', 'turn-tls'],
  ['https://a.example', undefined],
])('[U98] %s is reached by %s', (url, transport) => {
  expect(transportOf(url)).toBe(transport);
});

test('[U98] each way to the servers of a call is tried by itself, with its own credentials', async () => {
  const asked: RTCIceServer[][] = [];
  const found = await tryTransports(SERVERS, async (servers) => {
    asked.push(servers);
    return check(servers);
  });
  expect(found).toEqual({
    stun: { answer: 'answered', tookMs: 21 },
    'turn-udp': { answer: 'answered', tookMs: 42 },
    'turn-tcp': { answer: 'answered', tookMs: 63.4 },
    'turn-tls': { answer: 'silent', tookMs: 63.4 },
  });
  expect(asked[2]).toEqual([
    { urls: ['turn:turn.example:3478?transport=tcp'], username: '1700000000:ann', credential: 'c2VjcmV0' },
  ]);
  expect((await tryTransports([], check))['turn-udp'].answer).toBe('none');
});

test('[U98] of the round trips to the service the median is told, and nothing where one fails', async () => {
  let now = 0;
  const lasting = [900, 20, 35, 30, 25];
  const trip = async () => void (now += lasting.shift() ?? 0);
  expect(await roundTripMs(trip, () => now)).toBe(30);
  expect(await roundTripMs(() => Promise.reject(new Error('no line')))).toBeUndefined();
});

test('[U98] devices are counted without asking for any', async () => {
  const device = (kind: MediaDeviceKind, label: string) => ({ kind, label }) as MediaDeviceInfo;
  const mediaDevices = {
    enumerateDevices: async () => [device('videoinput', 'Webcam'), device('audioinput', "Ann's headset")],
  } as unknown as MediaDevices;
  const permissions = {
    query: ({ name }: { name: string }) =>
      name === 'camera' ? Promise.resolve({ state: 'denied' }) : Promise.reject(new TypeError('unknown')),
  } as unknown as Permissions;
  expect(await lookAtDevices({ mediaDevices, permissions })).toEqual({
    cameras: 1,
    microphones: 1,
    speakers: 0,
    camera: 'denied',
    microphone: undefined,
  });
  // A page that is not secure.
  expect(await lookAtDevices({})).toMatchObject({ cameras: 0, camera: undefined });
});

test('[U99] the report says what was found, and names no address, server, credential or device', async () => {
  const transports = await tryTransports(SERVERS, check);
  const devices = {
    cameras: 1,
    microphones: 2,
    speakers: 0,
    camera: 'denied',
    microphone: 'granted',
  } as const;
  const lines = testLines({ roundTrip: 30.2, transports, devices }, m);
  const report = testReport(lines, 'Mozilla/5.0 Test', Date.UTC(2026, 10, 21, 20, 15), m);
  expect(report.split('\n')).toEqual([
    'Connection test',
    '2026-11-21 20:15 UTC',
    'Mozilla/5.0 Test',
    'The service: Answered in 30 ms',
    'STUN, for direct calls: Answered in 21 ms',
    'Relay by UDP: Answered in 42 ms',
    'Relay by TCP: Answered in 63 ms',
    'Relay by TLS: No answer',
    'Camera: 1 found, blocked',
    'Microphone: 2 found, allowed',
    'Speaker: 0 found',
    '',
  ]);
  expect(report).not.toMatch(/example|3478|ann|c2VjcmV0/);
  expect(lines.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok', 'warn', 'warn', 'ok', 'off']);
});

test('[U98] what is not found yet, or could not be tested, is said to be so', () => {
  const checking = testLines({ roundTrip: undefined, transports: undefined, devices: undefined }, m);
  expect(new Set(checking.map(({ state }) => state))).toEqual(new Set(['checking']));
  const failed = testLines({ roundTrip: 'failed', transports: 'failed', devices: undefined }, m);
  expect(failed.slice(0, 2).map(({ text }) => text)).toEqual(['No answer', 'Could not be tested']);
});
