import type { CallErrorReason, CallState, CallView, TextLog, Match, MissingDevices } from '@passerby/call';
import { DEFAULT_WISHES, type Mode, type PartnerLeftReason } from '@passerby/protocol';
import { describe, expect, test } from 'vitest';
import { controlsFor } from '../src/lib/controls.ts';
import { english as messages, pseudo } from './whole-language.ts';
import { unbracketed } from './unbracketed.ts';
import { IDLE_VIEW } from './fake-call.ts';

const wishes = DEFAULT_WISHES;
const match: Match = {
  matchId: 'match-0001',
  role: 'offerer',
  mode: 'video',
  shared: { interests: [], languages: [] },
  iceServers: [],
  relayOnly: false,
};
const stream = {} as MediaStream;
const MODES: readonly Mode[] = ['video', 'voice', 'text'];

const STATES: readonly CallState[] = [
  { status: 'idle' },
  { status: 'starting', wishes, mediaReady: false, signalingReady: false },
  { status: 'starting', wishes, mediaReady: true, signalingReady: false },
  { status: 'searching', wishes },
  { status: 'searching', wishes, since: 0, anyone: true, paused: true },
  { status: 'connecting', wishes, match, slow: false },
  { status: 'connecting', wishes, match, slow: true },
  { status: 'connected', wishes, match, weak: false },
  { status: 'connected', wishes, match, weak: true },
  { status: 'reconnecting', wishes, match, offline: false, partnerAway: false },
  { status: 'reconnecting', wishes, match, offline: false, partnerAway: true },
  { status: 'reconnecting', wishes, match, offline: true, partnerAway: false },
  { status: 'parted', wishes, reason: 'left', paused: false },
  { status: 'parted', wishes, reason: 'left', paused: true },
  { status: 'failed', reason: 'media-refused' },
];

// A record, so that a reason that is added to the engine fails the type check here.
const REASONS = Object.keys({
  'media-refused': 0,
  'media-dismissed': 0,
  'media-system': 0,
  'media-missing': 0,
  'media-busy': 0,
  'media-insecure': 0,
  'media-unknown': 0,
  'signed-out': 0,
  elsewhere: 0,
  'too-many-connections': 0,
  'server-unreachable': 0,
  'webrtc-unsupported': 0,
  'session-ended': 0,
  'page-outdated': 0,
} satisfies Record<CallErrorReason, 0>) as CallErrorReason[];

function view(change: Partial<CallView>): CallView {
  return { ...IDLE_VIEW, ...change };
}

function inState(state: CallState, change: Partial<CallView> = {}) {
  return controlsFor(view({ state, ...change }), 'video', messages);
}

/** The same state in a session of that mode. */
function inMode(mode: Mode, state: CallState, change: Partial<CallView> = {}) {
  const own = { ...wishes, mode };
  return controlsFor(
    view({
      state: {
        ...state,
        ...('wishes' in state && { wishes: own }),
        ...('match' in state && { match: { ...match, mode } }),
      },
      ...change,
    }),
    mode,
    messages,
  );
}

function failed(reason: CallErrorReason) {
  return inState({ status: 'failed', reason });
}

const connected: CallState = { status: 'connected', wishes, match, weak: false };

describe('the buttons', () => {
  test.each([
    ['idle', 'Start', true],
    ['starting', 'Start', false],
    ['searching', 'Next', false],
    ['connecting', 'Next', true],
    ['connected', 'Next', true],
    ['reconnecting', 'Next', true],
    ['parted', 'Next', true],
    ['failed', 'Start', true],
  ] as const)('[U1] in %s the primary button is %s, enabled: %s', (status, label, enabled) => {
    const states = STATES.filter((state) => state.status === status);
    expect(states).not.toHaveLength(0);
    for (const state of states) expect(inState(state).primary).toMatchObject({ label, enabled });
  });

  test('[U1] the primary button says that it is busy while the call starts', () => {
    for (const state of STATES) expect(inState(state).primary.busy).toBe(state.status === 'starting');
  });

  test('[U1] Start is not offered where it cannot help', () => {
    const helpless = REASONS.filter((reason) => !failed(reason).primary.enabled);
    expect(helpless).toEqual([
      'media-insecure',
      'signed-out',
      'elsewhere',
      'webrtc-unsupported',
      'page-outdated',
    ]);
  });

  test('[U2] Stop is there in every state and can be pressed while anything runs', () => {
    for (const state of STATES) {
      const running = state.status !== 'idle' && state.status !== 'failed';
      expect(inState(state).stop).toEqual({ label: 'Stop', enabled: running });
    }
  });

  test('[U2] Stop switches off a camera that is on for a preview', () => {
    expect(inState({ status: 'idle' }, { localStream: stream }).stop.enabled).toBe(true);
  });

  test('[U3] microphone and camera keep their names and tell their state', () => {
    const on = controlsFor(view({}), 'video', messages);
    const off = controlsFor(view({ muted: true, cameraOff: true }), 'video', messages);
    expect(on.microphone).toEqual({ label: 'Microphone', short: 'Mic', on: true, state: 'Microphone on' });
    expect(off.microphone).toEqual({ label: 'Microphone', short: 'Mic', on: false, state: 'Microphone off' });
    expect(on.camera).toEqual({ label: 'Camera', short: 'Camera', on: true, state: 'Camera on' });
    expect(off.camera).toEqual({ label: 'Camera', short: 'Camera', on: false, state: 'Camera off' });
  });

  test('[U24] a device that is missing is off, and its toggle says why; the other one is as it was', () => {
    const { microphone, camera } = inState(connected, { missing: { microphone: 'media-missing' } });
    expect(microphone).toEqual({
      label: 'Microphone',
      short: 'Mic',
      on: false,
      state: 'Microphone off',
      reason: 'No microphone found',
    });
    expect(camera).toEqual({ label: 'Camera', short: 'Camera', on: true, state: 'Camera on' });
    expect(inState(connected, { missing: { camera: 'media-busy' } }).camera).toMatchObject({
      on: false,
      reason: 'Your camera is in use',
    });
  });
});

test('[U95] a search that came too soon counts down where Next is, with Stop pressable, and says it once', () => {
  const state: CallState = { status: 'searching', wishes, slowedUntil: 4_000 };
  const at = (coolsFor: number) => controlsFor(view({ state }), 'video', messages, { coolsFor });
  expect(at(4).primary).toMatchObject({ label: '4 s', enabled: false, reason: 'Slow down a little' });
  expect(at(4).stop.enabled).toBe(true);
  expect(at(4).search?.title).toBe('Slow down a little');
  expect(at(4).announce).toEqual(at(1).announce);
  expect(at(4).announce.polite).toContain('goes on by itself');
  expect(at(0).primary).toMatchObject({ label: 'Next', reason: undefined });
  expect(at(0).search?.title).toBe('Looking for someone');
  // Of a search alone.
  expect(controlsFor(view({ state: connected }), 'video', messages, { coolsFor: 4 }).primary.label).toBe(
    'Next',
  );
});

describe('failures', () => {
  test('[U4] every reason has a title and a sentence of its own', () => {
    const cards = REASONS.map((reason) => failed(reason).card);
    expect(new Set(cards.map((card) => card?.title)).size).toBe(REASONS.length);
    expect(new Set(cards.map((card) => card?.text)).size).toBe(REASONS.length);
  });

  test('[U4] every reason has a way on', () => {
    expect(REASONS.filter((reason) => failed(reason).card?.ways.length === 0)).toEqual([]);
  });

  test('[U4] where no call is possible the way on is text', () => {
    for (const reason of ['media-insecure', 'webrtc-unsupported'] as const) {
      expect(failed(reason).card?.ways.map(({ way }) => way)).toEqual(['start-text']);
    }
  });

  test.each([
    'media-refused',
    'media-dismissed',
    'media-system',
    'media-missing',
    'media-busy',
    'media-unknown',
  ] as const)('[U5] M01 %s offers another try, going on without, and text', (reason) => {
    const ways = failed(reason).card?.ways.map(({ way }) => way);
    expect(ways).toEqual(['start', 'start-without', 'start-text']);
  });

  test('[U56] where another device is in use than the one meant, that is said, in a call and before', () => {
    const gone = { fallbacks: { microphone: 'media-missing' } } as const;
    const busy = { fallbacks: { camera: 'media-busy' } } as const;
    for (const state of [connected, { status: 'idle' } as const]) {
      expect(inState(state, gone).notices).toEqual(['Your microphone is gone. Another one is in use.']);
      expect(inState(state, busy).notices).toEqual(['That camera cannot be used just now. Another one is.']);
    }
  });

  test('[U5] after a preview that failed, another try is another preview, and Start still works', () => {
    const missing = { camera: 'media-busy' } as const;
    const { card, primary } = controlsFor(view({ missing }), 'video', messages);
    expect(card?.title).toBe('Your camera is in use');
    expect(card?.ways.map(({ way }) => way)).toEqual(['preview', 'start-without', 'start-text']);
    expect(primary).toMatchObject({ action: 'start', enabled: true });
    // The microphone works: there is no need to do without it.
    const heard = controlsFor(view({ missing, localStream: stream }), 'video', messages);
    expect(heard.card?.ways.map(({ way }) => way)).toEqual(['preview', 'start-without', 'start-voice']);
  });

  test('[U5] in a voice chat a failure speaks of the microphone alone', () => {
    for (const reason of REASONS) {
      const { card } = inMode('voice', { status: 'failed', reason });
      expect(`${card?.title} ${card?.text}`).not.toMatch(/camera/i);
    }
    const { card } = inMode('voice', { status: 'idle' }, { missing: { microphone: 'media-missing' } });
    expect(card?.title).toBe('No microphone found');
  });

  test.each([
    [{ camera: 'media-missing' }, 'No camera found. You go on with sound only.'],
    [{ camera: 'media-refused' }, 'Your camera is blocked. You go on with sound only.'],
    [{ camera: 'media-busy' }, 'Your camera is in use. You go on with sound only.'],
    [{ camera: 'media-unknown' }, 'Your camera did not start. You go on with sound only.'],
    [{ microphone: 'media-missing' }, 'No microphone found. Strangers cannot hear you.'],
    [{ microphone: 'media-refused' }, 'Your microphone is blocked. Strangers cannot hear you.'],
    [
      { camera: 'media-missing', microphone: 'media-missing' },
      'No camera or microphone found. Strangers can neither see nor hear you.',
    ],
    [
      { camera: 'media-missing', microphone: 'media-refused' },
      'No camera found. Your microphone is blocked. Strangers can neither see nor hear you.',
    ],
    [
      { camera: 'media-insecure', microphone: 'media-insecure' },
      'This page may not use cameras. Strangers can neither see nor hear you.',
    ],
  ] as [MissingDevices, string][])(
    '[U5] with %o missing the call goes on and says: %s',
    (missing, notice) => {
      expect(inState(connected, { missing }).notices).toEqual([notice]);
    },
  );

  test('[U5] a start that failed names each device with its reason, and what helps', () => {
    const missing = { camera: 'media-missing', microphone: 'media-refused' } as const;
    const { card } = inState({ status: 'failed', reason: 'media-refused', missing });
    expect(card?.title).toBe('No camera found. Your microphone is blocked');
    expect(card?.text).toBe(failed('media-refused').card?.text);
  });

  test('[U5] while the browser asks again, what was missing before is not told', () => {
    const starting = { status: 'starting', wishes, signalingReady: false } as const;
    const missing = { camera: 'media-refused' } as const;
    expect(inState({ ...starting, mediaReady: false }, { missing }).notices).toEqual([]);
    expect(inState({ ...starting, mediaReady: true }, { missing }).notices).toHaveLength(1);
  });

  test('[U24] where one’s own picture would be it says why there is none', () => {
    const missing = { camera: 'media-busy' } as const;
    expect(inState(connected, { localStream: stream, missing }).own.cover).toBe('Your camera is in use');
    expect(inState(connected, { localStream: stream, cameraOff: true }).own.cover).toBe('Your camera is off');
    expect(inState(connected, { localStream: stream }).own).toMatchObject({
      cover: undefined,
      silhouette: false,
    });
    expect(inState(connected).own).toMatchObject({ cover: undefined, silhouette: true });
    // After a preview the card says it, and an outline stands behind it.
    const preview = controlsFor(view({ localStream: stream, missing }), 'video', messages);
    expect(preview.own).toMatchObject({ cover: undefined, silhouette: true });
  });

  test('[U6] a page that is too old can be loaded anew', () => {
    expect(failed('page-outdated').card?.ways.map(({ way, label }) => [way, label])).toEqual([
      ['update', 'Update'],
    ]);
  });

  test('[U6] an account that is open elsewhere can be used here', () => {
    expect(failed('elsewhere').card?.ways.map(({ way, label }) => [way, label])).toEqual([
      ['use-here', 'Use here'],
    ]);
  });
});

describe('what is said', () => {
  test('[U7] as long as nobody is found the screen says that nobody can see the user', () => {
    const idle = controlsFor(view({}), 'video', messages);
    expect(idle.card?.title).toBe('Nobody can see you yet');
    const preview = controlsFor(view({ localStream: stream }), 'video', messages);
    expect(preview.card).toBeUndefined();
    expect(preview.status).toContain('Nobody can see you yet');
    expect(inState({ status: 'searching', wishes }).status).toBe('Nobody can see you yet');
  });

  test('[U7] in a voice chat nobody can hear the user, and a text chat says nothing of the kind', () => {
    expect(inMode('voice', { status: 'idle' }).card?.title).toBe('Nobody can hear you yet');
    expect(inMode('voice', { status: 'idle' }, { localStream: stream }).status).toContain('can hear you yet');
    expect(inMode('voice', { status: 'searching', wishes }).status).toBe('Nobody can hear you yet');
    expect(inMode('text', { status: 'idle' }).card).toBeUndefined();
    expect(inMode('text', { status: 'idle' }).status).toBe('Press Start when you are ready');
    expect(inMode('text', { status: 'searching', wishes }).status).toBe('Looking for someone');
  });

  test('[U7] while the browser asks for the camera a card points to its window, and goes when it is there', () => {
    const starting = { status: 'starting', wishes, signalingReady: false } as const;
    expect(inState({ ...starting, mediaReady: false }).card?.title).toBe('Allow camera and microphone');
    expect(inState({ ...starting, mediaReady: true }).card).toBeUndefined();
    expect(inMode('voice', { ...starting, mediaReady: false }).card?.title).toBe('Allow the microphone');
    expect(inMode('text', { ...starting, mediaReady: false })).toMatchObject({
      card: undefined,
      status: 'Connecting to the service',
    });
  });

  test('[U7] the own picture leads until somebody is found, then the partner leads', () => {
    const leads = Object.fromEntries(STATES.map((state) => [state.status, inState(state).lead]));
    expect(leads).toEqual({
      idle: 'own',
      starting: 'own',
      searching: 'own',
      connecting: 'partner',
      connected: 'partner',
      reconnecting: 'partner',
      parted: 'partner',
      failed: 'own',
    });
  });

  test('[U8] A05 every state is announced in one live region, and the urgent ones interrupt', () => {
    for (const mode of MODES) {
      for (const state of STATES) {
        const { polite, assertive } = inMode(mode, state).announce;
        const urgent = ['connected', 'parted', 'failed'].includes(state.status);
        expect(urgent ? polite : assertive).toBe('');
        expect(urgent ? assertive : polite).not.toBe('');
      }
    }
  });

  test('[U125] for how long the call has been lost stands beside that, and is not announced', () => {
    const lost = { status: 'reconnecting', wishes, match, offline: false, partnerAway: false } as const;
    const view = { ...IDLE_VIEW, state: lost };
    const said = { status: 'Reconnecting', announce: { polite: 'Reconnecting', assertive: '' } };
    expect(controlsFor(view, 'video', messages, { lostFor: 0 })).toMatchObject({
      ...said,
      elapsed: undefined,
    });
    expect(controlsFor(view, 'video', messages, { lostFor: 7 })).toMatchObject({ ...said, elapsed: '7 s' });
  });

  test('[U8] a card is announced with its text', () => {
    expect(failed('elsewhere').announce.assertive).toBe(
      'Open in another tab or device. You can be in one place at a time.',
    );
  });

  test.each([
    ['skipped', 'The stranger moved on'],
    ['left', 'The stranger left'],
    ['ended', 'The stranger left'],
    ['lost', 'The connection to the stranger was lost'],
    ['moderated', 'This conversation was ended by a moderator'],
    ['failed', 'We could not connect you two'],
  ] as const satisfies (readonly [PartnerLeftReason, string])[])(
    '[U9] after %s the card says "%s"',
    (reason, title) => {
      expect(inState({ status: 'parted', wishes, reason, paused: false }).card?.title).toBe(title);
    },
  );

  test('[U9] A08 the countdown to the next search can be paused and resumed', () => {
    const running = inState({ status: 'parted', wishes, reason: 'left', paused: false }).card;
    const paused = inState({ status: 'parted', wishes, reason: 'left', paused: true }).card;
    expect([running?.countdown, running?.ways[0]?.way]).toEqual(['running', 'pause']);
    expect([paused?.countdown, paused?.ways[0]?.way]).toEqual(['paused', 'resume']);
  });

  test('[U10] A05 a lost line to the service is told, and that a running call continues', () => {
    const offline = { offlineBanner: true };
    expect(inState(connected, offline).notices).toEqual([
      'Connection to the service lost. Your call continues.',
    ]);
    const reconnecting = {
      status: 'reconnecting',
      wishes,
      match,
      offline: true,
      partnerAway: false,
    } as const;
    for (const state of [{ status: 'searching', wishes } as const, reconnecting]) {
      expect(inState(state, offline).notices).toEqual(['Connection to the service lost. We keep trying.']);
    }
    expect(inState({ status: 'idle' }, offline).notices).toEqual([]);
  });

  test('[U10] a text chat needs the service, and is not said to go on without it', () => {
    expect(inMode('text', connected, { offlineBanner: true }).notices).toEqual([
      'Connection to the service lost. We keep trying.',
    ]);
    expect(inMode('text', connected, { partnerAway: true }).notices[0]).toContain('They may come back.');
  });

  test('[U10] a weak connection and a partner without a line to the service are told', () => {
    expect(inState({ ...connected, weak: true }, { weakSide: 'unknown' }).notices).toEqual([
      'Weak connection',
    ]);
    expect(inState(connected, { partnerAway: true }).notices).toHaveLength(1);
    expect(inState(connected).notices).toEqual([]);
  });

  test.each([
    ['own', 'Weak connection: yours'],
    ['partner', 'Weak connection: theirs'],
    ['unknown', 'Weak connection'],
  ] as const)('[U120] whose side of a weak connection it is: %s', (weakSide, notice) => {
    expect(inState(connected, { weakSide }).notices).toEqual([notice]);
  });

  test('[U121] where no picture passes it is said that the sound may be better without it', () => {
    expect(inState(connected, { weakSide: 'own', pictureHopeless: true }).notices).toEqual([
      'Weak connection: yours. You may sound better without your camera.',
    ]);
  });

  test('[U124] a frame that stands still is veiled while nothing comes, and more while the way is lost', () => {
    const late = { ...connected, weak: true };
    const lost = { status: 'reconnecting', wishes, match, offline: false, partnerAway: false } as const;
    // Weak, but moving.
    expect(inState(connected, { weakSide: 'own' }).frozen).toBeUndefined();
    expect(inState(late).frozen).toBe('late');
    expect(inState(lost).frozen).toBe('lost');
    const voice = { ...wishes, mode: 'voice' } as const;
    expect(inState({ ...late, wishes: voice }).frozen).toBeUndefined();
    expect(inState({ ...lost, wishes: voice }).frozen).toBeUndefined();
  });

  test('[U11] what the partner has switched off is told, and only while they are there', () => {
    const partnerMedia = { mic: false, cam: false, away: false };
    expect(inState(connected, { partnerMedia }).partner).toEqual({
      name: 'Stranger',
      picture: "Stranger's picture, camera off",
      cover: 'Camera off',
      sheer: false,
      announced: 'The stranger’s camera is off',
      microphone: 'Stranger is muted',
    });
    const untold = { cover: undefined, announced: undefined, microphone: undefined };
    expect(inState(connected).partner).toMatchObject(untold);
    expect(inState({ status: 'searching', wishes }, { partnerMedia }).partner).toMatchObject(untold);
  });

  test('[U127] a device that brings nothing is told', () => {
    const interrupted = { camera: true, microphone: true } as const;
    expect(inState(connected, { interrupted }).notices).toEqual([
      expect.stringContaining('Your camera is interrupted'),
      expect.stringContaining('Your microphone is interrupted'),
    ]);
    // It is looked at before a call, too.
    expect(inState({ status: 'idle' }, { interrupted }).notices).toHaveLength(2);
  });

  test('[U11] a partner who stepped away is covered, whatever their camera shows', () => {
    const partnerMedia = { mic: true, cam: true, away: true };
    expect(inState(connected, { partnerMedia }).partner).toMatchObject({
      cover: 'Stepped away',
      sheer: true,
      announced: 'The stranger stepped away',
    });
    const unseen = { ...partnerMedia, cam: false };
    expect(inState(connected, { partnerMedia: unseen }).partner).toMatchObject({
      cover: 'Stepped away',
      sheer: false,
    });
  });
});

describe('modes', () => {
  test('[U25] each mode has the controls of what it uses, and no others', () => {
    for (const state of STATES) {
      const of = (mode: Mode) => {
        const { microphone, camera } = inMode(mode, state);
        return [microphone !== undefined, camera !== undefined];
      };
      expect(MODES.map(of)).toEqual([
        [true, true],
        [true, false],
        [false, false],
      ]);
    }
  });

  test('[U25] no mode speaks of what it does not use', () => {
    // Whatever was asked for in another mode before is settled by choosing this one.
    for (const state of STATES.filter(({ status }) => status !== 'failed')) {
      const words = (mode: Mode) => JSON.stringify(inMode(mode, state));
      expect(words('voice')).not.toMatch(/picture,|see you|camera on|camera off|your camera is/i);
      const { own: _own, partner: _partner, ...said } = inMode('text', state);
      expect(JSON.stringify(said)).not.toMatch(/camera|microphone|\bsee\b|\bhear\b|\bcall\b/i);
    }
  });

  test('[U25] the mode can be chosen before the start; a session keeps its own', () => {
    const choosing = STATES.filter((state) => inState(state).choosing).map(({ status }) => status);
    expect(new Set(choosing)).toEqual(new Set(['idle', 'failed']));
    const session = view({ state: { status: 'searching', wishes: { ...wishes, mode: 'text' } } });
    expect(controlsFor(session, 'video', messages)).toMatchObject({ mode: 'text', title: 'Text chat' });
    expect(controlsFor(view({}), 'voice', messages)).toMatchObject({ mode: 'voice', title: 'Voice chat' });
  });

  test('[U25] a camera that is off is not told in a voice chat', () => {
    const partnerMedia = { mic: true, cam: false, away: false };
    expect(inMode('voice', connected, { partnerMedia }).partner).toMatchObject({
      picture: "Stranger's voice",
      cover: undefined,
    });
  });
});

describe('the search', () => {
  const named = { ...wishes, interests: ['chess', 'tea', 'cats', 'dogs', 'jam'], languages: ['de'] };
  const plain = (text: string | undefined) => text?.replaceAll(/[\u2068\u2069]/g, '');

  test('[U35] it says for whom it looks, and offers anyone as long as it insists', () => {
    const { search, announce } = inState({ status: 'searching', wishes: named, since: 0, anyone: false });
    expect(search).toMatchObject({ title: 'Looking for someone', widen: true });
    expect(plain(search?.detail)).toBe('who likes chess, tea, cats or 2 more, or who speaks German');
    expect(plain(announce.polite)).toBe(`Looking for someone. ${plain(search?.detail)}`);
  });

  test('[U35] it says when anyone is welcome', () => {
    const { search } = inState({ status: 'searching', wishes: named, since: 0, anyone: true });
    expect(search).toMatchObject({ title: 'Looking for anyone now', widen: false });
  });

  test('[U35] who asked for nobody in particular is offered nothing, nor is anybody before the server answers', () => {
    const offered = [
      { status: 'searching', wishes, since: 0, anyone: true },
      { status: 'searching', wishes, since: 0, anyone: false },
      { status: 'searching', wishes: named },
    ] as const satisfies CallState[];
    for (const state of offered) {
      expect(inState(state).search).toEqual({ title: 'Looking for someone', detail: '', widen: false });
    }
    for (const state of STATES) {
      expect(inState(state).search !== undefined).toBe(state.status === 'searching');
    }
  });

  test('[U38] that the server matches nobody just now is said in every mode, politely and with the same words', () => {
    for (const mode of MODES) {
      const paused = (since: number) =>
        inMode(mode, { status: 'searching', wishes: named, since, anyone: false, paused: true });
      const { status, search, announce } = paused(0);
      expect(search).toEqual({
        title: 'Matching is paused for a moment',
        detail: 'We keep trying.',
        widen: false,
      });
      expect(status).toContain('Matching is paused for a moment');
      expect(announce).toEqual({
        polite: 'Matching is paused for a moment. We keep trying.',
        assertive: '',
      });
      // A live region speaks when its text changes.
      expect(paused(9).announce).toEqual(announce);
    }
  });

  test('[U8] what both share is told with the connection', () => {
    const shared = { interests: ['chess', 'tea'], languages: ['pt'] };
    const { announce } = inState({ ...connected, match: { ...match, shared } });
    expect(plain(announce.assertive)).toBe(
      'You are connected. You both like chess and tea. You both speak Portuguese.',
    );
  });
});

describe('the chat', () => {
  const textLog: TextLog = {
    matchId: match.matchId,
    mode: 'video',
    shared: match.shared,
    wishes,
    startedAt: 0,
    lines: [],
    partnerTyping: false,
  };

  test('[U26] texts can be written from the match on, as long as the conversation is open', () => {
    for (const state of STATES) {
      const met = ['connecting', 'connected', 'reconnecting'].includes(state.status);
      expect(inState(state, { textLog }).chat.open).toBe(met);
      expect(inState(state, { textLog: { ...textLog, endedAt: 1 } }).chat.open).toBe(false);
      expect(inState(state).chat.open).toBe(false);
    }
  });

  test('[U26] the panel shows the chat where there is a partner or was one a moment ago', () => {
    for (const state of STATES) {
      const { panel, lead } = inState(state);
      expect(panel.shows).toBe(lead === 'partner' ? 'chat' : 'wishes');
    }
  });

  test('[U26] a text that was not delivered is announced while it can still arrive', () => {
    const lines = [{ key: 'me 1', from: 'me', text: 'hi', at: 0, progress: 'undelivered' }] as const;
    const problem = (state: CallState) => inState(state, { textLog: { ...textLog, lines } }).chat.problem;
    expect(problem(connected)).toBe('A message was not delivered');
    expect(problem({ status: 'searching', wishes })).toBe('');
    expect(inState(connected, { textLog }).chat.problem).toBe('');
  });
});

test('[U80] Next that was pressed once says so on the button and in a live region, and stays Next', () => {
  const armed = controlsFor(view({ state: connected }), 'video', messages, {
    armed: true,
    asking: false,
    gaveUp: false,
  });
  expect(armed.primary).toMatchObject({ action: 'next', enabled: true, label: messages.call.again });
  expect(armed.primary.again).toBe(messages.call.againHint);
  expect(inState(connected).primary).toMatchObject({ label: messages.call.next, again: undefined });
});

test('[U81] the question whether somebody is there lies over the search, and what it ended says how to go on', () => {
  const searching: CallState = { status: 'searching', wishes };
  const asked = controlsFor(view({ state: searching }), 'video', messages, {
    armed: false,
    asking: true,
    gaveUp: false,
  });
  expect(asked.card?.ways.map(({ way }) => way)).toEqual(['stay']);
  expect(asked.card).toMatchObject({ countdown: 'running', countsMs: 30_000 });
  expect(asked.announce.assertive).toContain(messages.call.stillThere.title);
  const paused = controlsFor(view({}), 'video', messages, { armed: false, asking: false, gaveUp: true });
  expect(paused.card?.title).toBe(messages.call.searchPaused.title);
  expect(paused.card?.ways.map(({ way }) => way)).toEqual(['start']);
  expect(paused.primary).toMatchObject({ action: 'start', enabled: true });
});

test('[U44] in every state and mode all that the screen says comes from the messages', () => {
  const texts = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  for (const state of [...STATES, ...REASONS.map((reason) => ({ status: 'failed', reason }) as const)]) {
    for (const mode of MODES) {
      const { card, ...controls } = controlsFor(
        view({ state, offlineBanner: true, muted: true, missing: { camera: 'media-busy' } }),
        mode,
        pseudo,
      );
      const { partner, own, announce, notices, microphone, camera, title, status, search } = controls;
      const words = { partner, own, announce, notices, microphone, camera, title, status, search };
      const more = [controls.primary.label, controls.stop.label, controls.panel.label, controls.chat.hint];
      const ways = card?.ways.map(({ label }) => label) ?? [];
      for (const text of texts([words, more, card?.title, card?.text, ways])) {
        expect(unbracketed(text), JSON.stringify([state, mode])).toBe('');
      }
    }
  }
});
