import { DEFAULT_WISHES } from '@passerby/protocol';
import { describe, expect, test } from 'vitest';
import { matchOf, timersOf, transition, type Effect, type MachineEvent } from '../src/machine.ts';
import { TIMES } from '../src/times.ts';
import type { CallState, Match } from '../src/types.ts';

const wishes = DEFAULT_WISHES;
const match: Match = {
  matchId: 'match-one',
  role: 'offerer',
  mode: 'video',
  shared: { interests: [], languages: [] },
  iceServers: [],
  relayOnly: false,
};
const other: Match = { ...match, matchId: 'match-two' };

type Status = CallState['status'];
const STATES: { [S in Status]: Extract<CallState, { status: S }> } = {
  idle: { status: 'idle' },
  failed: { status: 'failed', reason: 'elsewhere' },
  starting: { status: 'starting', wishes, mediaReady: false, signalingReady: false },
  searching: { status: 'searching', wishes },
  connecting: { status: 'connecting', wishes, match, slow: false },
  connected: { status: 'connected', wishes, match, weak: false },
  reconnecting: { status: 'reconnecting', wishes, match, offline: false, partnerAway: false },
  parted: { status: 'parted', wishes, reason: 'left', paused: false },
};
const COLUMNS = Object.keys(STATES) as Status[];

const EVENTS = {
  start: { type: 'start', wishes, takeOver: false },
  next: { type: 'next' },
  stop: { type: 'stop' },
  wishes: { type: 'wishes', wishes: { ...DEFAULT_WISHES, relayOnly: true } },
  'wishes same': { type: 'wishes', wishes: { ...DEFAULT_WISHES, relayOnly: false } },
  pause: { type: 'pause' },
  resume: { type: 'resume' },
  'media-ready': { type: 'media-ready' },
  'media-failed': { type: 'media-failed', reason: 'media-refused', missing: { camera: 'media-refused' } },
  'welcome new': { type: 'welcome', resumed: false },
  'welcome resumed': { type: 'welcome', resumed: true },
  waiting: { type: 'waiting', since: 7, anyone: true },
  slowed: { type: 'slowed', until: 9 },
  'matched same': { type: 'matched', match },
  'matched other': { type: 'matched', match: other },
  'first-media': { type: 'first-media' },
  'media-stalled': { type: 'media-stalled' },
  'media-lost': { type: 'media-lost', offline: false, partnerAway: false },
  online: { type: 'online' },
  offline: { type: 'offline' },
  'media-back': { type: 'media-back' },
  'network-changed': { type: 'network-changed' },
  'negotiation-failed': { type: 'negotiation-failed' },
  'partner-away': { type: 'partner-away' },
  'partner-back': { type: 'partner-back' },
  'partner-left skipped': { type: 'partner-left', reason: 'skipped' },
  'partner-left failed': { type: 'partner-left', reason: 'failed' },
  'partner-bye': { type: 'partner-bye', reason: 'ended' },
  'timer slow': { type: 'timer', timer: 'slow' },
  'timer connect': { type: 'timer', timer: 'connect' },
  'timer give-up': { type: 'timer', timer: 'give-up' },
  'timer give-up-away': { type: 'timer', timer: 'give-up-away' },
  'timer countdown': { type: 'timer', timer: 'countdown' },
  'session-over': { type: 'session-over', reason: 'elsewhere' },
} as const satisfies Record<string, MachineEvent>;
type EventLabel = keyof typeof EVENTS;

// Each cell: the next status, then the effects in order. `·`: the same state, no effect.
const START = 'starting | acquire-media connect';
const FREE = 'idle | release-media';
const STOP = 'idle | close-peer:ended end-session release-media';
const FAIL = 'failed | close-peer:left end-session release-media';
const NEXT = 'searching | close-peer:skipped skip';
const OVERTAKEN = 'searching | close-peer:skipped';
const FIND = 'searching | find';
const NOT_MADE = 'searching | close-peer skip:failed';
const MEET = 'connecting | open-peer';
const REMEET = 'connecting | close-peer open-peer';
const LEFT = 'parted | close-peer';
const BYE = 'parted | close-peer leave';
const AGAIN = 'searching | close-peer find';

// prettier-ignore
const TABLE: Record<EventLabel, readonly string[]> = {
  //                       idle   failed starting          searching   connecting                 connected                    reconnecting                 parted
  start:                  [START, START, '·',              '·',        '·',                       '·',                         '·',                         '·'],
  next:                   ['·',   '·',   '·',              '·',        NEXT,                      NEXT,                        NEXT,                        FIND],
  stop:                   [FREE,  FREE,  STOP,             STOP,       STOP,                      STOP,                        STOP,                        STOP],
  wishes:                 ['·',   '·',   'starting |',     FIND,       'connecting |',             'connected |',               'reconnecting |',            'parted |'],
  'wishes same':          ['·',   '·',   '·',              '·',        '·',                       '·',                         '·',                         '·'],
  pause:                  ['·',   '·',   '·',              '·',        '·',                       '·',                         '·',                         'parted |'],
  resume:                 ['·',   '·',   '·',              '·',        '·',                       '·',                         '·',                         'parted |'],
  'media-ready':          ['·',   '·',   'starting |',     '·',        '·',                       '·',                         '·',                         '·'],
  'media-failed':         ['·',   '·',   'failed | end-session', '·',        '·',                       '·',                         '·',                         '·'],
  'welcome new':          ['·',   '·',   'starting |',     FIND,       LEFT,                      LEFT,                        LEFT,                        '·'],
  'welcome resumed':      ['·',   '·',   'starting |',     '·',        '·',                       '·',                         'reconnecting | restart-ice', '·'],
  waiting:                ['·',   '·',   '·',              'searching |', OVERTAKEN,              OVERTAKEN,                   OVERTAKEN,                   '·'],
  slowed:                 ['·',   '·',   '·',              'searching |', '·',                     '·',                         '·',                         '·'],
  'matched same':         ['·',   '·',   'starting | leave', MEET,     '·',                       '·',                         '·',                         MEET],
  'matched other':        ['·',   '·',   'starting | leave', MEET,     REMEET,                    REMEET,                      REMEET,                      MEET],
  'first-media':          ['·',   '·',   '·',              '·',        'connected |',             '·',                         '·',                         '·'],
  'media-stalled':        ['·',   '·',   '·',              '·',        '·',                       'connected |',               '·',                         '·'],
  'media-lost':           ['·',   '·',   '·',              '·',        'connecting | restart-ice', 'reconnecting | restart-ice', 'reconnecting | restart-ice', '·'],
  'media-back':           ['·',   '·',   '·',              '·',        '·',                       '·',                         'connected |',               '·'],
  online:                 ['·',   '·',   '·',              '·',        '·',                       '·',                         'reconnecting |',            '·'],
  offline:                ['·',   '·',   '·',              '·',        '·',                       '·',                         'reconnecting |',            '·'],
  'network-changed':      ['·',   '·',   '·',              '·',        'connecting | restart-ice', 'connected | restart-ice',  'reconnecting | restart-ice', '·'],
  'negotiation-failed':   ['·',   '·',   '·',              '·',        NOT_MADE,                  '·',                         '·',                         '·'],
  'partner-away':         ['·',   '·',   '·',              '·',        '·',                       '·',                         'reconnecting |',            '·'],
  'partner-back':         ['·',   '·',   '·',              '·',        '·',                       '·',                         'reconnecting |',            '·'],
  'partner-left skipped': ['·',   '·',   '·',              '·',        LEFT,                      LEFT,                        LEFT,                        '·'],
  'partner-left failed':  ['·',   '·',   '·',              '·',        AGAIN,                     AGAIN,                       AGAIN,                       '·'],
  'partner-bye':          ['·',   '·',   '·',              '·',        BYE,                       BYE,                         BYE,                         '·'],
  'timer slow':           ['·',   '·',   '·',              '·',        'connecting |',            '·',                         '·',                         '·'],
  'timer connect':        ['·',   '·',   '·',              '·',        NOT_MADE,                  '·',                         '·',                         '·'],
  'timer give-up':        ['·',   '·',   '·',              '·',        '·',                       '·',                         BYE,                         '·'],
  'timer give-up-away':   ['·',   '·',   '·',              '·',        '·',                       '·',                         BYE,                         '·'],
  'timer countdown':      ['·',   '·',   '·',              '·',        '·',                       '·',                         '·',                         FIND],
  'session-over':         ['·',   '·',   FAIL,             FAIL,       FAIL,                      FAIL,                        FAIL,                        FAIL],
};

const CELLS = Object.entries(TABLE).flatMap(([label, cells]) =>
  COLUMNS.map((status, column) => ({ label: label as EventLabel, status, cell: cells[column] })),
);

function write(effect: Effect): string {
  if (effect.type === 'close-peer') return effect.bye ? `close-peer:${effect.bye}` : effect.type;
  return effect.type === 'skip' && effect.reason ? `skip:${effect.reason}` : effect.type;
}

describe('the state table', () => {
  test('[K1] R12 has an entry for every event in every state', () => {
    expect(CELLS).toHaveLength(Object.keys(EVENTS).length * COLUMNS.length);
    expect(CELLS.filter(({ cell }) => cell === undefined)).toEqual([]);
  });

  test.each(CELLS)('[K1] R12 $label in $status: $cell', ({ label, status, cell }) => {
    const state = STATES[status];
    const before = structuredClone(state);
    const step = transition(state, EVENTS[label]);
    expect(state).toEqual(before);
    if (cell === '·') {
      expect(step.state).toBe(state);
      expect(step.effects).toEqual([]);
    } else {
      expect(`${step.state.status} | ${step.effects.map(write).join(' ')}`.trim()).toBe(cell);
    }
  });
});

describe('what the cells carry', () => {
  test('[K2] the search begins when camera and line are both there, in either order', () => {
    const ready = transition(STATES.starting, EVENTS['media-ready']);
    expect(ready.state).toMatchObject({ mediaReady: true, signalingReady: false });
    expect(transition(ready.state, EVENTS['welcome new'])).toEqual({
      state: { status: 'searching', wishes },
      effects: [{ type: 'find', wishes }],
    });
    const online = transition(STATES.starting, EVENTS['welcome new']);
    expect(online.state).toMatchObject({ mediaReady: false, signalingReady: true });
    expect(transition(online.state, EVENTS['media-ready']).state).toEqual({ status: 'searching', wishes });
  });

  test('[K2] a start asks for the devices of its mode and carries the wish to take over', () => {
    const voice = { ...wishes, mode: 'voice' } as const;
    const { effects } = transition(STATES.idle, { type: 'start', wishes: voice, takeOver: true });
    expect(effects).toEqual([
      { type: 'acquire-media', mode: 'voice' },
      { type: 'connect', takeOver: true },
    ]);
  });

  test('[K3] skip and leave name the match they end', () => {
    for (const state of [STATES.connecting, STATES.connected, STATES.reconnecting]) {
      expect(transition(state, EVENTS.next).effects).toContainEqual({
        type: 'skip',
        matchId: 'match-one',
        wishes,
      });
      expect(transition(state, EVENTS['partner-bye']).effects).toContainEqual({
        type: 'leave',
        matchId: 'match-one',
      });
    }
    expect(transition(STATES.starting, EVENTS['matched other']).effects).toEqual([
      { type: 'leave', matchId: 'match-two' },
    ]);
  });

  test('[K5] the pair that does not connect is skipped as failed', () => {
    expect(transition(STATES.connecting, EVENTS['timer connect']).effects).toContainEqual({
      type: 'skip',
      matchId: 'match-one',
      wishes,
      reason: 'failed',
    });
  });

  test('[K6] the card says why, in reconnecting too, where leaving means that the partner gave up', () => {
    const left = (state: CallState, reason: 'left' | 'skipped'): CallState =>
      transition(state, { type: 'partner-left', reason }).state;
    expect(left(STATES.connected, 'left')).toMatchObject({ reason: 'left' });
    expect(left(STATES.reconnecting, 'left')).toMatchObject({ reason: 'lost' });
    expect(left(STATES.reconnecting, 'skipped')).toMatchObject({ reason: 'skipped' });
    expect(transition(STATES.connected, EVENTS['welcome new']).state).toMatchObject({ reason: 'lost' });
    expect(transition(STATES.connected, EVENTS['partner-bye']).state).toMatchObject({ reason: 'ended' });
    expect(transition(STATES.reconnecting, EVENTS['timer give-up']).state).toMatchObject({ reason: 'lost' });
  });

  test('[K6] a paused countdown does not run, and a stray timer does not end it', () => {
    const { state } = transition(STATES.parted, EVENTS.pause);
    expect(timersOf(state)).toEqual([]);
    expect(transition(state, EVENTS['timer countdown']).state).toBe(state);
    expect(timersOf(transition(state, EVENTS.resume).state)).toHaveLength(1);
  });

  test('[K7] weak comes and goes', () => {
    const { state } = transition(STATES.connected, EVENTS['media-stalled']);
    expect(state).toEqual({ ...STATES.connected, weak: true });
    expect(transition(state, EVENTS['media-back']).state).toEqual(STATES.connected);
    expect(transition(state, EVENTS['media-stalled']).state).toBe(state);
  });

  test('[K9] whether the server sees both sides decides how long is waited', () => {
    const lost = (offline: boolean, partnerAway: boolean): CallState =>
      transition(STATES.connected, { type: 'media-lost', offline, partnerAway }).state;
    const timers = (state: CallState): string[] => timersOf(state).map(({ name }) => name);
    expect(timers(lost(false, false))).toEqual(['give-up']);
    for (const state of [lost(true, false), lost(false, true), lost(true, true)]) {
      expect(timers(state)).toEqual(['give-up', 'give-up-away']);
    }
    expect(transition(lost(false, true), EVENTS['partner-back']).state).toEqual(STATES.reconnecting);
    expect(transition(lost(true, false), EVENTS.online).state).toEqual(STATES.reconnecting);
    expect(transition(STATES.reconnecting, EVENTS['partner-away']).state).toEqual(lost(false, true));
    expect(transition(STATES.reconnecting, EVENTS.offline).state).toEqual(lost(true, false));
  });

  test('[K11] a start that fails for want of devices says of each why', () => {
    const missing = { camera: 'media-missing', microphone: 'media-refused' } as const;
    expect(
      transition(STATES.starting, { type: 'media-failed', reason: 'media-refused', missing }).state,
    ).toEqual({ status: 'failed', reason: 'media-refused', missing });
  });

  test('[K12] a text match is connected at once and has no peer', () => {
    const text = { ...match, mode: 'text' } as const;
    expect(transition(STATES.searching, { type: 'matched', match: text })).toEqual({
      state: { status: 'connected', wishes, match: text, weak: false },
      effects: [],
    });
  });
});

describe('timers', () => {
  const named = (state: CallState): [string, number][] => timersOf(state).map(({ name, ms }) => [name, ms]);

  test('[K5] [K6] [K9] each state has the timers of the table', () => {
    expect(named(STATES.connecting)).toEqual([
      ['slow', 4_000],
      ['connect', 10_000],
    ]);
    expect(named({ ...STATES.connecting, slow: true })).toEqual([['connect', 10_000]]);
    expect(named(STATES.reconnecting)).toEqual([['give-up', 45_000]]);
    for (const away of ['offline', 'partnerAway']) {
      expect(named({ ...STATES.reconnecting, [away]: true })).toEqual([
        ['give-up', 45_000],
        ['give-up-away', 15_000],
      ]);
    }
    expect(named(STATES.parted)).toEqual([['countdown', 3_000]]);
    for (const status of ['idle', 'failed', 'starting', 'searching', 'connected'] as const) {
      expect(named(STATES[status])).toEqual([]);
    }
  });

  test('[K5] the timer of one match is not the timer of the next', () => {
    const [one] = timersOf(STATES.connecting);
    const [two] = timersOf({ ...STATES.connecting, match: other });
    expect(one?.key).not.toBe(two?.key);
  });

  test('[K8] the engine restarts after 2 s of disconnected and 4 s of silence, and shows 2 s as weak', () => {
    expect(TIMES).toMatchObject({ disconnectedMs: 2_000, silentMs: 4_000, weakMs: 2_000, bannerMs: 3_000 });
  });

  test('[K3] only the states of a match have one', () => {
    expect(COLUMNS.filter((status) => matchOf(STATES[status]))).toEqual([
      'connecting',
      'connected',
      'reconnecting',
    ]);
  });
});
