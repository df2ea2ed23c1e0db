import { sameWishes, type Mode, type PartnerLeftReason, type Wishes } from '@passerby/protocol';
import type { CallErrorReason, MissingDevices } from './errors.ts';
import { TIMES } from './times.ts';
import type { CallState, Match } from './types.ts';

/** What the user does, and what the world reports. Events about a match are about the current one. */
export type MachineEvent =
  | { type: 'start'; wishes: Wishes; takeOver: boolean }
  | { type: 'next' | 'stop' | 'pause' | 'resume' }
  | { type: 'wishes'; wishes: Omit<Wishes, 'mode'> }
  | { type: 'media-ready' }
  | { type: 'media-failed'; reason: CallErrorReason; missing: MissingDevices }
  | { type: 'welcome'; resumed: boolean }
  | { type: 'waiting'; since: number; anyone: boolean; paused?: true }
  /** `until`: in milliseconds since 1970. */
  | { type: 'slowed'; until: number }
  | { type: 'matched'; match: Match }
  | { type: 'first-media' | 'media-stalled' | 'media-back' }
  | { type: 'media-lost'; offline: boolean; partnerAway: boolean }
  /** Our own line to the server. */
  | { type: 'online' | 'offline' }
  | { type: 'network-changed' }
  | { type: 'negotiation-failed' }
  | { type: 'partner-away' | 'partner-back' }
  /** The server says that the match is over. */
  | { type: 'partner-left'; reason: PartnerLeftReason }
  /** The partner itself says so, on the data channel; the server may not know yet. */
  | { type: 'partner-bye'; reason: ByeReason }
  | { type: 'timer'; timer: TimerName }
  /** The server ended or refused the session. */
  | { type: 'session-over'; reason: CallErrorReason };

/** Why a side closes a match, as it says on the data channel. */
export type ByeReason = 'skipped' | 'left' | 'ended';

export type TimerName = 'slow' | 'connect' | 'give-up' | 'give-up-away' | 'countdown';

export type Effect =
  | { type: 'acquire-media'; mode: Mode }
  | { type: 'release-media' }
  | { type: 'connect'; takeOver: boolean }
  | { type: 'end-session' }
  | { type: 'find'; wishes: Wishes }
  /** Ends the match and searches with these wishes. */
  | { type: 'skip'; matchId: string; wishes: Wishes; reason?: 'failed' }
  | { type: 'leave'; matchId: string }
  | { type: 'open-peer'; match: Match; relayOnly: boolean }
  | { type: 'close-peer'; bye?: ByeReason }
  | { type: 'restart-ice' };

export interface Step {
  state: CallState;
  /** To be run in order, before the next event. */
  effects: Effect[];
}

type StateOf<Status extends CallState['status']> = Extract<CallState, { status: Status }>;
type Running = Exclude<CallState, { status: 'idle' | 'failed' }>;
type InMatch = StateOf<'connecting' | 'connected' | 'reconnecting'>;

/**
 * The whole behaviour of a call: no time, no browser, no network. The same state
 * object comes back when the event means nothing in it.
 */
export function transition(state: CallState, event: MachineEvent): Step {
  switch (state.status) {
    case 'idle':
    case 'failed':
      return whileResting(state, event);
    case 'starting':
      return whileStarting(state, event);
    case 'searching':
      return whileSearching(state, event);
    case 'connecting':
      return whileConnecting(state, event);
    case 'connected':
      return whileConnected(state, event);
    case 'reconnecting':
      return whileReconnecting(state, event);
    case 'parted':
      return whileParted(state, event);
  }
}

export interface Timer {
  name: TimerName;
  /** Two timers of one name and key are the same one, still running. */
  key: string;
  ms: number;
}

/** The timers that run in a state. They are a function of it, so none can be forgotten. */
export function timersOf(state: CallState): Timer[] {
  switch (state.status) {
    case 'connecting': {
      const connect = timer('connect', TIMES.connectMs, state.match);
      return state.slow ? [connect] : [timer('slow', TIMES.slowMs, state.match), connect];
    }
    case 'reconnecting': {
      const giveUp = timer('give-up', TIMES.giveUpMs, state.match);
      // One rule for both sides: whoever's line is down, this one and the partner stop waiting alike.
      const seenBoth = !state.offline && !state.partnerAway;
      return seenBoth ? [giveUp] : [giveUp, timer('give-up-away', TIMES.giveUpAwayMs, state.match)];
    }
    case 'parted':
      return state.paused ? [] : [{ name: 'countdown', key: 'countdown', ms: TIMES.countdownMs }];
    default:
      return [];
  }
}

/** The match a state is in. */
export function matchOf(state: CallState): Match | undefined {
  return 'match' in state ? state.match : undefined;
}

function timer(name: TimerName, ms: number, match: Match): Timer {
  return { name, key: `${name} ${match.matchId}`, ms };
}

function step(state: CallState, ...effects: Effect[]): Step {
  return { state, effects };
}

function whileResting(state: StateOf<'idle' | 'failed'>, event: MachineEvent): Step {
  switch (event.type) {
    case 'start':
      // The camera first: its prompt wants to be near the click.
      return step(
        { status: 'starting', wishes: event.wishes, mediaReady: false, signalingReady: false },
        { type: 'acquire-media', mode: event.wishes.mode },
        { type: 'connect', takeOver: event.takeOver },
      );
    case 'stop':
      return step(state.status === 'idle' ? state : { status: 'idle' }, { type: 'release-media' });
    case 'media-ready':
      // What the start failed for want of has come by itself: it is to be looked at before anything is sent.
      return step(state.status === 'failed' && state.missing ? { status: 'idle' } : state);
    case 'media-failed':
      return step(
        state.status === 'failed' && state.missing
          ? { status: 'failed', reason: event.reason, missing: event.missing }
          : state,
      );
    default:
      return step(state);
  }
}

function whileStarting(state: StateOf<'starting'>, event: MachineEvent): Step {
  switch (event.type) {
    case 'media-ready':
      return searchWhenReady({ ...state, mediaReady: true });
    case 'welcome':
      return searchWhenReady({ ...state, signalingReady: true });
    case 'media-failed':
      // The devices stay asked for: they may come yet, by a permission or a plug.
      return step(
        { status: 'failed', reason: event.reason, missing: event.missing },
        { type: 'end-session' },
      );
    case 'matched':
      // Nobody asked for it yet, and a find inside a match would do nothing.
      return step(state, { type: 'leave', matchId: event.match.matchId });
    default:
      return whileRunning(state, event);
  }
}

function searchWhenReady(state: StateOf<'starting'>): Step {
  return state.mediaReady && state.signalingReady ? search(state.wishes) : step(state);
}

function whileSearching(state: StateOf<'searching'>, event: MachineEvent): Step {
  switch (event.type) {
    case 'welcome':
      return event.resumed ? step(state) : search(state.wishes);
    case 'wishes': {
      const next = withWishes(state, event.wishes);
      return next === state ? step(state) : step(next, { type: 'find', wishes: next.wishes });
    }
    case 'waiting':
      return step(waiting(state.wishes, event));
    case 'slowed':
      return step({ ...state, slowedUntil: event.until });
    case 'matched':
      return meet(state.wishes, event.match);
    default:
      return whileRunning(state, event);
  }
}

function whileConnecting(state: StateOf<'connecting'>, event: MachineEvent): Step {
  switch (event.type) {
    case 'first-media':
      return step({ status: 'connected', wishes: state.wishes, match: state.match, weak: false });
    case 'media-lost':
      return step(state, { type: 'restart-ice' });
    case 'negotiation-failed':
      return couldNotConnect(state);
    case 'timer':
      if (event.timer === 'slow') return step({ ...state, slow: true });
      return event.timer === 'connect' ? couldNotConnect(state) : step(state);
    default:
      return whileMatched(state, event);
  }
}

function couldNotConnect(state: StateOf<'connecting'>): Step {
  return step(
    { status: 'searching', wishes: state.wishes },
    { type: 'close-peer' },
    { type: 'skip', matchId: state.match.matchId, wishes: state.wishes, reason: 'failed' },
  );
}

function whileConnected(state: StateOf<'connected'>, event: MachineEvent): Step {
  switch (event.type) {
    case 'media-stalled':
      return step(state.weak ? state : { ...state, weak: true });
    case 'media-back':
      return step(state.weak ? { ...state, weak: false } : state);
    case 'media-lost':
      return step(
        {
          status: 'reconnecting',
          wishes: state.wishes,
          match: state.match,
          offline: event.offline,
          partnerAway: event.partnerAway,
        },
        { type: 'restart-ice' },
      );
    default:
      return whileMatched(state, event);
  }
}

function whileReconnecting(state: StateOf<'reconnecting'>, event: MachineEvent): Step {
  switch (event.type) {
    case 'media-back':
      return step({ status: 'connected', wishes: state.wishes, match: state.match, weak: false });
    case 'media-lost':
      return step(state, { type: 'restart-ice' });
    case 'welcome':
      return event.resumed ? step(state, { type: 'restart-ice' }) : whileMatched(state, event);
    case 'online':
      return step({ ...state, offline: false });
    case 'offline':
      return step({ ...state, offline: true });
    case 'partner-away':
      return step({ ...state, partnerAway: true });
    case 'partner-back':
      return step({ ...state, partnerAway: false });
    case 'partner-left':
      // A side that gives up only leaves; without media that is no walking away.
      return part(state, event.reason === 'left' ? 'lost' : event.reason);
    case 'timer':
      return event.timer === 'give-up' || event.timer === 'give-up-away'
        ? part(state, 'lost', { type: 'leave', matchId: state.match.matchId })
        : step(state);
    default:
      return whileMatched(state, event);
  }
}

function whileParted(state: StateOf<'parted'>, event: MachineEvent): Step {
  switch (event.type) {
    case 'next':
      return search(state.wishes);
    case 'pause':
      return step({ ...state, paused: true });
    case 'resume':
      return step({ ...state, paused: false });
    case 'timer':
      return event.timer === 'countdown' && !state.paused ? search(state.wishes) : step(state);
    case 'matched':
      // The wishes said `requeue`: the server searched by itself.
      return meet(state.wishes, event.match);
    default:
      return whileRunning(state, event);
  }
}

/** What `connecting`, `connected` and `reconnecting` have in common. */
function whileMatched(state: InMatch, event: MachineEvent): Step {
  const { matchId } = state.match;
  switch (event.type) {
    case 'next':
      return step(
        { status: 'searching', wishes: state.wishes },
        { type: 'close-peer', bye: 'skipped' },
        { type: 'skip', matchId, wishes: state.wishes },
      );
    case 'partner-left':
      return part(state, event.reason);
    case 'partner-bye':
      // Told by the partner alone: the server must hear it too, or a find would still be inside the match.
      return part(state, event.reason, { type: 'leave', matchId });
    case 'welcome':
      return event.resumed ? step(state) : part(state, 'lost');
    case 'matched': {
      if (event.match.matchId === matchId) return step(state);
      const next = meet(state.wishes, event.match);
      return step(next.state, { type: 'close-peer' }, ...next.effects);
    }
    case 'waiting':
      if (event.paused) return step(state);
      // A find with other wishes was on its way when the match was made, and has ended it.
      return step(waiting(state.wishes, event), { type: 'close-peer', bye: 'skipped' });
    case 'network-changed':
      return step(state, { type: 'restart-ice' });
    default:
      return whileRunning(state, event);
  }
}

/** What every state with a session has in common. */
function whileRunning(state: Running, event: MachineEvent): Step {
  switch (event.type) {
    case 'stop':
      return step({ status: 'idle' }, ...release('ended'));
    case 'session-over':
      return fail(event.reason);
    case 'wishes':
      return step(withWishes(state, event.wishes));
    default:
      return step(state);
  }
}

/** The mode stays, for the devices are those of the start. */
function withWishes<State extends Running>(state: State, wishes: Omit<Wishes, 'mode'>): State {
  const next = { ...wishes, mode: state.wishes.mode };
  return sameWishes(next, state.wishes) ? state : { ...state, wishes: next };
}

function waiting(
  wishes: Wishes,
  { since, anyone, paused }: Extract<MachineEvent, { type: 'waiting' }>,
): StateOf<'searching'> {
  return { status: 'searching', wishes, since, anyone, ...(paused && { paused }) };
}

function search(wishes: Wishes): Step {
  return step({ status: 'searching', wishes }, { type: 'find', wishes });
}

function meet(wishes: Wishes, match: Match): Step {
  // Text travels by the server, so there is nothing to wait for.
  if (match.mode === 'text') return step({ status: 'connected', wishes, match, weak: false });
  // The wish to be hidden may be younger than the match; our own side hides all the same.
  const relayOnly = match.relayOnly || wishes.relayOnly;
  return step({ status: 'connecting', wishes, match, slow: false }, { type: 'open-peer', match, relayOnly });
}

function part(state: InMatch, reason: PartnerLeftReason, ...effects: Effect[]): Step {
  if (reason === 'failed') {
    const next = search(state.wishes);
    return step(next.state, { type: 'close-peer' }, ...next.effects);
  }
  return step(
    { status: 'parted', wishes: state.wishes, reason, paused: false },
    { type: 'close-peer' },
    ...effects,
  );
}

function fail(reason: CallErrorReason): Step {
  return step({ status: 'failed', reason }, ...release('left'));
}

function release(bye: ByeReason): Effect[] {
  return [{ type: 'close-peer', bye }, { type: 'end-session' }, { type: 'release-media' }];
}
