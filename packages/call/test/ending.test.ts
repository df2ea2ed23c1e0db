import { expect, test } from 'vitest';
import { endingOf } from '../src/ending.ts';
import { matchOf, transition, type MachineEvent } from '../src/machine.ts';
import type { CallState, Ending, Match } from '../src/types.ts';
import { WISHES } from './person.ts';

const MATCH: Match = {
  matchId: 'match-one',
  role: 'offerer',
  mode: 'video',
  shared: { interests: [], languages: [] },
  iceServers: [],
  relayOnly: false,
};
const CONNECTING: CallState = { status: 'connecting', wishes: WISHES, match: MATCH, slow: true };
const CONNECTED: CallState = { status: 'connected', wishes: WISHES, match: MATCH, weak: false };
const RECONNECTING: CallState = {
  status: 'reconnecting',
  wishes: WISHES,
  match: MATCH,
  offline: false,
  partnerAway: true,
};

test.each<[Ending, string, CallState, MachineEvent]>([
  ['me', 'Next', CONNECTED, { type: 'next' }],
  ['me', 'Stop', CONNECTED, { type: 'stop' }],
  ['me', 'wishes of mine that crossed the match', CONNECTING, { type: 'waiting', since: 1, anyone: true }],
  ['skipped', 'their Next', CONNECTED, { type: 'partner-left', reason: 'skipped' }],
  ['ended', 'their goodbye', CONNECTED, { type: 'partner-bye', reason: 'ended' }],
  ['moderated', 'a moderator', CONNECTED, { type: 'partner-left', reason: 'moderated' }],
  ['lost', 'media that stays away', RECONNECTING, { type: 'timer', timer: 'give-up-away' }],
  ['failed', 'a connection that did not come', CONNECTING, { type: 'timer', timer: 'connect' }],
  ['failed', 'the same, told by the partner', CONNECTING, { type: 'partner-left', reason: 'failed' }],
  ['failed', 'signals that do not fit', CONNECTING, { type: 'negotiation-failed' }],
  ['lost', 'a session the server forgot', CONNECTED, { type: 'welcome', resumed: false }],
  ['lost', 'a session that is over', CONNECTED, { type: 'session-over', reason: 'elsewhere' }],
  ['lost', 'the next match', CONNECTED, { type: 'matched', match: { ...MATCH, matchId: 'match-two' } }],
])('[K79] "%s" is how it ended after %s', (ending, _, before, event) => {
  const { state } = transition(before, event);
  expect(matchOf(state)?.matchId).not.toBe(MATCH.matchId);
  expect(endingOf(state, event)).toBe(ending);
});
