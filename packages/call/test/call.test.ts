import { DEFAULT_WISHES, type MediaState } from '@passerby/protocol';
import { describe, expect, test } from 'vitest';
import { Call, type CallParts } from '../src/call.ts';
import type { CallErrorReason } from '../src/errors.ts';
import { Listeners } from '../src/listeners.ts';
import type { Match, SignalingClient, SignalingEvent } from '../src/types.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { fakeLocalMedia, fakeStream, FakeDevices } from './fake-media.ts';
import { FakeNetwork } from './fake-peer-connection.ts';
import { WISHES } from './person.ts';

const MATCH: Match = {
  matchId: 'match-one',
  role: 'answerer',
  mode: 'video',
  shared: { interests: [], languages: [] },
  iceServers: [],
  relayOnly: false,
};

/** A call whose server is the test itself. */
function setUp(more: Partial<CallParts> = {}): {
  call: Call;
  clock: FakeClock;
  devices: FakeDevices;
  network: FakeNetwork;
  signaling: SignalingClient;
  /** What the call asked of the server, in order. */
  said: string[];
  states: MediaState[];
  hear(...events: SignalingEvent[]): void;
} {
  const clock = new FakeClock();
  const network = new FakeNetwork(clock);
  const devices = new FakeDevices();
  const listeners = new Listeners<SignalingEvent>();
  const said: string[] = [];
  const states: MediaState[] = [];
  const signaling: SignalingClient = {
    connect: (options) => void said.push(options?.takeOver ? 'connect, taking over' : 'connect'),
    find: ({ relayOnly }) => void said.push(relayOnly ? 'find, hidden' : 'find'),
    skip: (matchId, reason) => void said.push(['skip', matchId, reason].filter(Boolean).join(' ')),
    leave: (matchId) => void said.push(`leave ${matchId}`),
    widen: () => void said.push('widen'),
    say: (matchId, seq, text) => void said.push(`say ${matchId} ${seq}: ${text}`),
    unsay: (matchId, seq) => void said.push(`unsay ${matchId} ${seq}`),
    typing: (matchId, on) => void said.push(`typing ${matchId} ${on ? 'on' : 'off'}`),
    hurry: () => void said.push('hurry'),
    report: () => undefined,
    sendDescription: (matchId, { type }) => void said.push(`${type} ${matchId}`),
    sendCandidate: () => undefined,
    sendState: (_, media) => void states.push(media),
    iceServers: () => Promise.resolve([]),
    on: (listener) => listeners.on(listener),
    close: () => void said.push('close'),
  };
  const call = new Call({
    signaling,
    media: fakeLocalMedia(devices),
    createPeerConnection: network.create,
    createStream: fakeStream,
    clock,
    ...more,
  });
  return {
    call,
    clock,
    devices,
    network,
    signaling,
    said,
    states,
    hear: (...events) => events.forEach((event) => listeners.emit(event)),
  };
}

const WELCOME: SignalingEvent = { type: 'welcome', resumed: false, standing: { status: 'idle' } };

async function setUpSearching(): Promise<ReturnType<typeof setUp>> {
  const parts = setUp();
  parts.call.start(WISHES);
  await settle();
  parts.hear({ type: 'online' }, WELCOME, { type: 'waiting', since: 5, anyone: true });
  expect(parts.call.view.state).toEqual({ status: 'searching', wishes: WISHES, since: 5, anyone: true });
  parts.said.length = 0;
  return parts;
}

describe('starting', () => {
  test('[K2] camera and connection are on their way at once, the search when both are there', async () => {
    const { call, devices, said, hear } = setUp();
    call.start(WISHES);
    expect(call.view.state.status).toBe('starting');
    expect(said).toEqual(['connect']);
    await settle();
    expect(devices.asked).toHaveLength(1);
    expect(call.view.localStream?.getTracks()).toHaveLength(2);
    hear(WELCOME);
    expect(call.view.state.status).toBe('searching');
    expect(said).toEqual(['connect', 'find']);
  });

  test('[K2] a preview sends nothing, and its devices serve the call', async () => {
    const { call, devices, said } = setUp();
    await call.preview();
    expect(call.view.state.status).toBe('idle');
    expect(call.view.localStream?.getTracks()).toHaveLength(2);
    expect(said).toEqual([]);
    call.start(WISHES);
    await settle();
    expect(devices.asked).toHaveLength(1);
    expect(call.view.state).toMatchObject({ mediaReady: true });
  });

  test('[K12] voice asks for no camera, text for nothing', async () => {
    const voice = setUp();
    voice.call.start({ ...WISHES, mode: 'voice' });
    await settle();
    expect(voice.devices.given.map(({ kind }) => kind)).toEqual(['audio']);
    const text = setUp();
    text.call.start({ ...WISHES, mode: 'text' });
    await settle();
    expect(text.devices.asked).toEqual([]);
    expect(text.call.view.state).toMatchObject({ mediaReady: true });
  });

  test('[K11] without any device the start fails with the reason and holds nothing', async () => {
    const { call, devices, said } = setUp();
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    call.start(WISHES);
    await settle();
    expect(call.view.state).toEqual({
      status: 'failed',
      reason: 'media-refused',
      missing: { camera: 'media-refused', microphone: 'media-refused' },
    });
    expect(said).toEqual(['connect', 'close']);
    expect(call.view.localStream).toBeUndefined();
  });

  test('[K11] without any device it goes on if told so; with one it goes on anyway', async () => {
    const none = setUp();
    none.devices.failing.audio = none.devices.failing.video = 'NotFoundError';
    none.call.start(WISHES, { withoutMedia: true });
    await settle();
    expect(none.call.view).toMatchObject({
      state: { status: 'starting', mediaReady: true },
      missing: { camera: 'media-missing', microphone: 'media-missing' },
    });

    const deaf = setUp();
    deaf.devices.failing.video = 'NotReadableError';
    deaf.call.start(WISHES);
    await settle();
    expect(deaf.call.view).toMatchObject({
      state: { status: 'starting', mediaReady: true },
      missing: { camera: 'media-busy' },
    });
  });

  test('[K86] M02 granted after the start had failed: the picture is there, and nothing is sent', async () => {
    const { call, devices, said } = setUp();
    Object.assign(devices.permitted, { camera: 'denied', microphone: 'denied' });
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    call.start(WISHES);
    await settle();
    devices.permit('microphone', 'prompt');
    expect(call.view.state).toMatchObject({
      status: 'failed',
      missing: { camera: 'media-refused', microphone: 'media-dismissed' },
    });
    delete devices.failing.video;
    devices.permit('camera', 'granted');
    await settle();
    expect(call.view).toMatchObject({
      state: { status: 'idle' },
      missing: { microphone: 'media-dismissed' },
      inUse: { camera: 'video-1' },
    });
    expect(call.view.localStream).toBeDefined();
    expect(said).toEqual(['connect', 'close']);
    call.stop();
    expect(devices.live).toEqual([]);
  });

  test('[K11] a preview that fails says why; asking again clears it', async () => {
    const { call, devices } = setUp();
    devices.failing.audio = devices.failing.video = 'NotAllowedError';
    await call.preview();
    expect(call.view).toMatchObject({ state: { status: 'idle' }, missing: { camera: 'media-refused' } });
    delete devices.failing.audio;
    delete devices.failing.video;
    await call.preview();
    expect(call.view.missing).toEqual({});
  });

  test('[K4] stopped and started again while the browser asks: the old answer starts nothing', async () => {
    const { call, devices, said, hear } = setUp();
    const answer = devices.holdPrompt();
    call.start(WISHES);
    await settle();
    call.stop();
    devices.holdPrompt();
    call.start(WISHES);
    hear(WELCOME);
    await settle();
    answer();
    await settle();
    expect(call.view.state).toMatchObject({ status: 'starting', mediaReady: false, signalingReady: true });
    expect(devices.live).toEqual([]);
    expect(said).not.toContain('find');
  });

  test('[K10] taking over is asked for at the connection', () => {
    const { call, said } = setUp();
    call.start(WISHES, { takeOver: true });
    expect(said).toEqual(['connect, taking over']);
  });
});

describe('the end of a session', () => {
  test.each([
    [{ type: 'ended', reason: 'elsewhere' }, 'elsewhere'],
    [{ type: 'ended', reason: 'token-expired' }, 'signed-out'],
    [{ type: 'ended', reason: 'moderated' }, 'session-ended'],
    [{ type: 'refused', reason: 'signed-out' }, 'signed-out'],
    [{ type: 'refused', reason: 'too-many-connections' }, 'too-many-connections'],
  ] as [SignalingEvent, CallErrorReason][])(
    '[K10] %o fails as %s and holds nothing',
    async (event, reason) => {
      const { call, devices, network, said, hear } = await setUpSearching();
      hear({ type: 'matched', match: MATCH }, event);
      expect(call.view.state).toEqual({ status: 'failed', reason });
      expect(call.view.online).toBe(false);
      expect(said).toEqual(['close']);
      expect(devices.live).toEqual([]);
      expect(network.connections.map(({ closed }) => closed)).toEqual([true]);
    },
  );

  test('[K108] without a call it is told at once', async () => {
    const { call, hear } = await setUpSearching();
    hear({ type: 'offline' }, { type: 'refused', reason: 'page-outdated' });
    expect(call.view.state).toEqual({ status: 'failed', reason: 'page-outdated' });
    // Nothing of it is left for the next start, and a chat by the server is over with it.
    call.start({ ...WISHES, mode: 'text' });
    await settle();
    hear({ type: 'online' }, WELCOME, { type: 'matched', match: { ...MATCH, mode: 'text' } });
    expect(call.view.state.status).toBe('connected');
    hear({ type: 'offline' }, { type: 'refused', reason: 'page-outdated' });
    expect(call.view.state).toEqual({ status: 'failed', reason: 'page-outdated' });
  });

  test('[K10] after a failure one can start again', async () => {
    const { call, said, hear } = await setUpSearching();
    hear({ type: 'ended', reason: 'elsewhere' });
    call.start(WISHES, { takeOver: true });
    await settle();
    hear(WELCOME);
    expect(call.view.state.status).toBe('searching');
    expect(said).toEqual(['close', 'connect, taking over', 'find']);
  });

  test('[K10] a browser without WebRTC is told so at its first match', async () => {
    const { call, hear, devices } = setUp({
      createPeerConnection: () => {
        throw new TypeError('RTCPeerConnection is not a constructor');
      },
    });
    call.start(WISHES);
    await settle();
    hear(WELCOME, { type: 'matched', match: MATCH });
    expect(call.view.state).toEqual({ status: 'failed', reason: 'webrtc-unsupported' });
    expect(devices.live).toEqual([]);
  });

  test('[K4] stop ends the session and every device in the same task', async () => {
    const { call, devices, said, hear, network } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    call.stop();
    expect(call.view).toMatchObject({ state: { status: 'idle' }, online: false, localStream: undefined });
    expect(said).toEqual(['close']);
    expect(devices.live).toEqual([]);
    expect(network.connections[0]?.closed).toBe(true);
  });

  test('[K4] stop also ends a mere preview', async () => {
    const { call, devices } = setUp();
    await call.preview();
    call.stop();
    expect(devices.live).toEqual([]);
    expect(call.view.localStream).toBeUndefined();
  });

  test('[K4] close stops in the same task, and afterwards nothing happens any more', async () => {
    const { call, clock, devices, said, hear } = await setUpSearching();
    let changes = 0;
    call.on(() => (changes += 1));
    call.close();
    expect(devices.live).toEqual([]);
    expect(said).toEqual(['close']);
    expect(changes).toBe(1);
    call.start(WISHES);
    hear(WELCOME, { type: 'matched', match: MATCH });
    await call.preview();
    await call.setCameraOff(false);
    call.setMuted(true);
    call.close();
    await clock.pass(60_000);
    expect(said).toEqual(['close']);
    expect(changes).toBe(1);
    expect(devices.live).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('in a match', () => {
  test('[K3] R08 what belongs to another match is not heard', async () => {
    const { call, said, hear } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    const before = call.view;
    const matchId = 'match-old';
    hear(
      { type: 'offer', matchId, description: { type: 'offer', sdp: 'v=0' } },
      { type: 'candidate', matchId, candidate: { candidate: '' } },
      { type: 'partner-state', matchId, media: { mic: false, cam: false, away: true } },
      { type: 'partner-away', matchId },
      { type: 'partner-left', matchId, reason: 'left' },
    );
    await settle();
    expect(call.view).toBe(before);
    expect(said).toEqual([]);
  });

  test('[K3] a bad offer ends the match as failed, and the search goes on', async () => {
    const { call, said, network, hear } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    const connection = network.connections[0];
    if (connection) connection.setRemoteDescription = () => Promise.reject(new Error('bad'));
    hear({ type: 'offer', matchId: 'match-one', description: { type: 'offer', sdp: 'v=0' } });
    await settle();
    expect(call.view.state.status).toBe('searching');
    expect(said).toEqual(['skip match-one failed']);
    expect(connection?.closed).toBe(true);
  });

  test('[K5] 4 s without media is slow, 10 s is over: skipped as failed, once', async () => {
    const { call, clock, said, hear } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    await clock.pass(3_999);
    expect(call.view.state).toMatchObject({ status: 'connecting', slow: false });
    await clock.pass(1);
    expect(call.view.state).toMatchObject({ status: 'connecting', slow: true });
    await clock.pass(5_999);
    expect(said).toEqual([]);
    await clock.pass(60_000);
    expect(call.view.state.status).toBe('searching');
    expect(said).toEqual(['skip match-one failed']);
  });

  test('[K5] each match has its own 10 s', async () => {
    const { call, clock, said, hear } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    await clock.pass(9_000);
    hear({ type: 'matched', match: { ...MATCH, matchId: 'match-two' } });
    await clock.pass(9_000);
    expect(call.view.state).toMatchObject({ status: 'connecting', match: { matchId: 'match-two' } });
    await clock.pass(1_000);
    expect(said).toEqual(['skip match-two failed']);
  });

  test('[K6] the partner leaves: a card for 3 s, then the search; pausing holds it', async () => {
    const { call, clock, said, hear } = await setUpSearching();
    hear(
      { type: 'matched', match: MATCH },
      { type: 'partner-left', matchId: 'match-one', reason: 'skipped' },
    );
    expect(call.view.state).toMatchObject({ status: 'parted', reason: 'skipped', paused: false });
    await clock.pass(2_000);
    call.pause();
    await clock.pass(60_000);
    expect(call.view.state).toMatchObject({ status: 'parted', paused: true });
    call.resume();
    await clock.pass(2_999);
    expect(said).toEqual([]);
    await clock.pass(1);
    expect(said).toEqual(['find']);
    expect(call.view.state.status).toBe('searching');
  });

  test('[K6] a pair that could not connect searches again without a card', async () => {
    const { call, said, hear } = await setUpSearching();
    hear({ type: 'matched', match: MATCH }, { type: 'partner-left', matchId: 'match-one', reason: 'failed' });
    expect(call.view.state.status).toBe('searching');
    expect(said).toEqual(['find']);
  });

  test('[K29] what the partner does not know yet goes by the server while the channel is closed', async () => {
    const { call, states, hear } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    expect(states).toEqual([]); // all is on, as it is taken to be
    call.setMuted(true);
    call.setMuted(true);
    await call.setCameraOff(true);
    expect(states).toEqual([
      { mic: false, cam: true, away: false },
      { mic: false, cam: false, away: false },
    ]);
    hear({ type: 'matched', match: { ...MATCH, matchId: 'match-two' } });
    expect(states).toHaveLength(3);
  });

  test('[K29] the partner’s state is shown, and forgotten with the match', async () => {
    const { call, hear } = await setUpSearching();
    const media = { mic: false, cam: true, away: true };
    hear({ type: 'matched', match: MATCH }, { type: 'partner-state', matchId: 'match-one', media });
    hear({ type: 'partner-away', matchId: 'match-one' });
    expect(call.view).toMatchObject({ partnerMedia: media, partnerAway: true });
    call.next();
    expect(call.view).toMatchObject({
      partnerMedia: { mic: true, cam: true, away: false },
      partnerAway: false,
    });
  });
});

describe('changed wishes', () => {
  const HIDDEN = { ...DEFAULT_WISHES, relayOnly: true };
  const MATCH_TWO = { ...MATCH, matchId: 'match-two', relayOnly: true };

  test('[K63] Next leaves and finds with the new ones, and from then on skips', async () => {
    const { call, said, hear, network } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    call.setWishes(HIDDEN);
    expect(said).toEqual([]);
    expect(call.view.state.status).toBe('connecting');
    expect(network.connections[0]?.configurations[0]?.iceTransportPolicy).toBe('all');
    call.next();
    expect(said).toEqual(['leave match-one', 'find, hidden']);
    hear({ type: 'matched', match: MATCH_TWO });
    call.next();
    expect(said.slice(2)).toEqual(['skip match-two']);
  });

  test('[K63] a pair that could not connect is not skipped with the old ones', async () => {
    const { call, said, hear, clock } = await setUpSearching();
    hear({ type: 'matched', match: MATCH });
    call.setWishes(HIDDEN);
    await clock.pass(10_000);
    expect(said).toEqual(['leave match-one', 'find, hidden']);
  });

  test('[K63] the search after a card uses the new ones', async () => {
    const { call, said, hear, clock } = await setUpSearching();
    hear({ type: 'matched', match: MATCH }, { type: 'partner-left', matchId: 'match-one', reason: 'left' });
    call.setWishes(HIDDEN);
    await clock.pass(3_000);
    expect(said).toEqual(['find, hidden']);
  });

  test('[K63] wishes that were changed back, or not at all, change nothing', async () => {
    const { call, said, hear } = await setUpSearching();
    const { state } = call.view;
    call.setWishes({ ...DEFAULT_WISHES, relayOnly: false });
    expect(call.view.state).toBe(state);
    hear({ type: 'matched', match: MATCH });
    call.setWishes(HIDDEN);
    call.setWishes({ ...DEFAULT_WISHES, relayOnly: false });
    call.next();
    expect(said).toEqual(['skip match-one']);
  });

  test('[K63] while the browser asks for the camera, the start goes on with the new ones', async () => {
    const { call, said, hear } = setUp();
    call.start(WISHES);
    call.setWishes(HIDDEN);
    await settle();
    hear(WELCOME);
    expect(said).toEqual(['connect', 'find, hidden']);
  });

  test('[K64] while searching they are asked for at once, and hide us in a match that crossed them', async () => {
    const { call, said, hear, network } = await setUpSearching();
    call.setWishes(HIDDEN);
    expect(said).toEqual(['find, hidden']);
    hear({ type: 'matched', match: MATCH });
    expect(network.connections[0]?.configurations[0]?.iceTransportPolicy).toBe('relay');
    // The find has ended that match at the server, which says so by putting us back in the pool.
    hear({ type: 'waiting', since: 9, anyone: true });
    expect(call.view.state).toMatchObject({ status: 'searching', since: 9 });
    expect(network.connections[0]?.closed).toBe(true);
  });

  test('[K64] a server that made such a match is told again, should it not have heard', async () => {
    const { call, said, hear } = await setUpSearching();
    call.setWishes(HIDDEN);
    hear({ type: 'matched', match: MATCH });
    call.next();
    expect(said).toEqual(['find, hidden', 'leave match-one', 'find, hidden']);
  });
});

describe('the line', () => {
  test('[K15] lost for 3 s it is shown; back, it is not', async () => {
    const { call, clock, hear } = await setUpSearching();
    expect(call.view).toMatchObject({ online: true, offlineBanner: false });
    hear({ type: 'offline' });
    expect(call.view).toMatchObject({ online: false, offlineBanner: false });
    await clock.pass(3_000);
    expect(call.view.offlineBanner).toBe(true);
    hear({ type: 'online' });
    expect(call.view).toMatchObject({ online: true, offlineBanner: false });
    hear({ type: 'offline' }, { type: 'online' });
    await clock.pass(10_000);
    expect(call.view.offlineBanner).toBe(false);
  });

  test('[K15] a server that cannot be reached is shown 3 s after the start; not after a stop', async () => {
    const { call, clock } = setUp();
    call.start(WISHES);
    await clock.pass(3_000);
    expect(call.view.offlineBanner).toBe(true);
    call.stop();
    await clock.pass(10_000);
    expect(call.view.offlineBanner).toBe(false);
  });
});

describe('another network', () => {
  test('[K9] a restart whose servers were asked for on a line that went is asked for again on the next, once', async () => {
    let changeNetwork = (): void => {};
    const parts = setUp({
      networkChanges: (listener) => {
        changeNetwork = listener;
        return () => undefined;
      },
    });
    const { call, network, signaling, hear } = parts;
    call.start(WISHES);
    await settle();
    hear({ type: 'online' }, WELCOME, { type: 'matched', match: MATCH });
    await settle();
    const restarts = (): number => (network.connections[0]?.configurations.length ?? 0) - 1;
    const answers: ((servers: RTCIceServer[]) => void)[] = [];
    signaling.iceServers = () => new Promise((resolve) => answers.push(resolve));
    changeNetwork();
    hear({ type: 'offline' }, { type: 'online' }, { ...WELCOME, resumed: true });
    expect(answers).toHaveLength(2);
    for (const answer of answers) answer([]);
    await settle();
    expect(restarts()).toBe(1);
    hear({ type: 'offline' }, { type: 'online' }, { ...WELCOME, resumed: true });
    expect(answers).toHaveLength(2);
  });
});

describe('the view', () => {
  test('[K16] is a new object after a change, and the same one without', async () => {
    const { call, hear } = await setUpSearching();
    const before = call.view;
    call.pause();
    hear({ type: 'online' });
    expect(call.view).toBe(before);
    call.setMuted(true);
    expect(call.view).not.toBe(before);
    expect(call.view.muted).toBe(true);
  });

  test('[K16] a listener may act, and a later one sees no older view', async () => {
    const { call, hear } = await setUpSearching();
    const seen: string[] = [];
    call.on(({ state }) => {
      if (state.status === 'connecting') call.next();
    });
    call.on(({ state }) => seen.push(state.status));
    hear({ type: 'matched', match: MATCH });
    expect(call.view.state.status).toBe('searching');
    expect(seen.at(-1)).toBe('searching');
  });

  test('[K16] who unsubscribed hears nothing more', () => {
    const { call } = setUp();
    let changes = 0;
    const off = call.on(() => (changes += 1));
    call.setMuted(true);
    off();
    call.setMuted(false);
    expect(changes).toBe(1);
  });
});

test('[U95] a search that came too soon says until when it waits, and no longer once it is in the pool', async () => {
  const { call, clock, hear } = await setUpSearching();
  hear({ type: 'slowed', retryInMs: 4_000 });
  expect(call.view.state).toMatchObject({ status: 'searching', slowedUntil: clock.now() + 4_000 });
  hear({ type: 'waiting', since: 9, anyone: true });
  expect(call.view.state).not.toHaveProperty('slowedUntil');
});
