import type { MediaState, Role } from '@passerby/protocol';
import { describe, expect, test } from 'vitest';
import { Peer, type Kind, type PeerEvent, type PeerParts } from '../src/peer.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { FakeStream, fakeStream, fakeTrack, FakeTrack } from './fake-media.ts';
import { FakeNetwork, readSdp, writeSdp, type FakePeerConnection } from './fake-peer-connection.ts';

const ON: MediaState = { mic: true, cam: true, away: false };

interface Side {
  peer: Peer;
  connection: FakePeerConnection;
  stream: MediaStream;
  tracks: { audio: MediaStreamTrack; video: MediaStreamTrack };
  /** Everything the peer said, in order. */
  events: PeerEvent[];
  /** What it said to the other side and nobody has carried there yet. */
  out: PeerEvent[];
}

function makeSide(network: FakeNetwork, role: Role, more: Partial<PeerParts> = {}): Side {
  const tracks = { audio: fakeTrack('audio'), video: fakeTrack('video') };
  const stream = fakeStream();
  const events: PeerEvent[] = [];
  const out: PeerEvent[] = [];
  const peer = new Peer({
    createPeerConnection: network.create,
    createStream: fakeStream,
    clock: network.clock,
    role,
    iceServers: [],
    relayOnly: false,
    kinds: ['audio', 'video'],
    localStream: stream,
    tracks,
    quality: 'desktop',
    media: ON,
    emit(event) {
      events.push(event);
      if (event.type === 'description' || event.type === 'candidate') out.push(event);
    },
    ...more,
  });
  const connection = network.connections.at(-1);
  if (!connection) throw new Error('no connection');
  return { peer, connection, stream, tracks, events, out };
}

/** Carries one signal over. False: there was none. */
function carry(from: Side, to: Side): boolean {
  const event = from.out.shift();
  if (event?.type === 'description') to.peer.receiveDescription(event.description);
  if (event?.type === 'candidate') to.peer.receiveCandidate(event.candidate);
  return event !== undefined;
}

async function carryAll(one: Side, other: Side): Promise<void> {
  await settle();
  while (carry(one, other) || carry(other, one)) await settle();
}

function setUp(): { clock: FakeClock; network: FakeNetwork; offerer: Side; answerer: Side } {
  const clock = new FakeClock();
  const network = new FakeNetwork(clock);
  return { clock, network, offerer: makeSide(network, 'offerer'), answerer: makeSide(network, 'answerer') };
}

async function setUpConnected(): Promise<ReturnType<typeof setUp>> {
  const parts = setUp();
  await carryAll(parts.offerer, parts.answerer);
  expect(parts.offerer.connection.connectionState).toBe('connected');
  await parts.clock.pass(1_000);
  parts.offerer.events.length = parts.answerer.events.length = 0;
  return parts;
}

function offersIn(events: readonly PeerEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'description' && event.description.type === 'offer' ? [event.description.sdp ?? ''] : [],
  );
}

function facts(side: Side): string[] {
  return side.events.flatMap((event) => (event.type === 'media' ? [event.fact] : []));
}

function sent(connection: FakePeerConnection): (string | undefined)[] {
  return connection.getTransceivers().map(({ sender }) => sender.track?.id);
}

describe('negotiation', () => {
  test('[K20] the offerer alone adds the transceivers: two, both ways, with its stream', async () => {
    const { offerer, answerer } = setUp();
    await settle();
    expect(answerer.connection.getTransceivers()).toEqual([]);
    await carryAll(offerer, answerer);
    for (const { connection, stream, tracks } of [offerer, answerer]) {
      const transceivers = connection.getTransceivers();
      expect(transceivers.map(({ kind, direction }) => [kind, direction])).toEqual([
        ['audio', 'sendrecv'],
        ['video', 'sendrecv'],
      ]);
      expect(sent(connection)).toEqual([tracks.audio.id, tracks.video.id]);
      for (const { sender } of transceivers) expect(sender.streams).toEqual([stream]);
    }
  });

  test('[K20] without any device the same two are offered, with an empty stream', async () => {
    const network = new FakeNetwork(new FakeClock());
    const offerer = makeSide(network, 'offerer', { tracks: { audio: null, video: null } });
    await settle();
    expect(offerer.connection.getTransceivers().map(({ kind, direction }) => [kind, direction])).toEqual([
      ['audio', 'sendrecv'],
      ['video', 'sendrecv'],
    ]);
    expect(offerer.connection.getTransceivers()[0]?.sender.streams).toEqual([offerer.stream]);
  });

  test('[K21] each side gets one remote stream with the tracks of the other', async () => {
    const { offerer, answerer } = setUp();
    await carryAll(offerer, answerer);
    for (const { peer, events } of [offerer, answerer]) {
      expect(peer.remoteStream.getTracks().map(({ kind }) => kind)).toEqual(['audio', 'video']);
      expect(events.some(({ type }) => type === 'remote-stream')).toBe(true);
    }
    expect(offerer.peer.remoteStream).not.toBe(answerer.peer.remoteStream);
  });

  test('[K21] an offer of more than one of a kind gets one; the rest is switched off', async () => {
    const { answerer } = setUp();
    const media = ['0', '1', '2'].map((mid) => ({ mid, kind: 'video', direction: 'sendrecv' }) as const);
    const sdp = writeSdp({ connection: 9, ufrag: '9.1', media, channel: false });
    answerer.peer.receiveDescription({ type: 'offer', sdp });
    await settle();
    expect(answerer.connection.getTransceivers().map(({ direction }) => direction)).toEqual([
      'sendrecv',
      'inactive',
      'inactive',
    ]);
    expect(answerer.peer.remoteStream.getTracks()).toHaveLength(1);
  });

  test('[K21] a voice match has no picture, whatever the other side offers', async () => {
    const network = new FakeNetwork(new FakeClock());
    const kinds: readonly Kind[] = ['audio'];
    const caller = makeSide(network, 'offerer', { kinds });
    const answerer = makeSide(network, 'answerer', { kinds });
    await settle();
    expect(caller.connection.getTransceivers().map(({ kind }) => kind)).toEqual(['audio']);
    const media = (['audio', 'video'] as const).map(
      (kind) => ({ mid: kind, kind, direction: 'sendrecv' }) as const,
    );
    const sdp = writeSdp({ connection: 9, ufrag: '9.1', media, channel: false });
    answerer.peer.receiveDescription({ type: 'offer', sdp });
    await settle();
    expect(answerer.connection.getTransceivers().map(({ direction }) => direction)).toEqual([
      'sendrecv',
      'inactive',
    ]);
    expect(sent(answerer.connection)).toEqual([answerer.tracks.audio.id, undefined]);
  });

  test('[K22] R08 candidates that come before the offer or the answer are applied after it', async () => {
    const { offerer, answerer } = setUp();
    await settle();
    const [offer, ...candidates] = offerer.out.splice(0);
    for (const event of candidates)
      if (event.type === 'candidate') answerer.peer.receiveCandidate(event.candidate);
    await settle();
    expect(answerer.connection.candidates).toEqual([]);
    if (offer?.type === 'description') answerer.peer.receiveDescription(offer.description);
    await settle();
    expect(answerer.connection.candidates).toHaveLength(2);

    const [answer, ...back] = answerer.out.splice(0);
    for (const event of back) if (event.type === 'candidate') offerer.peer.receiveCandidate(event.candidate);
    await settle();
    expect(offerer.connection.candidates).toEqual([]);
    if (answer?.type === 'description') offerer.peer.receiveDescription(answer.description);
    await settle();
    expect(offerer.connection.candidates).toHaveLength(2);
    expect(offerer.connection.connectionState).toBe('connected');
  });

  test('[K22] what was held for one match is not given to the next', async () => {
    const { network, offerer, answerer } = setUp();
    // Without a user name fragment nothing but the holding keeps it from the next connection.
    answerer.peer.receiveCandidate({ candidate: 'candidate:1 1 udp 1 10.0.0.1 1 typ host' });
    await settle();
    answerer.peer.close();
    offerer.peer.close();
    const [caller, called] = [makeSide(network, 'offerer'), makeSide(network, 'answerer')];
    await settle();
    caller.out.splice(1);
    await carryAll(caller, called);
    expect(called.connection.candidates).toEqual([]);
  });

  test('[K22] no more than 256 candidates are held', async () => {
    const { offerer, answerer } = setUp();
    await settle();
    const line = { candidate: 'candidate:1 1 udp 1 10.0.0.1 1 typ host', usernameFragment: '1.1' };
    for (let count = 0; count < 300; count += 1) answerer.peer.receiveCandidate(line);
    offerer.out.splice(1);
    await carryAll(offerer, answerer);
    for (let turn = 0; turn < 100; turn += 1) await settle();
    expect(answerer.connection.candidates).toHaveLength(256);
  });

  test('[K22] a candidate that the browser refuses costs no more than itself', async () => {
    const { offerer, answerer } = setUp();
    await carryAll(offerer, answerer);
    answerer.peer.receiveCandidate({
      candidate: 'candidate:1 1 udp 1 10.0.0.1 1 typ host',
      usernameFragment: 'none',
    });
    await settle();
    expect(answerer.events.some(({ type }) => type === 'negotiation-failed')).toBe(false);
    expect(answerer.connection.connectionState).toBe('connected');
  });

  test('[K24] no candidate leaves before its description, and the last says that it is the last', async () => {
    const { offerer } = setUp();
    await settle();
    expect(offerer.out.map(({ type }) => type)).toEqual([
      'description',
      'candidate',
      'candidate',
      'candidate',
    ]);
    expect(offerer.out.at(-1)).toEqual({ type: 'candidate', candidate: { candidate: '', sdpMLineIndex: 0 } });
  });

  test('[K26] a description that cannot be applied is reported', async () => {
    const { offerer, answerer } = setUp();
    await settle();
    answerer.connection.setRemoteDescription = () => Promise.reject(new Error('bad'));
    await carryAll(offerer, answerer);
    expect(answerer.events).toEqual([{ type: 'negotiation-failed' }]);
  });

  test('[K26] an answer to no offer does nothing', async () => {
    const { offerer, answerer } = await setUpConnected();
    answerer.peer.receiveDescription({ type: 'answer', sdp: offerer.connection.localDescription?.sdp ?? '' });
    await settle();
    expect(answerer.events).toEqual([]);
    expect(answerer.connection.signalingState).toBe('stable');
  });

  test('[K32] a relay-only match uses nothing but relays; all is bundled', () => {
    const network = new FakeNetwork(new FakeClock());
    const iceServers = [{ urls: 'turn:turn.example' }];
    const hidden = makeSide(network, 'offerer', { relayOnly: true, iceServers });
    const open = makeSide(network, 'offerer');
    expect(hidden.connection.configurations).toEqual([
      { iceServers, iceTransportPolicy: 'relay', bundlePolicy: 'max-bundle' },
    ]);
    expect(open.connection.configurations[0]).toMatchObject({ iceTransportPolicy: 'all' });
  });
});

describe('ICE restart', () => {
  test.each(['offerer', 'answerer'] as const)(
    '[K25] the %s may restart, and both connect anew',
    async (role) => {
      const { network, clock, offerer, answerer } = await setUpConnected();
      network.cut = true;
      await clock.pass(20_000);
      network.cut = false;
      expect(offerer.connection.connectionState).toBe('failed');
      const one = role === 'offerer' ? offerer : answerer;
      one.peer.restart();
      await carryAll(offerer, answerer);
      expect(offerer.connection.connectionState).toBe('connected');
      expect(answerer.connection.connectionState).toBe('connected');
      expect(offerer.connection.getTransceivers()).toHaveLength(2);
      expect(answerer.connection.getTransceivers()).toHaveLength(2);
      expect(one.peer.remoteStream.getTracks()).toHaveLength(2);
    },
  );

  test('[K25] both at once: the first offerer gives way, nothing fails, both connect', async () => {
    const { network, clock, offerer, answerer } = await setUpConnected();
    network.cut = true;
    await clock.pass(20_000);
    network.cut = false;
    offerer.events.length = answerer.events.length = 0;
    offerer.peer.restart();
    answerer.peer.restart();
    await settle();
    expect(offersIn(offerer.events)).toHaveLength(1);
    expect(offersIn(answerer.events)).toHaveLength(1);
    const ours = offersIn(answerer.events)[0];
    await carryAll(offerer, answerer);
    // Never the side that adopted its transceivers: Chromium would paint no picture there any more.
    expect(answerer.connection.localDescription).toEqual({ type: 'offer', sdp: ours });
    expect(offerer.connection.localDescription?.type).toBe('answer');
    for (const { connection, events } of [offerer, answerer]) {
      expect(connection.connectionState).toBe('connected');
      expect(connection.signalingState).toBe('stable');
      expect(events.some(({ type }) => type === 'negotiation-failed')).toBe(false);
    }
  });

  test('[K25] before the first answer the offerer does not give way', async () => {
    const { offerer } = setUp();
    await settle();
    const mine = offerer.connection.localDescription;
    const media = [{ mid: '0', kind: 'video', direction: 'sendrecv' } as const];
    offerer.peer.receiveDescription({
      type: 'offer',
      sdp: writeSdp({ connection: 9, ufrag: '9.1', media, channel: false }),
    });
    await settle();
    expect(offerer.connection.localDescription).toEqual(mine);
    expect(offerer.connection.signalingState).toBe('have-local-offer');
  });

  test('[K23] candidates of an offer that was ignored are dropped, those of the answer taken', async () => {
    const { offerer, answerer } = await setUpConnected();
    offerer.peer.restart();
    answerer.peer.restart();
    await settle();
    const before = answerer.connection.candidates.length;
    while (carry(offerer, answerer)) await settle(); // the losing offer and its candidates
    // One that does not name its generation would otherwise be taken for the answer's.
    answerer.peer.receiveCandidate({ candidate: 'candidate:7 1 udp 1 10.0.0.1 1 typ host', sdpMid: '0' });
    await settle();
    expect(answerer.connection.candidates).toHaveLength(before);
    await carryAll(offerer, answerer);
    const answered = readSdp(answerer.connection.remoteDescription?.sdp ?? '').ufrag;
    const taken = answerer.connection.candidates
      .slice(before)
      .map(({ usernameFragment }) => usernameFragment);
    expect(taken).toEqual([answered, answered]);
  });

  test('[K23] what was held for the answer is void when the own offer is given up', async () => {
    const { offerer, answerer } = await setUpConnected();
    offerer.peer.restart();
    answerer.peer.restart();
    await settle();
    const before = offerer.connection.candidates.length;
    // Fits the offer that is to win, so that only the clearing keeps it out.
    const usernameFragment = readSdp(answerer.connection.localDescription?.sdp ?? '').ufrag;
    offerer.peer.receiveCandidate({ candidate: 'candidate:7 1 udp 1 10.0.0.1 1 typ host', usernameFragment });
    await settle();
    await carryAll(offerer, answerer);
    const lines = offerer.connection.candidates.slice(before).map(({ candidate }) => candidate);
    expect(lines).toHaveLength(2);
    expect(lines.some((line) => line?.startsWith('candidate:7'))).toBe(false);
  });

  test('[K22] in a restart too, candidates that overtake the answer are applied after it', async () => {
    const { offerer, answerer } = await setUpConnected();
    offerer.peer.restart();
    await settle();
    while (carry(offerer, answerer)) await settle();
    const before = offerer.connection.candidates.length;
    const [answer, ...overtaking] = answerer.out.splice(0);
    for (const event of overtaking)
      if (event.type === 'candidate') offerer.peer.receiveCandidate(event.candidate);
    await settle();
    expect(offerer.connection.candidates).toHaveLength(before);
    if (answer?.type === 'description') offerer.peer.receiveDescription(answer.description);
    await settle();
    expect(offerer.connection.candidates).toHaveLength(before + 2);
  });

  test('[K27] one offer is out at a time: a restart asked for meanwhile follows the answer', async () => {
    const { offerer, answerer } = await setUpConnected();
    offerer.peer.restart();
    offerer.peer.restart();
    offerer.peer.restart();
    await settle();
    expect(offersIn(offerer.events)).toHaveLength(1);
    await carryAll(offerer, answerer);
    expect(offersIn(offerer.events)).toHaveLength(2);
    expect(offerer.connection.connectionState).toBe('connected');
  });

  test('[K27] before the first offer there is nothing to restart', async () => {
    const { answerer } = setUp();
    answerer.peer.restart();
    await settle();
    expect(answerer.out).toEqual([]);
  });

  test('[K32] a restart uses the servers it is given and keeps the policy', async () => {
    const { offerer } = await setUpConnected();
    offerer.peer.restart([{ urls: 'turn:fresh.example' }]);
    await settle();
    expect(offerer.connection.configurations.at(-1)).toEqual({
      iceServers: [{ urls: 'turn:fresh.example' }],
      iceTransportPolicy: 'all',
      bundlePolicy: 'max-bundle',
    });
  });
});

describe('tracks', () => {
  test('[K30] a track changes without any negotiation', async () => {
    const { offerer, answerer } = await setUpConnected();
    const camera = fakeTrack('video');
    offerer.peer.setTrack('video', camera);
    offerer.peer.setTrack('audio', null);
    answerer.peer.setTrack('video', null);
    await settle();
    expect(sent(offerer.connection)).toEqual([undefined, camera.id]);
    expect(sent(answerer.connection)).toEqual([answerer.tracks.audio.id, undefined]);
    expect([...offerer.out, ...answerer.out]).toEqual([]);
  });

  test('[K30] a track set before the offer came is sent once it did', async () => {
    const { offerer, answerer } = setUp();
    const camera = fakeTrack('video');
    answerer.peer.setTrack('video', camera);
    await carryAll(offerer, answerer);
    expect(sent(answerer.connection)).toEqual([answerer.tracks.audio.id, camera.id]);
  });
});

describe('sending', () => {
  const encodingOf = (side: Side, index: number): RTCRtpEncodingParameters | undefined =>
    side.connection.getTransceivers()[index]?.sender.getParameters().encodings[0];

  test('[K34] on both sides sound and picture have their most, and way for both of size and motion', async () => {
    const { clock, offerer, answerer } = await setUpConnected();
    await clock.pass(3_000);
    for (const side of [offerer, answerer]) {
      expect(encodingOf(side, 0)).toEqual({ active: true, maxBitrate: 32_000 });
      expect(encodingOf(side, 1)).toEqual({ active: true, maxBitrate: 1_500_000, scaleResolutionDownBy: 1 });
      expect(side.connection.getTransceivers()[1]?.sender.getParameters().degradationPreference).toBe(
        'balanced',
      );
      expect(side.tracks.video.contentHint).toBe('motion');
      expect(side.tracks.audio.contentHint).toBe('');
    }
  });

  test('[K34] a phone sends 540 lines, however it is held, and fewer bits', async () => {
    const clock = new FakeClock();
    const network = new FakeNetwork(clock);
    const [offerer, answerer] = [
      makeSide(network, 'offerer', { quality: 'phone' }),
      makeSide(network, 'answerer'),
    ];
    (offerer.tracks.video as unknown as FakeTrack).settings = { width: 720, height: 1280 };
    await carryAll(offerer, answerer);
    await clock.pass(4_000);
    expect(encodingOf(offerer, 1)).toEqual({
      active: true,
      maxBitrate: 800_000,
      scaleResolutionDownBy: 720 / 540,
    });
  });

  test('[K34] another camera is measured anew', async () => {
    const { clock, offerer } = await setUpConnected();
    await clock.pass(3_000);
    const scales: unknown[] = [];
    for (const settings of [
      { width: 1920, height: 1080 },
      { width: 640, height: 480 },
    ]) {
      const camera = Object.assign(new FakeTrack('video'), { settings });
      offerer.peer.setTrack('video', camera as unknown as MediaStreamTrack);
      await settle();
      scales.push(encodingOf(offerer, 1)?.scaleResolutionDownBy);
    }
    expect(scales).toEqual([1.5, 1]);
  });

  test('[K34] a browser that refuses the limits calls all the same', async () => {
    const network = new FakeNetwork(new FakeClock());
    const [offerer, answerer] = [makeSide(network, 'offerer'), makeSide(network, 'answerer')];
    await settle();
    for (const { sender } of offerer.connection.getTransceivers()) {
      sender.setParameters = () => Promise.reject(new DOMException('no', 'OperationError'));
    }
    await carryAll(offerer, answerer);
    expect(offerer.connection.connectionState).toBe('connected');
    expect(offerer.events.some(({ type }) => type === 'negotiation-failed')).toBe(false);
  });
});

describe('the data channel', () => {
  test('[K29] both say their state when it opens, and at each change', async () => {
    const { offerer, answerer } = setUp();
    offerer.peer.tell({ mic: false, cam: true, away: false });
    await carryAll(offerer, answerer);
    expect(answerer.events).toContainEqual({
      type: 'partner-state',
      media: { mic: false, cam: true, away: false },
    });
    expect(offerer.events).toContainEqual({ type: 'partner-state', media: ON });
    expect(answerer.peer.tell({ mic: true, cam: false, away: false })).toBe(true);
    await settle();
    expect(offerer.events).toContainEqual({
      type: 'partner-state',
      media: { mic: true, cam: false, away: false },
    });
  });

  test('[K29] while it is not open, telling says so', () => {
    expect(setUp().offerer.peer.tell(ON)).toBe(false);
  });

  test.each(['skipped', 'left', 'ended'] as const)('[K13] a goodbye (%s) arrives at once', async (reason) => {
    const { offerer, answerer } = await setUpConnected();
    offerer.peer.close(reason);
    await settle();
    expect(answerer.events[0]).toEqual({ type: 'bye', reason });
  });

  test('[K13] a connection closed without a word is a goodbye too', async () => {
    const { offerer, answerer } = await setUpConnected();
    offerer.connection.close();
    await settle();
    expect(answerer.events).toEqual([{ type: 'bye', reason: 'left' }]);
  });

  test('[K13] a channel that closes while the way is down says nothing', async () => {
    const { answerer } = await setUpConnected();
    answerer.connection.simulate('disconnected');
    answerer.connection.channel?.become('closed');
    await settle();
    expect(answerer.events).toEqual([]);
  });

  test.each([
    ['no JSON', 'hello'],
    ['a number', '7'],
    ['null', 'null'],
    ['an array', '[]'],
    ['no type', '{"mic":true,"cam":true}'],
    ['an unknown type', '{"type":"format","disk":"c"}'],
    ['a state without its members', '{"type":"state"}'],
    ['a state of other types', '{"type":"state","mic":1,"cam":"yes"}'],
    ['a reason that is none', '{"type":"bye","reason":"moderated"}'],
    ['no reason', '{"type":"bye"}'],
    ['a text without a number', '{"type":"text","text":"hello"}'],
    ['a text numbered 0', '{"type":"text","seq":0,"text":"hello"}'],
    ['an empty text', '{"type":"text","seq":1,"text":" "}'],
    ['a text of 501 characters', JSON.stringify({ type: 'text', seq: 1, text: 'x'.repeat(501) })],
    ['half a character', '{"type":"text","seq":1,"text":"\\ud83d"}'],
    ['an arrival without a number', '{"type":"got"}'],
    ['an arrival before the first', '{"type":"got","upTo":-1}'],
    ['typing of another type', '{"type":"typing","on":1}'],
    ['a level that there is not', '{"type":"sending","level":"best"}'],
    ['a level of nothing', '{"type":"sending"}'],
    ['a message of a time to come', '{"type":"wave","hand":"left"}'],
    ['too much', JSON.stringify({ type: 'state', ...ON, more: 'x'.repeat(4_096) })],
    ['bytes', new ArrayBuffer(8)],
  ])('[K28] %s is not heard', async (_, data) => {
    const { answerer } = await setUpConnected();
    answerer.connection.channel?.dispatchEvent(new MessageEvent('message', { data }));
    await settle();
    expect(answerer.events).toEqual([]);
  });

  test('[K28] what is added to a state goes no further', async () => {
    const { answerer } = await setUpConnected();
    const data = '{"type":"state","mic":false,"cam":false,"away":true,"__proto__":{"x":1},"more":1}';
    answerer.connection.channel?.dispatchEvent(new MessageEvent('message', { data }));
    expect(answerer.events).toEqual([
      { type: 'partner-state', media: { mic: false, cam: false, away: true } },
    ]);
  });

  test('[K28] the longest text, all of it escaped, is heard', async () => {
    const { offerer, answerer } = await setUpConnected();
    const text = '\u0001'.repeat(500);
    expect(offerer.peer.send({ type: 'text', seq: 1, text })).toBe(true);
    await settle();
    expect(answerer.events).toEqual([{ type: 'text', seq: 1, text }]);
  });

  test('[K28] a partner that writes without end is not heard beyond 100 at once and 20 a second, but for its goodbye', async () => {
    const { answerer, clock } = await setUpConnected();
    const say = (message: object) =>
      answerer.connection.channel?.dispatchEvent(
        new MessageEvent('message', { data: JSON.stringify(message) }),
      );
    const texts = () => answerer.events.filter(({ type }) => type === 'text').length;
    for (let seq = 1; seq <= 500; seq += 1) say({ type: 'text', seq, text: 'x' });
    expect(texts()).toBeLessThanOrEqual(100);
    expect(texts()).toBeGreaterThan(90);
    const before = texts();
    await clock.pass(1_000);
    for (let seq = 501; seq <= 600; seq += 1) say({ type: 'text', seq, text: 'x' });
    expect(texts()).toBe(before + 20);
    say({ type: 'bye', reason: 'left' });
    expect(answerer.events.at(-1)).toEqual({ type: 'bye', reason: 'left' });
  });

  test('[K28] a channel that cannot send does no harm', async () => {
    const { offerer } = await setUpConnected();
    const channel = offerer.connection.channel;
    if (channel)
      channel.send = () => {
        throw new Error('full');
      };
    expect(offerer.peer.tell(ON)).toBe(false);
  });
});

describe('closing', () => {
  test('[K31] after close nothing is said and nothing is done', async () => {
    const { clock, offerer, answerer } = await setUpConnected();
    const { connection, peer, events } = answerer;
    peer.restart();
    peer.receiveDescription({ type: 'offer', sdp: offerer.connection.localDescription?.sdp ?? '' });
    peer.close();
    peer.receiveCandidate({ candidate: '' });
    peer.setTrack('video', null);
    connection.channel?.dispatchEvent(
      new MessageEvent('message', { data: '{"type":"bye","reason":"left"}' }),
    );
    connection.simulate('failed');
    await clock.pass(60_000);
    expect(events).toEqual([]);
    expect(clock.pending).toBe(1); // the other side still looks
    expect(peer.tell(ON)).toBe(false);
  });

  test('[K31] R06 closed at any point of a negotiation, it stays silent', async () => {
    for (let turns = 0; turns < 40; turns += 1) {
      const { offerer, answerer } = setUp();
      await settle();
      carry(offerer, answerer);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      answerer.peer.close();
      const said = answerer.events.length;
      await carryAll(offerer, answerer);
      expect(answerer.events).toHaveLength(said);
      expect(answerer.connection.closed).toBe(true);
    }
  });

  test('[K31] closing twice is closing once', async () => {
    const { offerer } = await setUpConnected();
    offerer.peer.close('ended');
    offerer.peer.close('skipped');
    expect(offerer.connection.channel?.sent.filter((data) => data.includes('bye'))).toHaveLength(1);
  });
});

describe('is there media', () => {
  test('[K14] the first decoded frame, found by the statistics', async () => {
    const { clock, offerer, answerer } = setUp();
    await carryAll(offerer, answerer);
    expect(facts(offerer)).toEqual([]);
    await clock.pass(1_000);
    expect(facts(offerer)).toEqual(['first-media']);
    expect(facts(answerer)).toEqual(['first-media']);
  });

  test('[K14] a frame that the screen reports counts at once, but not before there is a way', async () => {
    const { offerer, answerer } = setUp();
    offerer.peer.frameShown();
    expect(facts(offerer)).toEqual([]);
    await carryAll(offerer, answerer);
    offerer.peer.frameShown();
    offerer.peer.frameShown();
    expect(facts(offerer)).toEqual(['first-media']);
  });

  test('[K14] with the partner’s camera off the call stands when the way does', async () => {
    const { network } = setUp();
    const offerer = makeSide(network, 'offerer');
    const answerer = makeSide(network, 'answerer', { media: { mic: true, cam: false, away: false } });
    await carryAll(offerer, answerer);
    expect(facts(offerer)).toEqual(['first-media']);
    expect(facts(answerer)).toEqual([]);
  });

  test('[K14] a partner that sends nothing and says nothing is there 3 s after the way is', async () => {
    const clock = new FakeClock();
    const network = new FakeNetwork(clock);
    const { offerer, plain } = await callPlain(network, []);
    await clock.pass(2_900);
    expect(facts(offerer)).toEqual([]);
    await clock.pass(200);
    expect(facts(offerer)).toEqual(['first-media']);
    await clock.pass(60_000);
    expect(facts(offerer)).toEqual(['first-media']);
    expect(plain.connectionState).toBe('connected');
  });

  test('[K81] the first media is reported once: how long it took, and by which way', async () => {
    const { clock, offerer, answerer } = setUp();
    await clock.pass(250);
    await carryAll(offerer, answerer);
    offerer.peer.frameShown();
    await clock.pass(3_000);
    const reports = offerer.events.filter(({ type }) => type === 'report');
    expect(reports).toEqual([{ type: 'report', report: { firstFrameMs: 250, route: 'reflexive' } }]);
  });

  test('[K7] [K8] nothing for 2 s is stalled, for 4 s lost; back when it flows', async () => {
    const { clock, network, offerer } = await setUpConnected();
    network.cut = true;
    await clock.pass(1_500);
    expect(facts(offerer)).toEqual([]);
    await clock.pass(1_600);
    expect(facts(offerer)).toEqual(['media-stalled']);
    await clock.pass(2_000);
    expect(facts(offerer)).toEqual(['media-stalled', 'media-lost']);
    network.cut = false;
    await clock.pass(2_000);
    expect(facts(offerer)).toEqual(['media-stalled', 'media-lost', 'media-back']);
  });

  test('[K35] while nothing comes in no picture is sent, and with the first sign of the partner one is again', async () => {
    const { clock, network, offerer, answerer } = await setUpConnected();
    const sent = (): unknown[] =>
      [offerer, answerer].map(({ connection }) =>
        connection.getTransceivers().map(({ sender }) => sender.getParameters().encodings[0]?.active),
      );
    const SOUND_ALONE = [true, false];
    const ALL = [true, true];
    await clock.pass(10_000);
    expect(sent()).toEqual([ALL, ALL]);
    network.cut = true;
    await clock.pass(2_000);
    expect(sent()).toEqual([SOUND_ALONE, SOUND_ALONE]);
    // Whatever else is changed meanwhile.
    offerer.peer.setQuality('saver');
    answerer.peer.setTrack('video', null);
    answerer.peer.setTrack('video', fakeTrack('video'));
    await clock.pass(1_100);
    expect(sent()).toEqual([SOUND_ALONE, SOUND_ALONE]);
    network.cut = false;
    await clock.pass(300);
    expect(sent()).toEqual([ALL, ALL]);
  });

  test('[K35] that the way is open again is such a sign', async () => {
    const { clock, network, offerer } = await setUpConnected();
    const isSent = (): boolean | undefined =>
      offerer.connection.getTransceivers()[1]?.sender.getParameters().encodings[0]?.active;
    network.cut = true;
    await clock.pass(3_100);
    offerer.connection.simulate('disconnected');
    expect(isSent()).toBe(false);
    offerer.connection.simulate('connected');
    await settle();
    expect(isSent()).toBe(true);
    // Nothing came after all.
    await clock.pass(1_000);
    expect(isSent()).toBe(false);
  });

  test('[K7] a short stall ends without a restart', async () => {
    const { clock, network, offerer } = await setUpConnected();
    network.cut = true;
    await clock.pass(3_100);
    network.cut = false;
    await clock.pass(2_000);
    expect(facts(offerer)).toEqual(['media-stalled', 'media-back']);
  });

  test('[K8] disconnected for 2 s is lost; healed before that it is not', async () => {
    const { clock, offerer } = await setUpConnected();
    offerer.connection.simulate('disconnected');
    await clock.pass(1_900);
    offerer.connection.simulate('connected');
    await clock.pass(5_000);
    expect(facts(offerer)).not.toContain('media-lost');
    offerer.connection.simulate('disconnected');
    await clock.pass(2_000);
    expect(facts(offerer)).toContain('media-lost');
  });

  test('[K8] what is lost by its silence is not lost again by being disconnected', async () => {
    const { clock, network, offerer } = await setUpConnected();
    network.cut = true;
    await clock.pass(5_500);
    expect(facts(offerer)).toEqual(['media-stalled', 'media-lost']);
    await clock.pass(9_000);
    expect(offerer.connection.connectionState).toBe('disconnected');
    expect(facts(offerer)).toEqual(['media-stalled', 'media-lost']);
  });

  test('[K8] a partner that sends nothing is back when the way is, not before', async () => {
    const { clock, offerer, answerer } = await setUpConnected();
    answerer.peer.setTrack('audio', null);
    answerer.peer.setTrack('video', null);
    answerer.peer.tell({ mic: false, cam: false, away: false });
    await clock.pass(2_000);
    offerer.connection.simulate('disconnected');
    await clock.pass(10_000);
    expect(facts(offerer)).toEqual(['media-lost']);
    offerer.connection.simulate('connected');
    await clock.pass(2_000);
    expect(facts(offerer)).toEqual(['media-lost', 'media-back']);
  });

  test('[K8] failed is lost at once, and again after a restart that failed', async () => {
    const { offerer } = await setUpConnected();
    offerer.connection.simulate('failed');
    expect(facts(offerer)).toEqual(['media-lost']);
    offerer.connection.simulate('connecting');
    offerer.connection.simulate('failed');
    expect(facts(offerer)).toEqual(['media-lost', 'media-lost']);
  });

  test('[K7] what the partner switched off is not missed', async () => {
    const { clock, offerer, answerer } = await setUpConnected();
    answerer.peer.setTrack('video', null);
    answerer.peer.tell({ mic: true, cam: false, away: false });
    await clock.pass(20_000);
    answerer.peer.setTrack('audio', null);
    answerer.peer.tell({ mic: false, cam: false, away: false });
    await clock.pass(20_000);
    expect(facts(offerer)).toEqual([]);
    answerer.peer.tell(ON);
    await clock.pass(20_000);
    expect(facts(offerer)).toEqual(['media-stalled']); // promised and not there, but the way is open
  });

  test('[K7] a picture that stands still while the sound goes on is weak, and never lost', async () => {
    const { clock, offerer, answerer } = await setUpConnected();
    answerer.peer.setTrack('video', null); // and says nothing
    await clock.pass(30_000);
    expect(facts(offerer)).toEqual(['media-stalled']);
  });

  test('[K7] statistics that cannot be read count as silence', async () => {
    const { clock, offerer } = await setUpConnected();
    offerer.connection.getStats = () => Promise.reject(new Error('no'));
    await clock.pass(5_000);
    expect(facts(offerer)).toEqual(['media-stalled', 'media-lost']);
  });
});

describe('a weak connection', () => {
  /** Whose side was said to be weak, in order. */
  const sides = (side: Side): unknown[] =>
    side.events.flatMap((event) => (event.type === 'weak-side' ? [event.side] : []));

  test('[K97] it is called weak after 4 s, and no longer 4 s after the last of it has gone by', async () => {
    const { clock, offerer } = await setUpConnected();
    offerer.connection.link.rttMs = 600;
    await clock.pass(4_000);
    expect(sides(offerer)).toEqual([]);
    await clock.pass(1_000);
    expect(sides(offerer)).toEqual(['unknown']);
    offerer.connection.link.rttMs = 20;
    await clock.pass(4_000);
    expect(sides(offerer)).toEqual(['unknown']);
    await clock.pass(1_000);
    expect(sides(offerer)).toEqual(['unknown', undefined]);
  });

  test('[K97] what comes and goes within that time is not called weak, nor is what was lost in a cut', async () => {
    const { clock, network, offerer } = await setUpConnected();
    for (let wave = 0; wave < 10; wave += 1) {
      offerer.connection.link.rttMs = wave % 2 ? 20 : 600;
      await clock.pass(3_000);
    }
    offerer.connection.link.rttMs = 20;
    network.cut = true;
    await clock.pass(3_500);
    network.cut = false;
    await clock.pass(20_000);
    expect(sides(offerer)).toEqual([]);
  });

  test('[K98] loss of what is sent is one’s own side, loss of what comes the partner’s', async () => {
    const { clock, offerer, answerer } = await setUpConnected();
    offerer.connection.link.sendingLoss = answerer.connection.link.receivingLoss = 0.1;
    await clock.pass(12_000);
    expect(sides(offerer)).toEqual(['own']);
    expect(sides(answerer)).toEqual(['partner']);
  });

  test('[K99] the partner is told what only the sender knows', async () => {
    const { clock, offerer, answerer } = await setUpConnected();
    Object.assign(offerer.connection.link, { availableBps: 100_000, limit: 'bandwidth' });
    await clock.pass(12_000);
    expect(sides(answerer)).toEqual(['partner']);
    Object.assign(offerer.connection.link, { availableBps: 2_000_000, limit: 'none' });
    await clock.pass(12_000);
    expect(sides(answerer)).toEqual(['partner', undefined]);
    const told = offerer.connection.channel?.sent.filter((data) => data.includes('sending'));
    expect(told).toEqual(['{"type":"sending","level":"poor"}', '{"type":"sending","level":"good"}']);
  });

  test('[K99] it is said as soon as it can be', async () => {
    const { clock, offerer } = await setUpConnected();
    const { channel } = offerer.connection;
    if (channel) channel.readyState = 'connecting';
    offerer.connection.link.sendingLoss = 0.1;
    await clock.pass(5_000);
    if (channel) channel.readyState = 'open';
    await clock.pass(1_000);
    expect(channel?.sent.at(-1)).toBe('{"type":"sending","level":"poor"}');
  });
});

describe('as much as passes', () => {
  const pictureOf = ({ connection }: Side): RTCRtpEncodingParameters | undefined =>
    connection.getTransceivers()[1]?.sender.getParameters().encodings[0];
  const SMALL = { active: true, maxBitrate: 500_000, scaleResolutionDownBy: 2 };
  const WHOLE = { active: true, maxBitrate: 1_500_000, scaleResolutionDownBy: 1 };
  const LEAST = { active: true, maxBitrate: 150_000, scaleResolutionDownBy: 2, maxFramerate: 15 };

  test('[K100] small before anything is sent, on both sides; whole when it would have passed for 2 s', async () => {
    const { clock, offerer, answerer } = setUp();
    await settle();
    expect(offerer.out[0]?.type).toBe('description');
    expect(pictureOf(offerer)).toEqual(SMALL);
    carry(offerer, answerer);
    await settle();
    expect(answerer.connection.connectionState).toBe('new');
    expect(pictureOf(answerer)).toEqual(SMALL);
    await carryAll(offerer, answerer);
    await clock.pass(2_000);
    expect(pictureOf(answerer)).toEqual(SMALL);
    await clock.pass(1_500);
    for (const side of [offerer, answerer]) expect(pictureOf(side)).toEqual(WHOLE);
  });

  test('[K101] [K103] less while much is lost, by no negotiation, through another camera and a cut', async () => {
    const { clock, network, offerer, answerer } = await setUpConnected();
    await clock.pass(3_000);
    offerer.connection.link.sendingLoss = 0.1;
    await clock.pass(9_000);
    expect(pictureOf(offerer)).toEqual(SMALL);
    await clock.pass(7_000);
    expect(pictureOf(offerer)).toEqual(LEAST);
    await clock.pass(60_000);
    const camera = Object.assign(new FakeTrack('video'), { settings: { width: 640, height: 480 } });
    offerer.peer.setTrack('video', camera as unknown as MediaStreamTrack);
    network.cut = true;
    await clock.pass(3_000);
    network.cut = false;
    await clock.pass(3_000);
    expect(pictureOf(offerer)).toEqual({ ...LEAST, scaleResolutionDownBy: 480 / 360 });
    expect(offerer.events.filter(({ type }) => type === 'description')).toEqual([]);
    expect(pictureOf(answerer)).toEqual(WHOLE);
  });

  test('[K103] the data saver is above every step', async () => {
    const { clock, offerer } = await setUpConnected();
    offerer.peer.setQuality('saver');
    await settle();
    const saved = { active: true, maxBitrate: 300_000, scaleResolutionDownBy: 2 };
    expect(pictureOf(offerer)).toEqual(saved);
    await clock.pass(10_000);
    expect(pictureOf(offerer)).toEqual(saved);
    offerer.connection.link.sendingLoss = 0.1;
    await clock.pass(30_000);
    expect(pictureOf(offerer)).toEqual(LEAST);
  });
});

/** A plain client: addTrack, no data channel, bare descriptions, candidates as they come. */
async function callPlain(
  network: FakeNetwork,
  kinds: readonly Kind[],
): Promise<{ offerer: Side; plain: FakePeerConnection }> {
  const offerer = makeSide(network, 'offerer');
  const plain = network.open();
  for (const kind of kinds) plain.addTrack(new FakeTrack(kind), new FakeStream());
  wirePlain(plain, offerer);
  await settle();
  for (const event of offerer.out.splice(0)) {
    if (event.type === 'description') {
      await plain.setRemoteDescription(event.description);
      await plain.setLocalDescription();
      if (plain.localDescription) offerer.peer.receiveDescription(plain.localDescription);
    } else if (event.type === 'candidate') await plain.addIceCandidate(event.candidate);
  }
  await settle();
  return { offerer, plain };
}

/** The plain client sends its candidates at once, so they overtake its descriptions. */
function wirePlain(plain: FakePeerConnection, to: Side): void {
  plain.addEventListener('icecandidate', (event) => {
    const { candidate } = event as Event & { candidate: { toJSON(): RTCIceCandidateInit } | null };
    if (candidate) to.peer.receiveCandidate(candidate.toJSON());
  });
}

describe('a plain client on the other side', () => {
  test('[K33] called by us it sends and receives both', async () => {
    const network = new FakeNetwork(new FakeClock());
    const { offerer, plain } = await callPlain(network, ['audio', 'video']);
    expect(offerer.connection.connectionState).toBe('connected');
    expect(plain.getTransceivers()).toHaveLength(2);
    expect(plain.getTransceivers().map(({ direction }) => direction)).toEqual(['sendrecv', 'sendrecv']);
    expect(offerer.peer.tell(ON)).toBe(false); // its channel never opens
  });

  test.each([
    ['all', ['audio', 'video']],
    ['sound alone', ['audio']],
    ['a picture alone', ['video']],
    ['them the other way round', ['video', 'audio']],
  ] as const)('[K33] calling us with %s it gets as much back', async (_, kinds) => {
    const network = new FakeNetwork(new FakeClock());
    const answerer = makeSide(network, 'answerer');
    const plain = network.open();
    for (const kind of kinds) plain.addTrack(new FakeTrack(kind), new FakeStream());
    wirePlain(plain, answerer);
    await plain.setLocalDescription();
    await settle(); // its candidates are with us before its offer
    if (plain.localDescription) answerer.peer.receiveDescription(plain.localDescription);
    await settle();
    for (const event of answerer.out.splice(0)) {
      if (event.type === 'description') await plain.setRemoteDescription(event.description);
      else if (event.type === 'candidate') await plain.addIceCandidate(event.candidate);
    }
    await settle();
    expect(answerer.connection.connectionState).toBe('connected');
    expect(sent(answerer.connection)).toEqual(kinds.map((kind) => answerer.tracks[kind].id));
    expect(answerer.connection.getTransceivers().every(({ direction }) => direction === 'sendrecv')).toBe(
      true,
    );
    expect(answerer.peer.remoteStream.getTracks().map(({ kind }) => kind)).toEqual(kinds);
  });
});
