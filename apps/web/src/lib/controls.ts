import { mainReason, type CallState, type CallView } from '@passerby/call';
import type { Mode } from '@passerby/protocol';
import type { Card } from './card.ts';
import { FAILED_CONNECTS_MAX } from './failed-connects.ts';
import { consequenceOf, problemOf, titleOf } from './failures.ts';
import type { Messages } from './i18n/messages/en.ts';
import type { SafetyNews } from './safety/reporting.ts';
import { sceneOf, type Scene, type Search, type Waiting } from './scene.ts';

// The whole logic of the chat screen as a table: what is said, shown and enabled in each state of a call.
// Pure, so that Node can test every cell. The words come with the messages of a language.

interface Toggle {
  /** Stays the same in every state; `on` is told by aria-pressed. */
  label: string;
  /** What stands below its sign, where there is little room. */
  short: string;
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
  /** For how long it has been so, where that is of interest. Never announced. */
  elapsed: string | undefined;
  /** For live regions: the card, where there is one. An empty text says nothing. */
  announce: { polite: string; assertive: string };
  /** Start and Next share one place, which never moves. */
  primary: {
    action: 'start' | 'next';
    label: string;
    enabled: boolean;
    busy: boolean;
    /** Why it cannot be pressed just now, where that is not plain to see. */
    reason: string | undefined;
    /** Pressed once, it asks to be pressed again: what is announced then. */
    again: string | undefined;
  };
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
  /** The partner's last frame stands: nothing has come for a while, or the way is lost. */
  frozen: 'late' | 'lost' | undefined;
  card: Card | undefined;
  notices: readonly string[];
  /** For a report or a block that has just arrived. */
  thanks: string | undefined;
  partner: {
    name: string;
    /** Accessible name of the partner's picture, or sound. */
    picture: string;
    /** Stands in for a picture that is not there. */
    cover: string | undefined;
    /** The picture is there, and nobody may be in front of it: the cover lets it through. */
    sheer: boolean;
    /** For those who see no cover. */
    announced: string | undefined;
    microphone: string | undefined;
  };
  own: {
    picture: string;
    /** Somebody's outline stands where a picture could be. */
    silhouette: boolean;
    cover: string | undefined;
  };
}

function noticesOf(view: CallView, mode: Mode, m: Messages, beside: Beside): string[] {
  const { state } = view;
  const { call } = m;
  const running = state.status !== 'idle' && state.status !== 'failed';
  const connected = state.status === 'connected';
  // A call goes from browser to browser, a text chat needs the service.
  const goesOn = connected && mode !== 'text';
  const notices: string[] = [];
  // Where there is a card, that says it.
  const isCard = state.status === 'parted' || beside.failedConnects >= FAILED_CONNECTS_MAX;
  if (beside.justFailed && !isCard) notices.push(m.sentences([call.partings.failed, call.tryingAnother]));
  if (beside.safetyNews === 'not-blocked') notices.push(m.report.notBlocked);
  if (view.offlineBanner && running) {
    notices.push(m.sentences([call.serviceLost, goesOn ? call.callContinues : call.keepTrying]));
  }
  if (view.weakSide) {
    const weak = call.weak[view.weakSide];
    notices.push(view.pictureHopeless ? m.sentences([weak, call.withoutPicture]) : weak);
  }
  if (connected && view.partnerAway && !view.offlineBanner) {
    const then = goesOn ? call.callContinues : call.mayComeBack;
    notices.push(m.sentences([call.strangersServiceLost, then]));
  }
  // While the browser is asking, what was missing the last time may be there any moment.
  const asking = state.status === 'starting' && !state.mediaReady;
  if (running && !asking && mainReason(view.missing)) {
    notices.push(m.sentences([titleOf(view.missing, m), consequenceOf(view.missing, m)]));
  }
  for (const device of ['camera', 'microphone'] as const) {
    if (view.interrupted[device]) notices.push(call.interrupted[device]);
    const reason = view.fallbacks[device];
    const words = call.fallbacks[device];
    if (reason) notices.push(reason === 'media-missing' ? words.gone : words.other);
  }
  return notices;
}

function thanksFor({ safetyNews }: Beside, { report }: Messages): string | undefined {
  return (
    safetyNews && { reported: report.thanks, blocked: report.blocked, 'not-blocked': undefined }[safetyNews]
  );
}

/** Cover of the partner's picture, most telling first. */
function partnerCover(view: CallView, mode: Mode, scene: Scene, { call }: Messages): string | undefined {
  const { status } = view.state;
  if (scene.cover !== undefined) return scene.cover;
  if (status !== 'connected' && status !== 'reconnecting') return undefined;
  const absence = partnerAbsence(view, mode);
  return absence && { away: call.strangerAway, cameraOff: call.strangersCameraOff }[absence];
}

function partnerAbsence({ partnerMedia }: CallView, mode: Mode): 'away' | 'cameraOff' | undefined {
  if (partnerMedia.away) return 'away';
  return partnerMedia.cam || mode !== 'video' ? undefined : 'cameraOff';
}

function frozenOf(state: CallState, mode: Mode): Controls['frozen'] {
  if (mode !== 'video') return undefined;
  if (state.status === 'connected') return state.weak ? 'late' : undefined;
  return state.status === 'reconnecting' ? 'lost' : undefined;
}

function partnerPicture(view: CallView, mode: Mode, { call }: Messages): string {
  if (mode !== 'video') return call.strangersVoice;
  return view.partnerMedia.cam ? call.strangersPicture.on : call.strangersPicture.off;
}

/** `off`: as the user wants it. A device that is missing is off whatever they want. */
function toggle(words: Messages['call']['camera'], off: boolean, reason: string | undefined): Toggle {
  const on = !off && reason === undefined;
  return { label: words.label, short: words.short, on, state: on ? words.on : words.off, reason };
}

function chatOf({ state, textLog }: CallView, { chat }: Messages): Controls['chat'] {
  const met = 'match' in state;
  // Only while there is somebody: a text of the last match is nobody's business in the next search.
  const undelivered = met && textLog?.lines.some(({ progress }) => progress === 'undelivered');
  return {
    open: met && textLog !== undefined && textLog.endedAt === undefined,
    hint: met ? chat.hint : chat.nobody,
    problem: undelivered ? chat.problem : '',
  };
}

function primaryLabel(
  action: 'start' | 'next',
  cools: boolean,
  { armed, coolsFor }: Beside,
  { call }: Messages,
): string {
  if (cools) return call.seconds(coolsFor);
  return armed ? call.again : call[action];
}

/** What the screen knows beside the call. */
export interface Beside extends Waiting {
  /** Next has been pressed once. */
  armed: boolean;
  /** A match could just not be connected. */
  justFailed: boolean;
  /** Seconds since the call was lost, while it is being won back; else 0. */
  lostFor: number;
  /** What has just become of a report or a block. */
  safetyNews: SafetyNews | undefined;
}

const NOTHING: Beside = {
  armed: false,
  asking: false,
  gaveUp: false,
  coolsFor: 0,
  failedConnects: 0,
  justFailed: false,
  lostFor: 0,
  safetyNews: undefined,
};

/** Everything the chat screen says, shows and allows for one snapshot of a call. `chosen`: the mode to start. */
export function controlsFor(
  view: CallView,
  chosen: Mode,
  m: Messages,
  known: Partial<Beside> = {},
): Controls {
  const beside = { ...NOTHING, ...known };
  const { state } = view;
  const { call } = m;
  const mode = 'wishes' in state ? state.wishes.mode : chosen;
  const scene = sceneOf(view, mode, m, beside);
  const { action, enabled, busy = false } = scene.primary;
  const { camera, microphone } = view.missing;
  const cameraProblem = camera && problemOf('camera', camera, m);
  const ownCover = cameraProblem ?? (view.cameraOff ? call.yourCameraOff : undefined);
  // A card over it says the same.
  const silhouette = !view.localStream || (ownCover !== undefined && scene.lead === 'own' && !!scene.card);
  const together = state.status === 'connected' || state.status === 'reconnecting';
  const absence = together ? partnerAbsence(view, mode) : undefined;
  const { card, search } = scene;
  const cools = state.status === 'searching' && beside.coolsFor > 0;
  const parts = card ? [card.title, card.text] : [search?.title ?? scene.status, search?.detail ?? ''];
  const said = m.sentences(parts.filter((part) => part !== ''));
  const microphoneProblem = microphone && problemOf('microphone', microphone, m);
  return {
    mode,
    title: call.headings[mode],
    status: scene.status,
    elapsed: beside.lostFor > 0 ? call.seconds(beside.lostFor) : undefined,
    announce: scene.urgent ? { polite: '', assertive: said } : { polite: said, assertive: '' },
    primary: {
      action,
      label: primaryLabel(action, cools, beside, m),
      enabled,
      busy,
      reason: cools ? call.slowDown.title : undefined,
      again: beside.armed ? call.againHint : undefined,
    },
    stop: { label: call.stop, enabled: scene.stop },
    microphone: mode === 'text' ? undefined : toggle(call.microphone, view.muted, microphoneProblem),
    camera: mode === 'video' ? toggle(call.camera, view.cameraOff, cameraProblem) : undefined,
    choosing: state.status === 'idle' || state.status === 'failed',
    panel:
      scene.lead === 'partner'
        ? { shows: 'chat', label: m.chat.label }
        : { shows: 'wishes', label: m.wishes.interests },
    chat: chatOf(view, m),
    search,
    lead: scene.lead,
    frozen: frozenOf(state, mode),
    card,
    notices: noticesOf(view, mode, m, beside),
    thanks: thanksFor(beside, m),
    partner: {
      name: call.stranger,
      picture: partnerPicture(view, mode, m),
      cover: partnerCover(view, mode, scene, m),
      sheer: absence === 'away' && view.partnerMedia.cam,
      announced: absence && call.announced[absence],
      microphone: together && mode !== 'text' && !view.partnerMedia.mic ? call.strangerMuted : undefined,
    },
    own: {
      picture: call.yourPicture,
      silhouette,
      cover: silhouette ? undefined : ownCover,
    },
  };
}
