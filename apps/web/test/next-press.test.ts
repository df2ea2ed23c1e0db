import type { CallState, CallView, Match, TextLog } from '@passerby/call';
import { DEFAULT_WISHES } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { NextPress } from '../src/lib/next-press.ts';
import { IDLE_VIEW } from './fake-call.ts';

const MATCH: Match = {
  matchId: 'm1',
  role: 'offerer',
  mode: 'video',
  shared: { interests: [], languages: [] },
  iceServers: [],
  relayOnly: false,
};
const CONNECTED: CallState = { status: 'connected', wishes: DEFAULT_WISHES, match: MATCH, weak: false };

function viewOf(state: CallState, startedAt: number): CallView {
  const textLog: TextLog = {
    matchId: 'm1',
    mode: 'video',
    shared: MATCH.shared,
    wishes: DEFAULT_WISHES,
    startedAt,
    lines: [],
    partnerTyping: false,
  };
  return { ...IDLE_VIEW, state, textLog };
}

function scene() {
  const clock = new FakeClock();
  const press = new NextPress(clock);
  return { clock, press, view: viewOf(CONNECTED, clock.now()) };
}

test('[U80] in the first 15 seconds of a match Next takes effect at once, later at the second press within 2 s', async () => {
  const { clock, press, view } = scene();
  await clock.pass(14_999);
  expect(press.press(view, 'auto')).toBe(true);
  await clock.pass(1);
  expect(press.press(view, 'auto')).toBe(false);
  expect(press.isArmed(view)).toBe(true);
  await clock.pass(1_999);
  expect(press.press(view, 'auto')).toBe(true);
  expect(press.isArmed(view)).toBe(false);
});

test('[U80] after 2 s, and after anything else was done, it is the first press again', async () => {
  const { clock, press, view } = scene();
  await clock.pass(60_000);
  expect(press.press(view, 'auto')).toBe(false);
  await clock.pass(2_000);
  expect(press.isArmed(view)).toBe(false);
  expect(press.press(view, 'auto')).toBe(false);
  press.relent();
  expect(press.press(view, 'auto')).toBe(false);
});

test('[U80] a press for one match says nothing about the next', async () => {
  const { clock, press, view } = scene();
  await clock.pass(60_000);
  expect(press.press(view, 'auto')).toBe(false);
  const other: CallState = { ...CONNECTED, match: { ...MATCH, matchId: 'm2' } };
  const next = viewOf(other, clock.now() - 60_000);
  expect(press.isArmed(next)).toBe(false);
  expect(press.press(next, 'auto')).toBe(false);
});

test('[U80] it can be asked for always and never, and nobody is asked before there is anybody to lose', async () => {
  const { clock, press, view } = scene();
  expect(press.press(view, 'always')).toBe(false);
  press.relent();
  await clock.pass(60_000);
  expect(press.press(view, 'never')).toBe(true);
  const connecting: CallState = {
    status: 'connecting',
    wishes: DEFAULT_WISHES,
    match: MATCH,
    slow: true,
  };
  expect(press.press(viewOf(connecting, 0), 'always')).toBe(true);
  const parted: CallState = { status: 'parted', wishes: DEFAULT_WISHES, reason: 'left', paused: false };
  expect(press.press(viewOf(parted, 0), 'always')).toBe(true);
});
