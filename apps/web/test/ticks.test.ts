import { expect, test } from 'vitest';
import { ticksOf, type Connection } from '../src/lib/ticks.ts';
import { IDLE_VIEW } from './fake-call.ts';
import { english } from './whole-language.ts';

const localStream = {} as MediaStream;
const ANSWERED = { stun: 'answered', turn: 'answered', tookMs: 80 } as const;

function ticks(change: Partial<typeof IDLE_VIEW>, silent = false, connection: Connection = ANSWERED) {
  const found = ticksOf({ ...IDLE_VIEW, ...change }, 'video', silent, connection, english);
  return Object.fromEntries(found.map(({ name, state, text }) => [name, [state, text]]));
}

test('[U53] before the devices were asked for there is nothing to tick', () => {
  expect(ticks({})).toEqual({});
});

test('[U53] camera, microphone and connection each say whether they work', () => {
  expect(ticks({ localStream })).toEqual({
    camera: ['ok', 'Your camera works'],
    microphone: ['ok', 'Your microphone works'],
    connection: ['ok', 'Your connection is good enough for calls'],
  });
  expect(ticks({ localStream, missing: { camera: 'media-busy' } }).camera).toEqual([
    'warn',
    'Your camera is in use',
  ]);
  expect(ticks({ missing: { microphone: 'media-missing' } }).microphone?.[0]).toBe('warn');
});

test('[U53] M05 a microphone that brings nothing is not called working', () => {
  expect(ticks({ localStream }, true).microphone).toEqual(['warn', 'We cannot hear you']);
});

test('[U53] what the user switched off is neither right nor wrong', () => {
  const off = ticks({ localStream, cameraOff: true, muted: true });
  expect([off.camera, off.microphone]).toEqual([
    ['off', 'Camera off'],
    ['off', 'Microphone off'],
  ]);
});

test('[U53] in a voice chat there is no camera to speak of', () => {
  const names = ticksOf({ ...IDLE_VIEW, localStream }, 'voice', false, undefined, english).map(
    ({ name }) => name,
  );
  expect(names).toEqual(['microphone', 'connection']);
});

test.each([
  [undefined, 'checking'],
  ['failed', 'warn'],
  [{ stun: 'none', turn: 'none', tookMs: 3 }, 'ok'],
  [{ stun: 'answered', turn: 'silent', tookMs: 2_000 }, 'ok'],
  [{ stun: 'silent', turn: 'answered', tookMs: 2_000 }, 'ok'],
  [{ stun: 'silent', turn: 'none', tookMs: 2_000 }, 'warn'],
  [{ stun: 'silent', turn: 'silent', tookMs: 2_000 }, 'warn'],
] as const)('[U54] of servers that answered %o the connection is %s', (connection, state) => {
  const found = ticksOf({ ...IDLE_VIEW, localStream }, 'voice', false, connection, english);
  expect(found.at(-1)).toMatchObject({ name: 'connection', state });
});
