import type { CallErrorReason, CallState, CallView, Match, TextLine, TextLog } from '@passerby/call';
import { DEFAULT_WISHES, type Mode, type Wishes } from '@passerby/protocol';
import { appeared, click, press, type Act } from './acts.ts';
import type { Ban } from '../src/lib/safety/safety-client.ts';
import { FakeSafety } from './fake-safety.ts';

/** What a fixture says of a snapshot; pictures are made where it is shown. */
export interface Fixture {
  mode: Mode;
  view: Partial<Omit<CallView, 'localStream' | 'remoteStream'>>;
  /** Whose picture there is. */
  pictures: 'none' | 'own' | 'both';
  /** A newer version of the page is there. */
  outdated?: true;
  /** What it showed before, for what the screen has to remember. */
  before?: readonly Fixture['view'][];
  /** Who takes reports; absent: nobody does. */
  safety?: FakeSafety;
  /** What is done once it is shown. */
  act?: Act;
}

/** 21 November 2026, 20:15 UTC. */
const EVENING = Date.UTC(2026, 10, 21, 20, 15);

function wishes(mode: Mode, named: Partial<Wishes> = {}): Wishes {
  return { ...DEFAULT_WISHES, mode, requeue: false, ...named };
}

const SHARED = { interests: ['chess', 'old films'], languages: ['en'] };

function match(mode: Mode): Match {
  return { matchId: 'm1', role: 'offerer', mode, shared: SHARED, iceServers: [], relayOnly: false };
}

const LINES: readonly TextLine[] = [
  { key: 'partner 1', from: 'partner', text: 'Hi! Which opening do you like?', at: EVENING },
  { key: 'me 1', from: 'me', text: 'The Vienna, mostly.', at: EVENING + 9_000, progress: 'delivered' },
  {
    key: 'partner 2',
    from: 'partner',
    text: 'Nobody plays that any more, and I have never understood why. مرحبا!',
    at: EVENING + 31_000,
  },
  { key: 'me 2', from: 'me', text: 'That is why 🙂', at: EVENING + 40_000, progress: 'sent', direct: true },
  { key: 'me 3', from: 'me', text: 'Still there?', at: EVENING + 90_000, progress: 'undelivered' },
];

function log(mode: Mode, change: Partial<TextLog> = {}): TextLog {
  return {
    matchId: 'm1',
    mode,
    shared: SHARED,
    wishes: wishes(mode, { interests: ['chess', 'old films'], languages: ['en'] }),
    startedAt: EVENING,
    lines: LINES,
    partnerTyping: true,
    ...change,
  };
}

function running(mode: Mode, state: CallState, view: Fixture['view'] = {}): Fixture {
  const pictures = mode !== 'video' ? 'none' : 'match' in state ? 'both' : 'own';
  return { mode, pictures, view: { state, online: true, ...view } };
}

function connecting(slow: boolean): Fixture {
  return running(
    'video',
    { status: 'connecting', wishes: wishes('video'), match: match('video'), slow },
    { textLog: log('video', { lines: [], partnerTyping: false }) },
  );
}

function connected(mode: Mode, view: Fixture['view'] = {}): Fixture {
  return running(
    mode,
    { status: 'connected', wishes: wishes(mode), match: match(mode), weak: false },
    { textLog: log(mode, { lines: [], partnerTyping: false }), ...view },
  );
}

/** Nothing has come in for 2 s. */
function still(weakSide: CallView['weakSide']): Fixture {
  const { view, ...rest } = connected('video', { weakSide });
  return { ...rest, view: { ...view, state: { ...view.state, weak: true } as CallState } };
}

function reconnecting(partnerAway: boolean): Fixture {
  return running(
    'video',
    {
      status: 'reconnecting',
      wishes: wishes('video'),
      match: match('video'),
      offline: false,
      partnerAway,
    },
    { textLog: log('video', { partnerTyping: false }) },
  );
}

function parted(
  mode: Mode,
  reason: 'left' | 'lost' | 'failed',
  paused = false,
  endedAt = EVENING + 120_000,
): Fixture {
  return running(
    mode,
    { status: 'parted', wishes: wishes(mode), reason, paused },
    { textLog: log(mode, { ending: reason, endedAt, partnerTyping: false }) },
  );
}

/** Just now, so that it is not too late for a report. */
function justParted(mode: Mode): Fixture {
  return { ...parted(mode, 'left', true, Date.now()), safety: new FakeSafety() };
}

/** Later than anybody looks at this page, and the same for everybody: a ban that has ended is not shown. */
const FAR = Date.UTC(2099, 10, 28, 20, 15);

function banned(change: Partial<Ban>, act?: Act): Fixture {
  const ban: Ban = {
    caseId: 'PX-2026-0417',
    reason: 'harassment',
    from: EVENING,
    textAllowed: false,
    appeal: 'possible',
    ...change,
  };
  return {
    mode: 'video',
    pictures: 'none',
    view: {},
    safety: new FakeSafety('arrives', { ban }),
    act: act ?? shownBan,
  };
}

async function shownBan(): Promise<void> {
  await appeared('main dl');
}

async function report(): Promise<void> {
  await press({ key: 'R', shiftKey: true });
  await appeared('dialog[open] form');
}

async function sendReport(): Promise<void> {
  await report();
  await click('dialog [value="danger"]');
  await click('dialog [type="submit"]');
}

const FAILURES: readonly CallErrorReason[] = [
  'media-refused',
  'media-missing',
  'media-busy',
  'media-insecure',
  'media-unknown',
  'signed-out',
  'elsewhere',
  'too-many-connections',
  'server-unreachable',
  'webrtc-unsupported',
  'session-ended',
  'page-outdated',
];

function failed(reason: CallErrorReason): Fixture {
  const devices = reason.startsWith('media-') && { missing: { camera: reason, microphone: reason } };
  return { mode: 'video', pictures: 'none', view: { state: { status: 'failed', reason, ...devices } } };
}

const choosy = wishes('video', { interests: ['chess', 'old films', 'cats', 'Go'], languages: ['en', 'de'] });
const searching = { status: 'searching', wishes: wishes('video'), since: EVENING, anyone: true } as const;

/** Every state that the screen of a call knows, by the name it has in the address. */
export const STATES: Readonly<Record<string, Fixture>> = {
  idle: { mode: 'video', pictures: 'none', view: {} },
  'idle-voice': { mode: 'voice', pictures: 'none', view: {} },
  'idle-text': { mode: 'text', pictures: 'none', view: {} },
  preview: { mode: 'video', pictures: 'own', view: {} },
  'preview-without-camera': {
    mode: 'video',
    pictures: 'none',
    view: { missing: { camera: 'media-refused' } },
  },
  asking: running('video', {
    status: 'starting',
    wishes: wishes('video'),
    mediaReady: false,
    signalingReady: false,
  }),
  'asking-voice': running('voice', {
    status: 'starting',
    wishes: wishes('voice'),
    mediaReady: false,
    signalingReady: true,
  }),
  starting: running('video', {
    status: 'starting',
    wishes: wishes('video'),
    mediaReady: true,
    signalingReady: false,
  }),
  searching: running('video', searching),
  'searching-shared': running('video', { ...searching, wishes: choosy, anyone: false }),
  'searching-widened': running('video', { ...searching, wishes: choosy, anyone: true }),
  'searching-paused': running('video', { ...searching, paused: true }),
  'searching-cooldown': running('video', {
    ...searching,
    // Four seconds, for good.
    get slowedUntil() {
      return Date.now() + 4_000;
    },
  }),
  'searching-cannot-connect': {
    ...running('video', searching, { textLog: log('video', { matchId: 'm3', ending: 'failed', lines: [] }) }),
    before: ['m1', 'm2'].map((matchId) => ({
      state: searching,
      textLog: log('video', { matchId, ending: 'failed', lines: [] }),
    })),
  },
  'searching-after-failure': {
    ...running('video', searching, { textLog: log('video', { ending: 'failed', lines: [] }) }),
  },
  'searching-offline': running('video', searching, { online: false, offlineBanner: true }),
  'searching-voice': running('voice', { ...searching, wishes: wishes('voice') }),
  'searching-text': running('text', {
    ...searching,
    wishes: wishes('text', { interests: ['chess'] }),
    anyone: false,
  }),
  connecting: connecting(false),
  'connecting-slow': connecting(true),
  connected: connected('video'),
  'connected-chat': connected('video', { textLog: log('video') }),
  'connected-muted': connected('video', { muted: true, cameraOff: true }),
  'connected-without-devices': connected('video', {
    missing: { camera: 'media-busy', microphone: 'media-missing' },
  }),
  'connected-partner-off': connected('video', { partnerMedia: { mic: false, cam: false, away: false } }),
  'connected-partner-stepped-away': connected('video', {
    partnerMedia: { mic: true, cam: true, away: true },
  }),
  'connected-partner-interrupted': connected('video', { partnerAway: true }),
  'connected-weak': connected('video', { weakSide: 'own' }),
  'connected-still': still('partner'),
  'connected-weak-hopeless': connected('video', { weakSide: 'own', pictureHopeless: true }),
  'connected-weak-partner': connected('video', { weakSide: 'partner' }),
  'connected-service-lost': connected('video', { online: false, offlineBanner: true }),
  'connected-outdated': { ...connected('video'), outdated: true },
  'connected-voice': connected('voice'),
  'connected-text': connected('text', { textLog: log('text') }),
  reconnecting: reconnecting(false),
  'reconnecting-partner': reconnecting(true),
  'parted-left': parted('video', 'left'),
  'parted-lost': parted('video', 'lost'),
  'parted-failed': parted('video', 'failed', true),
  'parted-text': parted('text', 'left', true),
  'parted-reportable': justParted('video'),
  'parted-text-reportable': justParted('text'),
  'connected-tools': {
    ...connected('video'),
    safety: new FakeSafety(),
    act: () => click('[popovertarget="stage-tools"]'),
  },
  'connected-menu': {
    ...connected('text', { textLog: log('text') }),
    safety: new FakeSafety(),
    act: () => click('[popovertarget="session-menu"]'),
  },
  report: { ...connected('video'), safety: new FakeSafety(), act: report },
  'report-sending': { ...connected('voice'), safety: new FakeSafety('waits'), act: sendReport },
  'report-failed': {
    ...connected('text', { textLog: log('text') }),
    safety: new FakeSafety('fails'),
    act: async () => {
      await sendReport();
      await appeared('.problem:not(:empty)');
    },
  },
  'block-failed': {
    ...connected('video'),
    safety: new FakeSafety('fails'),
    act: async () => {
      await click('[popovertarget="stage-tools"]');
      await click('#stage-tools button:last-of-type');
      await appeared('.notices');
    },
  },
  reported: {
    ...running('video', searching, {
      textLog: log('video', { ending: 'me', endedAt: Date.now(), partnerTyping: false }),
    }),
    safety: new FakeSafety(),
    act: async () => {
      await sendReport();
      await appeared('.notices');
    },
  },
  warned: {
    ...connected('video'),
    safety: new FakeSafety('arrives', { warning: { id: 'w1', reason: 'sexual', at: EVENING } }),
    act: async () => void (await appeared('dialog[open] .button:not([aria-disabled=true])')),
  },
  banned: banned({ until: FAR, textAllowed: true }),
  'banned-appealing': banned({ until: FAR }, async () => {
    await click('main .primary');
    await appeared('main form');
  }),
  'banned-appealed': banned({ until: FAR, appeal: 'made' }),
  'banned-for-good': banned({ reason: 'minor', appeal: 'rejected' }),
  ...Object.fromEntries(FAILURES.map((reason) => [reason, failed(reason)])),
  'connected-interrupted': connected('video', { interrupted: { camera: true } }),
};
