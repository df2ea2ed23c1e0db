import { mainReason, type CallView } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { Card } from './card.ts';
import { consequenceOf, problemOf, titleOf } from './failures.ts';
import { sceneOf, type Scene, type Search } from './scene.ts';

// The whole logic of the chat screen as a table: what is said, shown and enabled in each state of a call.
// Pure, so that Node can test every cell. The screen's words are here, in scene.ts and in failures.ts.

interface Toggle {
  /** Stays the same in every state; `on` is told by aria-pressed. */
  label: string;
  on: boolean;
  /** Announced when it changes. */
  state: string;
  /** Why it is off though nobody switched it off; pressing it asks for the device again. */
  reason: string | undefined;
}

export interface Controls {
  /** That of the session, or the one that would be started. */
  mode: Mode;
  title: string;
  /** One line on what is going on, or on what can be done; a card says the rest. */
  status: string;
  /** For live regions: the card, where there is one. An empty text says nothing. */
  announce: { polite: string; assertive: string };
  /** Start and Next share one place, which never moves. */
  primary: { action: 'start' | 'next'; label: string; enabled: boolean; busy: boolean };
  stop: { label: string; enabled: boolean };
  /** Undefined in a mode that does not use it. */
  microphone: Toggle | undefined;
  camera: Toggle | undefined;
  /** The mode can be chosen. */
  choosing: boolean;
  /** What the panel beside the picture is for: whom to meet, or what is said. */
  panel: { shows: 'wishes' | 'chat'; label: string };
  chat: {
    /** Texts reach somebody. */
    open: boolean;
    /** Stands in the empty field. */
    hint: string;
    /** For the live region; empty where all is well. */
    problem: string;
  };
  search: Search | undefined;
  /** Whose picture fills the stage. */
  lead: 'own' | 'partner';
  card: Card | undefined;
  notices: readonly string[];
  partner: {
    name: string;
    /** Accessible name of the partner's picture, or sound. */
    picture: string;
    /** Stands in for a picture that is not there. */
    cover: string | undefined;
    microphone: string | undefined;
  };
  own: {
    picture: string;
    /** Somebody's outline stands where a picture could be. */
    silhouette: boolean;
    cover: string | undefined;
  };
}

const TITLES: Readonly<Record<Mode, string>> = {
  video: 'Video chat',
  voice: 'Voice chat',
  text: 'Text chat',
};

function noticesOf(view: CallView, mode: Mode): string[] {
  const { state } = view;
  const running = state.status !== 'idle' && state.status !== 'failed';
  const connected = state.status === 'connected';
  // A call goes from browser to browser, a text chat needs the service.
  const goesOn = connected && mode !== 'text';
  const notices: string[] = [];
  if (view.offlineBanner && running) {
    const then = goesOn ? 'Your call continues.' : 'We keep trying.';
    notices.push(`Connection to the service lost. ${then}`);
  }
  if (connected && state.weak) notices.push('Weak connection');
  if (connected && view.partnerAway && !view.offlineBanner) {
    const then = goesOn ? 'Your call continues.' : 'They may come back.';
    notices.push(`The stranger's connection to the service is interrupted. ${then}`);
  }
  // While the browser is asking, what was missing the last time may be there any moment.
  const asking = state.status === 'starting' && !state.mediaReady;
  if (running && !asking && mainReason(view.missing)) {
    notices.push(`${titleOf(view.missing)}. ${consequenceOf(view.missing)}`);
  }
  return notices;
}

/** Cover of the partner's picture, most telling first. */
function partnerCover(view: CallView, mode: Mode, scene: Scene): string | undefined {
  const { status } = view.state;
  if (scene.cover !== undefined) return scene.cover;
  if (status !== 'connected' && status !== 'reconnecting') return undefined;
  if (view.partnerMedia.away) return 'Stepped away';
  return view.partnerMedia.cam || mode !== 'video' ? undefined : 'Camera off';
}

function partnerPicture(view: CallView, mode: Mode): string {
  if (mode !== 'video') return "Stranger's voice";
  return `Stranger's picture, ${view.partnerMedia.cam ? 'camera on' : 'camera off'}`;
}

/** `off`: as the user wants it. A device that is missing is off whatever they want. */
function toggle(label: string, off: boolean, reason: string | undefined): Toggle {
  const on = !off && reason === undefined;
  return { label, on, state: `${label} ${on ? 'on' : 'off'}`, reason };
}

function chatOf({ state, textLog }: CallView): Controls['chat'] {
  const met = 'match' in state;
  // Only while there is somebody: a text of the last match is nobody's business in the next search.
  const undelivered = met && textLog?.lines.some(({ progress }) => progress === 'undelivered');
  return {
    open: met && textLog !== undefined && textLog.endedAt === undefined,
    hint: met ? 'Write a message' : 'Nobody to write to',
    problem: undelivered ? 'A message was not delivered' : '',
  };
}

/** Everything the chat screen says, shows and allows for one snapshot of a call. `chosen`: the mode to start. */
export function controlsFor(view: CallView, chosen: Mode): Controls {
  const { state } = view;
  const mode = 'wishes' in state ? state.wishes.mode : chosen;
  const scene = sceneOf(view, mode);
  const { action, enabled, busy = false } = scene.primary;
  const { camera, microphone } = view.missing;
  const cameraProblem = camera && problemOf('camera', camera);
  const ownCover = cameraProblem ?? (view.cameraOff ? 'Your camera is off' : undefined);
  // A card over it says the same.
  const silhouette = !view.localStream || (ownCover !== undefined && scene.lead === 'own' && !!scene.card);
  const together = state.status === 'connected' || state.status === 'reconnecting';
  const { card, search } = scene;
  const said = card
    ? sentences(card.title, card.text)
    : sentences(search?.title ?? scene.status, search?.detail);
  const microphoneProblem = microphone && problemOf('microphone', microphone);
  return {
    mode,
    title: TITLES[mode],
    status: scene.status,
    announce: scene.urgent ? { polite: '', assertive: said } : { polite: said, assertive: '' },
    primary: { action, label: action === 'start' ? 'Start' : 'Next', enabled, busy },
    stop: { label: 'Stop', enabled: scene.stop },
    microphone: mode === 'text' ? undefined : toggle('Microphone', view.muted, microphoneProblem),
    camera: mode === 'video' ? toggle('Camera', view.cameraOff, cameraProblem) : undefined,
    choosing: state.status === 'idle' || state.status === 'failed',
    panel:
      scene.lead === 'partner' ? { shows: 'chat', label: 'Chat' } : { shows: 'wishes', label: 'Interests' },
    chat: chatOf(view),
    search,
    lead: scene.lead,
    card,
    notices: noticesOf(view, mode),
    partner: {
      name: 'Stranger',
      picture: partnerPicture(view, mode),
      cover: partnerCover(view, mode, scene),
      microphone: together && mode !== 'text' && !view.partnerMedia.mic ? 'Stranger is muted' : undefined,
    },
    own: {
      picture: 'Your picture',
      silhouette,
      cover: silhouette ? undefined : ownCover,
    },
  };
}

function sentences(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join('. ');
}
