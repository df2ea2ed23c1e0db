import { mainReason, type CallState, type CallView } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { Card } from './card.ts';
import { failureCard, FAILURES, titleOf } from './failures.ts';
import { PARTINGS } from './partings.ts';
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

interface Words {
  /** What the user can be sure of until somebody is found; a text chat has nothing of the kind. */
  unmet: string | undefined;
  invitation: Card | undefined;
  /** While the browser asks for the devices. */
  asking: { status: string; title: string; text: string };
}

const READY = 'Press Start when you are ready';
const MATCHING_PAUSED = 'Matching is paused for a moment';
const CHOOSE_ALLOW = "Choose Allow in your browser's window.";

const WORDS: Readonly<Record<Mode, Words>> = {
  video: {
    unmet: 'Nobody can see you yet',
    invitation: {
      title: 'Nobody can see you yet',
      text: 'Look at yourself first, or start right away. Your browser will ask for camera and microphone.',
      ways: [{ way: 'preview', label: 'Show my camera' }],
    },
    asking: {
      status: 'Waiting for your camera',
      title: 'Allow camera and microphone',
      text: `${CHOOSE_ALLOW} You are seen only once you meet someone.`,
    },
  },
  voice: {
    unmet: 'Nobody can hear you yet',
    invitation: {
      title: 'Nobody can hear you yet',
      text: 'Your browser will ask for the microphone when you start. Your camera stays off.',
      ways: [],
    },
    asking: {
      status: 'Waiting for your microphone',
      title: 'Allow the microphone',
      text: `${CHOOSE_ALLOW} You are heard only once you meet someone.`,
    },
  },
  text: {
    unmet: undefined,
    invitation: undefined,
    // No device is asked for, so this passes before it can be read.
    asking: { status: 'Connecting to the service', title: '', text: '' },
  },
};

const NEXT = { action: 'next', enabled: true } as const;
const NEXT_WAITS = { action: 'next', enabled: false } as const;

function idleScene({ localStream, missing }: CallView, mode: Mode): Scene {
  const { unmet, invitation } = WORDS[mode];
  const scene: Scene = {
    status: READY,
    primary: { action: 'start', enabled: true },
    stop: localStream !== undefined,
    lead: 'own',
  };
  const reason = mainReason(missing);
  if (reason) {
    const { text, ways } = FAILURES[reason];
    // Asked for a picture of oneself, one wants that, not a stranger; and text is for where nothing works.
    const again = ways
      .filter(({ way }) => way !== 'start-text' || !localStream)
      .map((wayOn) => (wayOn.way === 'start' ? { ...wayOn, way: 'preview' as const } : wayOn));
    return {
      ...scene,
      status: 'You can start all the same',
      urgent: true,
      card: { title: titleOf(missing), text, ways: again },
    };
  }
  if (!localStream && invitation) return { ...scene, card: invitation };
  return unmet === undefined ? scene : { ...scene, status: `${unmet}. ${READY}` };
}

function startingScene(mediaReady: boolean, mode: Mode): Scene {
  const scene: Scene = {
    status: 'Connecting to the service',
    primary: { action: 'start', enabled: false, busy: true },
    stop: true,
    lead: 'own',
  };
  if (mediaReady || mode === 'text') return scene;
  const { status, title, text } = WORDS[mode].asking;
  return { ...scene, status, card: { title, text, ways: [] } };
}

type Searching = Extract<CallState, { status: 'searching' }>;

/** `anyone`: as the server says; undefined while it has not answered. */
function searchOf({ wishes, anyone, paused }: Searching): Search {
  if (paused) return { title: MATCHING_PAUSED, detail: 'We keep trying.', widen: false };
  const title = 'Looking for someone';
  if (anyone === undefined || !isChoosy(wishes)) return { title, detail: '', widen: false };
  if (!anyone) return { title, detail: soughtText(wishes), widen: true };
  return { title: 'Looking for anyone now', detail: 'Nobody who shares your wishes was there', widen: false };
}

function searchingScene(state: Searching, mode: Mode): Scene {
  const search = searchOf(state);
  const { unmet } = WORDS[mode];
  const status = state.paused && unmet ? `${unmet}. ${search.title}` : (unmet ?? search.title);
  return { status, search, primary: NEXT_WAITS, stop: true, lead: 'own' };
}

function partedScene({ reason, paused }: Extract<CallState, { status: 'parted' }>): Scene {
  return {
    status: paused ? 'Paused' : 'Next in 3 seconds',
    urgent: true,
    primary: NEXT,
    stop: true,
    lead: 'partner',
    card: {
      title: PARTINGS[reason],
      text: paused ? 'Press Next when you are ready.' : 'Looking for someone new in a moment.',
      ways: [paused ? { way: 'resume', label: 'Resume' } : { way: 'pause', label: 'Pause' }],
      countdown: paused ? 'paused' : 'running',
    },
  };
}

/** The scene of a snapshot. `mode`: that of the session, or the one that would be started. */
export function sceneOf(view: CallView, mode: Mode): Scene {
  const { state } = view;
  switch (state.status) {
    case 'idle':
      return idleScene(view, mode);
    case 'starting':
      return startingScene(state.mediaReady, mode);
    case 'searching':
      return searchingScene(state, mode);
    case 'connecting': {
      const status = state.slow ? 'This takes longer than usual' : 'Found someone, connecting';
      return { status, primary: NEXT, stop: true, lead: 'partner', cover: 'Connecting' };
    }
    case 'connected': {
      const shared = sharedLine(state.match.shared);
      const status = shared === '' ? 'You are connected' : `You are connected. ${shared}`;
      return { status, urgent: true, primary: NEXT, stop: true, lead: 'partner' };
    }
    case 'reconnecting': {
      const status = state.partnerAway ? "Waiting for the stranger's connection" : 'Reconnecting';
      return { status, primary: NEXT, stop: true, lead: 'partner' };
    }
    case 'parted':
      return partedScene(state);
    case 'failed':
      return {
        status: 'Not connected',
        urgent: true,
        primary: { action: 'start', enabled: FAILURES[state.reason].startable },
        stop: view.localStream !== undefined,
        lead: 'own',
        card: failureCard(state.reason, mode, state.missing),
      };
  }
}
