import type { CallState, CallView, TextLine } from '@passerby/call';
import { DEFAULT_WISHES } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { CHIMES } from '../src/lib/chimes.ts';
import { cueFor } from '../src/lib/cues.ts';
import { beckoningOf } from '../src/lib/page-title.ts';
import { IDLE_VIEW } from './fake-call.ts';

const MATCH = {
  matchId: 'm1',
  role: 'offerer' as const,
  mode: 'video' as const,
  shared: { interests: [], languages: [] },
  iceServers: [],
  relayOnly: false,
};
const wishes = DEFAULT_WISHES;
const SEARCHING: CallState = { status: 'searching', wishes };
const CONNECTING: CallState = { status: 'connecting', wishes, match: MATCH, slow: false };
const CONNECTED: CallState = { status: 'connected', wishes, match: MATCH, weak: false };
const RECONNECTING: CallState = {
  status: 'reconnecting',
  wishes,
  match: MATCH,
  offline: false,
  partnerAway: false,
};
const PARTED: CallState = { status: 'parted', wishes, reason: 'left', paused: false };

const view = (state: CallState, lines: TextLine[] = []): CallView => ({
  ...IDLE_VIEW,
  state,
  textLog: { ...MATCH, wishes, startedAt: 0, lines, partnerTyping: false },
});
const line = (from: TextLine['from'], n: number): TextLine => ({
  key: `${from} ${n}`,
  from,
  text: 'x',
  at: n,
});

test('[U83] somebody found, gone, or being won back is heard, each once', () => {
  const steps = [
    view(SEARCHING),
    view(CONNECTING),
    view(CONNECTED),
    view(RECONNECTING),
    view(CONNECTED),
    view(PARTED),
  ];
  const heard = steps.slice(1).map((after, index) => cueFor(steps[index] ?? after, after, true));
  expect(heard).toEqual(['matched', undefined, 'reconnecting', undefined, 'parted']);
  // In a text chat there is nothing between.
  expect(cueFor(view(SEARCHING), view(CONNECTED), true)).toBe('matched');
});

test('[U83] a text of the partner is heard where it is not seen; one of my own never', () => {
  const before = view(CONNECTED, [line('me', 1)]);
  const after = view(CONNECTED, [line('me', 1), line('partner', 1)]);
  expect(cueFor(before, after, false)).toBe('message');
  expect(cueFor(before, after, true)).toBeUndefined();
  expect(cueFor(before, view(CONNECTED, [line('me', 1), line('me', 2)]), false)).toBeUndefined();
  expect(cueFor(after, view(CONNECTED), false)).toBeUndefined();
});

test('[U83] no cue takes longer than 400 ms', () => {
  for (const [cue, tones] of Object.entries(CHIMES)) {
    expect(Math.max(...tones.map(({ at, lasts }) => at + lasts)), cue).toBeLessThanOrEqual(0.4);
  }
});

test('[U84] the tab of a page that is not looked at says that somebody is there, has gone or has written', () => {
  const said = [SEARCHING, CONNECTING, CONNECTED, PARTED].map((state) => beckoningOf(view(state), 0, 'm0'));
  expect(said).toEqual([undefined, 'matched', 'matched', 'parted']);
  expect(beckoningOf(view(CONNECTED), 2, 'm1')).toEqual({ unread: 2 });
  // Whoever leaves the page in the middle of a call knows of it.
  expect(beckoningOf(view(CONNECTED), 0, 'm1')).toBeUndefined();
});
