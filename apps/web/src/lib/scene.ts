import { mainReason, TIMES, type CallState, type CallView } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { Card } from './card.ts';
import { FAILED_CONNECTS_MAX } from './failed-connects.ts';
import { failureCard, isStartable, titleOf, waysOf } from './failures.ts';
import type { Messages } from './i18n/messages/en.ts';
import { ANSWER_WITHIN_MS } from './patience.ts';
import { isChoosy, sharedLine, soughtText } from './phrases.ts';

/** What is looked for, while it is looked for. */
export interface Search {
  title: string;
  /** For whom in particular; empty where anybody is meant. */
  detail: string;
  /** The user can have it look for anyone at once. */
  widen: boolean;
}

/** What one state of a call means for the screen. */
export interface Scene {
  /** One line on what is going on, or on what can be done. */
  status: string;
  /** It interrupts what a screen reader is saying. */
  urgent?: true;
  primary: { action: 'start' | 'next'; enabled: boolean; busy?: true };
  /** Whether Stop can be pressed. */
  stop: boolean;
  /** Whose picture fills the stage. */
  lead: 'own' | 'partner';
  card?: Card;
  search?: Search;
  /** While there is a partner, what stands in for the picture that has not come or is gone. */
  cover?: string;
}

/** What the screen knows beside the call. */
export interface Waiting {
  /** A search has gone on for so long that one asks whether anybody is there. */
  asking: boolean;
  /** The last search was ended because nobody was. */
  gaveUp: boolean;
  /** Seconds until somebody who moves on too fast may search again; 0: they may. */
  coolsFor: number;
  /** Matches in a row that could not be connected. */
  failedConnects: number;
}

interface Words {
  /** What the user can be sure of until somebody is found; a text chat has nothing of the kind. */
  unmet: string | undefined;
  invitation: Card | undefined;
  /** While the browser asks for the devices; a text chat asks for none. */
  asking: { status: string; title: string; text: string } | undefined;
}

function wordsOf(mode: Mode, { call }: Messages): Words {
  switch (mode) {
    case 'video': {
      const ways = [{ way: 'preview', label: call.showCamera }] as const;
      const invitation = { title: call.unseen, text: call.videoInvitation, ways };
      return { unmet: call.unseen, invitation, asking: call.asking.video };
    }
    case 'voice': {
      const ways = [{ way: 'preview', label: call.tryMicrophone }] as const;
      const invitation = { title: call.unheard, text: call.voiceInvitation, ways };
      return { unmet: call.unheard, invitation, asking: call.asking.voice };
    }
    case 'text':
      return { unmet: undefined, invitation: undefined, asking: undefined };
  }
}

const NEXT = { action: 'next', enabled: true } as const;
const NEXT_WAITS = { action: 'next', enabled: false } as const;

function searchPaused({ call }: Messages): Card {
  const { title, text, goOn } = call.searchPaused;
  return { title, text, ways: [{ way: 'start', label: goOn, strong: true }] };
}

function stillThere({ call }: Messages): Card {
  const { title, text, yes } = call.stillThere;
  const ways = [{ way: 'stay', label: yes, strong: true }] as const;
  return { title, text, ways, countdown: 'running', countsMs: ANSWER_WITHIN_MS };
}

function cannotConnect({ call }: Messages): Card {
  const { title, text, test, keepTrying } = call.cannotConnect;
  return {
    title,
    text,
    ways: [
      { way: 'test', label: test, strong: true },
      { way: 'start-text', label: call.continueWithText },
      { way: 'keep-trying', label: keepTrying },
    ],
  };
}

function idleScene({ localStream, missing }: CallView, mode: Mode, m: Messages, gaveUp: boolean): Scene {
  const { unmet, invitation } = wordsOf(mode, m);
  const scene: Scene = {
    status: m.call.ready,
    primary: { action: 'start', enabled: true },
    stop: localStream !== undefined,
    lead: 'own',
  };
  if (gaveUp) return { ...scene, status: m.call.searchPaused.title, card: searchPaused(m) };
  const reason = mainReason(missing);
  if (reason) {
    // Asked for a picture of oneself, one wants that, not a stranger; text is for where nothing works, and
    // voice for where the microphone does.
    const voice = mode === 'video' && localStream && missing.camera && !missing.microphone;
    const again = waysOf(reason, m)
      .filter(({ way }) => way !== 'start-text' || !localStream)
      .map((wayOn) => (wayOn.way === 'start' ? { ...wayOn, way: 'preview' as const } : wayOn));
    if (voice) again.push({ way: 'start-voice', label: m.call.continueWithVoice });
    return {
      ...scene,
      status: m.call.readyAllTheSame,
      urgent: true,
      card: { title: titleOf(missing, m), text: m.call.failures[reason].text, ways: again, reason },
    };
  }
  if (!localStream && invitation) return { ...scene, card: invitation };
  return unmet === undefined ? scene : { ...scene, status: m.sentences([unmet, m.call.ready]) };
}

function startingScene(mediaReady: boolean, mode: Mode, m: Messages): Scene {
  const scene: Scene = {
    status: m.call.reachingService,
    primary: { action: 'start', enabled: false, busy: true },
    stop: true,
    lead: 'own',
  };
  const { asking } = wordsOf(mode, m);
  if (mediaReady || !asking) return scene;
  const { status, title, text } = asking;
  return { ...scene, status, card: { title, text, ways: [] } };
}

type Searching = Extract<CallState, { status: 'searching' }>;

/** `anyone`: as the server says; undefined while it has not answered. */
function searchOf({ wishes, anyone, paused }: Searching, m: Messages, cools: boolean): Search {
  const { call } = m;
  if (cools) return { title: call.slowDown.title, detail: call.slowDown.text, widen: false };
  if (paused) return { title: call.matchingPaused, detail: call.keepTrying, widen: false };
  const title = call.looking;
  if (anyone === undefined || !isChoosy(wishes)) return { title, detail: '', widen: false };
  if (!anyone) return { title, detail: soughtText(wishes, m), widen: true };
  return { title: call.lookingForAnyone, detail: call.nobodyShares, widen: false };
}

function searchingScene(state: Searching, mode: Mode, m: Messages, waiting: Waiting): Scene {
  const { asking, coolsFor, failedConnects } = waiting;
  const search = searchOf(state, m, coolsFor > 0);
  const { unmet } = wordsOf(mode, m);
  const status = state.paused && unmet ? m.sentences([unmet, search.title]) : (unmet ?? search.title);
  const scene: Scene = { status, search, primary: NEXT_WAITS, stop: true, lead: 'own' };
  if (asking) return { ...scene, urgent: true, card: stillThere(m) };
  if (failedConnects < FAILED_CONNECTS_MAX) return scene;
  return { ...scene, urgent: true, card: cannotConnect(m) };
}

type Parted = Extract<CallState, { status: 'parted' }>;

function partedScene({ reason, paused }: Parted, { call, report }: Messages): Scene {
  const stay = paused
    ? ({ way: 'resume', label: call.resume } as const)
    : ({ way: 'pause', label: call.pause } as const);
  return {
    status: paused ? call.paused : call.nextSoon(TIMES.countdownMs / 1_000),
    urgent: true,
    primary: NEXT,
    stop: true,
    lead: 'partner',
    card: {
      title: call.partings[reason],
      text: paused ? call.pausedText : call.nextSoonText,
      ways: [stay, { way: 'report', label: report.open }, { way: 'block', label: report.block }],
      countdown: paused ? 'paused' : 'running',
      countsMs: TIMES.countdownMs,
    },
  };
}

/** The scene of a snapshot. `mode`: that of the session, or the one that would be started. */
export function sceneOf(view: CallView, mode: Mode, m: Messages, waiting: Waiting): Scene {
  const { state } = view;
  const { call } = m;
  switch (state.status) {
    case 'idle':
      return idleScene(view, mode, m, waiting.gaveUp);
    case 'starting':
      return startingScene(state.mediaReady, mode, m);
    case 'searching':
      return searchingScene(state, mode, m, waiting);
    case 'connecting': {
      const status = state.slow ? call.slow : call.found;
      return { status, primary: NEXT, stop: true, lead: 'partner', cover: call.connecting };
    }
    case 'connected': {
      const shared = sharedLine(state.match.shared, m);
      const status = shared === '' ? call.connected : m.sentences([call.connected, shared]);
      return { status, urgent: true, primary: NEXT, stop: true, lead: 'partner' };
    }
    case 'reconnecting': {
      const status = state.partnerAway ? call.waitingForStranger : call.reconnecting;
      return { status, primary: NEXT, stop: true, lead: 'partner' };
    }
    case 'parted':
      return partedScene(state, m);
    case 'failed':
      return {
        status: call.notConnected,
        urgent: true,
        primary: { action: 'start', enabled: isStartable(state.reason) },
        stop: view.localStream !== undefined,
        lead: 'own',
        card: failureCard(state.reason, mode, state.missing, m),
      };
  }
}
