import type { CallState, CallView, Ending, TextLog } from '@passerby/call';
import { DEFAULT_WISHES } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { cardFor } from '../src/lib/card.ts';
import { controlsFor } from '../src/lib/controls.ts';
import { FailedConnects } from '../src/lib/failed-connects.ts';
import { IDLE_VIEW } from './fake-call.ts';
import { english as m } from './whole-language.ts';

const SEARCHING: CallState = { status: 'searching', wishes: DEFAULT_WISHES };

function seen(matchId: string, ending: Ending, state: CallState = SEARCHING): CallView {
  const textLog: TextLog = {
    matchId,
    ending,
    mode: 'video',
    shared: { interests: [], languages: [] },
    wishes: DEFAULT_WISHES,
    startedAt: 0,
    endedAt: 1,
    lines: [],
    partnerTyping: false,
  };
  return { ...IDLE_VIEW, state, textLog };
}

function scene() {
  const clock = new FakeClock();
  return { clock, failed: new FailedConnects(clock) };
}

test('[U97] matches that could not be connected are counted, each once, until one is or the search is given up', () => {
  const { failed } = scene();
  const countAfter = (...views: CallView[]): number => {
    for (const view of views) failed.note(view);
    return failed.count;
  };
  const three = [seen('m1', 'failed'), seen('m2', 'failed'), seen('m2', 'failed'), seen('m3', 'failed')];
  expect(countAfter(...three)).toBe(3);
  // Who leaves while it is being connected has not failed.
  expect(countAfter(seen('m4', 'me'))).toBe(3);
  const connected: CallState = {
    status: 'connected',
    wishes: DEFAULT_WISHES,
    match: {
      matchId: 'm5',
      role: 'offerer',
      mode: 'video',
      shared: { interests: [], languages: [] },
      iceServers: [],
      relayOnly: false,
    },
    weak: false,
  };
  expect(countAfter(seen('m5', 'me', connected))).toBe(0);
  expect(countAfter(seen('m6', 'failed'), seen('m6', 'failed', { status: 'idle' }))).toBe(0);
  // The log of the last one is still there when the next search begins.
  expect(countAfter(seen('m6', 'failed'))).toBe(0);
});

test('[U97] after three of them in a row the search offers to test the connection, and text', () => {
  const ways = (failedConnects: number) => {
    const { card, stop } = controlsFor(seen('m3', 'failed'), 'video', m, { failedConnects });
    expect(stop.enabled).toBe(true);
    return card && cardFor(card, ['video', 'text'], []).ways.map(({ way }) => way);
  };
  expect(ways(2)).toBeUndefined();
  expect(ways(3)).toEqual(['test', 'start-text', 'keep-trying']);
});

test('[U122] R07 that two could not be connected is said for 2 s, whatever comes meanwhile, unless it is given up', async () => {
  const { clock, failed } = scene();
  failed.note(seen('m1', 'failed'));
  await clock.pass(1_000);
  // Nothing new: the same log in the search that goes on.
  failed.note(seen('m1', 'failed'));
  await clock.pass(999);
  expect(failed.isNews).toBe(true);
  await clock.pass(1);
  expect(failed.isNews).toBe(false);
  failed.note(seen('m2', 'failed'));
  expect(failed.isNews).toBe(true);
  failed.note(seen('m2', 'failed', { status: 'idle' }));
  expect(failed.isNews).toBe(false);
  failed.note(seen('m3', 'failed'));
  failed.close();
  expect(clock.pending).toBe(0);
});

test('[U122] it is a notice, politely announced, while the search goes on; where there is a card, that says it', () => {
  const shown = (failedConnects: number) =>
    controlsFor(seen('m1', 'failed'), 'video', m, { failedConnects, justFailed: true });
  const { notices, search, announce } = shown(1);
  expect(notices).toEqual(['We could not connect you two. Trying someone else.']);
  expect(search?.title).toBe('Looking for someone');
  expect(announce.assertive).toBe('');
  expect(shown(3).notices).toEqual([]);
  const parted = seen('m1', 'failed', {
    status: 'parted',
    wishes: DEFAULT_WISHES,
    reason: 'failed',
    paused: false,
  });
  expect(controlsFor(parted, 'video', m, { justFailed: true }).notices).toEqual([]);
});
