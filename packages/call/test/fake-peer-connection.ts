import type { Clock } from '../src/types.ts';
import { FakeTrack, type FakeStream } from './fake-media.ts';

type Kind = 'audio' | 'video';
type Direction = RTCRtpTransceiverDirection;

/** What a fake description says. It is written into the SDP as JSON. */
interface Session {
  connection: number;
  ufrag: string;
  media: { mid: string; kind: Kind; direction: Direction }[];
  channel: boolean;
}

interface Description {
  type: 'offer' | 'answer';
  sdp: string;
}

/** `availableBps` and `limit` as far as a browser tells. */
export interface FakeLink {
  sendingLoss: number;
  receivingLoss: number;
  rttMs: number;
  jitterMs: number;
  availableBps?: number;
  limit?: RTCQualityLimitationReason;
}

/** A picture and sound, a second. */
const PACKETS_PER_SECOND = 200;

/** As measured in Chromium: `disconnected` after about 6 s, `failed` after about 16 s. */
const DISCONNECTED_AFTER_MS = 6_000;
const FAILED_AFTER_MS = 16_000;

export function writeSdp(session: Session): string {
  return `v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=${JSON.stringify(session)}\r\n`;
}

export function readSdp(sdp: string): Session {
  return JSON.parse(sdp.slice(sdp.indexOf('s=') + 2)) as Session;
}

/** What lies between the fake connections: it joins two whose descriptions fit, and can be cut. */
export class FakeNetwork {
  readonly connections: FakePeerConnection[] = [];
  readonly clock: Clock;
  #cut = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Fits `createPeerConnection`. */
  readonly create = (configuration: RTCConfiguration): RTCPeerConnection =>
    this.open(configuration) as unknown as RTCPeerConnection;

  open(configuration: RTCConfiguration = {}): FakePeerConnection {
    const connection = new FakePeerConnection(this, this.connections.length + 1, configuration);
    this.connections.push(connection);
    return connection;
  }

  get cut(): boolean {
    return this.#cut;
  }

  /** No packet passes while it is cut. */
  set cut(cut: boolean) {
    this.#cut = cut;
    for (const connection of this.connections) connection.pathChanged();
  }

  /** Joins what fits by now. */
  join(): void {
    for (const one of this.connections) {
      const other = this.connections.find((candidate) => one.fits(candidate) && candidate.fits(one));
      if (other) one.joined(other);
    }
  }
}

export class FakeSender {
  track: FakeTrack | null;
  streams: FakeStream[];
  #parameters = {
    transactionId: '',
    encodings: [] as RTCRtpEncodingParameters[],
  } as RTCRtpSendParameters;

  constructor(track: FakeTrack | null, streams: FakeStream[]) {
    this.track = track;
    this.streams = streams;
  }

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    await Promise.resolve();
    this.track = track;
  }

  setStreams(...streams: FakeStream[]): void {
    this.streams = streams;
  }

  /** Only now has it something to set, as Chromium's answerer. */
  negotiated(): void {
    if (this.#parameters.encodings.length === 0) this.#parameters.encodings = [{ active: true }];
  }

  getParameters(): RTCRtpSendParameters {
    this.#parameters.transactionId = `${Number(this.#parameters.transactionId) + 1}`;
    return structuredClone(this.#parameters);
  }

  /** As in W3C webrtc-pc: only what was read last may be written, and only once. */
  async setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    if (parameters.transactionId !== this.#parameters.transactionId) {
      throw new DOMException('not what was read last', 'InvalidModificationError');
    }
    this.#parameters = structuredClone({
      ...parameters,
      transactionId: `${Number(parameters.transactionId) + 1}`,
    });
    await Promise.resolve();
  }
}

export interface FakeTransceiver {
  mid: string | null;
  kind: Kind;
  direction: Direction;
  sender: FakeSender;
  receiver: { track: FakeTrack };
  /** Made by addTrack: an offer of the other side may take it over. */
  byTrack: boolean;
}

export class FakeChannel extends EventTarget {
  readyState: RTCDataChannelState = 'connecting';
  other: FakeChannel | undefined;
  readonly sent: string[] = [];

  send(data: string): void {
    if (this.readyState !== 'open') throw new DOMException('not open', 'InvalidStateError');
    this.sent.push(data);
    const other = this.other;
    queueMicrotask(() => {
      if (other?.readyState === 'open') other.dispatchEvent(new MessageEvent('message', { data }));
    });
  }

  become(state: 'open' | 'closed'): void {
    if (this.readyState === state) return;
    this.readyState = state;
    this.dispatchEvent(new Event(state === 'open' ? 'open' : 'close'));
  }
}

/**
 * The signaling state machine of W3C webrtc-pc as far as two peers can drive it: implicit rollback,
 * transceivers and who may adopt them, candidates by generation, one data channel, statistics by the
 * fake clock. Operations on a closed connection never settle, as the specification says.
 */
export class FakePeerConnection extends EventTarget {
  readonly id: number;
  readonly configurations: RTCConfiguration[];
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  /** What this side's statistics say of the way; shares of packets, bits and milliseconds. */
  link: FakeLink = { sendingLoss: 0, receivingLoss: 0, rttMs: 20, jitterMs: 5 };
  /** Remote candidates that were taken, of any generation. */
  readonly candidates: RTCIceCandidateInit[] = [];
  readonly #network: FakeNetwork;
  #transceivers: FakeTransceiver[] = [];
  #channel: FakeChannel | undefined;
  #current: { local?: Description; remote?: Description } = {};
  #pending: { local?: Description; remote?: Description } = {};
  #generation = 0;
  #restart = false;
  /** Generations of the partner's for which a candidate came. */
  readonly #reachable = new Set<string>();
  #other: FakePeerConnection | undefined;
  /** The generation whose checks have failed. */
  #failed: number | undefined;
  #counted = {
    at: 0,
    bytes: 0,
    frames: 0,
    sent: 0,
    unreported: 0,
    sentLost: 0,
    received: 0,
    receivedLost: 0,
  };
  #cancelIce: (() => void) | undefined;

  constructor(network: FakeNetwork, id: number, configuration: RTCConfiguration) {
    super();
    this.#network = network;
    this.id = id;
    this.configurations = [configuration];
  }

  get iceConnectionState(): RTCIceConnectionState {
    return this.connectionState === 'connecting' ? 'checking' : this.connectionState;
  }

  get closed(): boolean {
    return this.signalingState === 'closed';
  }

  get localDescription(): Description | null {
    return this.#pending.local ?? this.#current.local ?? null;
  }

  get remoteDescription(): Description | null {
    return this.#pending.remote ?? this.#current.remote ?? null;
  }

  get currentLocalDescription(): Description | null {
    return this.#current.local ?? null;
  }

  get currentRemoteDescription(): Description | null {
    return this.#current.remote ?? null;
  }

  get channel(): FakeChannel | undefined {
    return this.#channel;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configurations.push(configuration);
  }

  createDataChannel(): FakeChannel {
    this.#channel = new FakeChannel();
    return this.#channel;
  }

  addTransceiver(
    what: Kind | FakeTrack,
    init: { direction: Direction; streams: FakeStream[] },
  ): FakeTransceiver {
    const [kind, track] = typeof what === 'string' ? [what, null] : [what.kind, what];
    const transceiver = this.#add(kind, track, init.direction, init.streams, false);
    // Unlike one that an offer has made, it has something to set at once.
    transceiver.sender.negotiated();
    return transceiver;
  }

  addTrack(track: FakeTrack, ...streams: FakeStream[]): FakeSender {
    const free = this.#transceivers.find(({ kind, sender }) => kind === track.kind && !sender.track);
    if (!free) return this.#add(track.kind, track, 'sendrecv', streams, true).sender;
    free.sender.track = track;
    free.sender.streams = streams;
    free.direction = 'sendrecv';
    return free.sender;
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.#transceivers];
  }

  restartIce(): void {
    this.#restart = true;
  }

  setLocalDescription(): Promise<void> {
    return this.#later(() => this.#setLocal());
  }

  #setLocal(): void {
    if (this.signalingState === 'have-remote-offer') {
      const remote = this.#pending.remote;
      if (!remote) throw new Error('no offer');
      const before = this.#current.remote && readSdp(this.#current.remote.sdp).ufrag;
      // New credentials in the offer are answered with new ones.
      if (this.#generation === 0 || readSdp(remote.sdp).ufrag !== before) this.#generation += 1;
      this.#current = { local: { type: 'answer', sdp: this.#write() }, remote };
      this.#pending = {};
      this.#settled();
    } else {
      if (this.#generation === 0 || this.#restart) this.#generation += 1;
      this.#restart = false;
      for (const [index, transceiver] of this.#transceivers.entries()) transceiver.mid ??= String(index);
      this.#pending.local = { type: 'offer', sdp: this.#write() };
      this.signalingState = 'have-local-offer';
    }
    this.#gather();
    this.#network.join();
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#later(() => this.#setRemote(description));
  }

  #setRemote(description: RTCSessionDescriptionInit): void {
    const { type, sdp = '' } = description;
    if (type === 'offer') {
      if (this.signalingState === 'have-local-offer') this.#pending = {}; // implicit rollback
      const { media } = readSdp(sdp);
      for (const { mid, kind } of media) {
        const mine =
          this.#transceivers.find((transceiver) => transceiver.mid === mid) ??
          this.#transceivers.find(
            (transceiver) => transceiver.mid === null && transceiver.byTrack && transceiver.kind === kind,
          ) ??
          this.#add(kind, null, 'recvonly', [], false);
        mine.mid = mid;
      }
      this.#pending.remote = { type, sdp };
      this.signalingState = 'have-remote-offer';
      return;
    }
    if (this.signalingState !== 'have-local-offer' || type !== 'answer') {
      throw new DOMException('no offer is out', 'InvalidStateError');
    }
    this.#current = { ...(this.#pending.local && { local: this.#pending.local }), remote: { type, sdp } };
    this.#pending = {};
    this.#settled();
    this.#network.join();
  }

  #settled(): void {
    this.signalingState = 'stable';
    for (const { sender } of this.#transceivers) sender.negotiated();
  }

  addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    return this.#later(() => this.#addCandidate(candidate));
  }

  #addCandidate(candidate: RTCIceCandidateInit): void {
    const known = [this.#current.remote, this.#pending.remote].flatMap((one) =>
      one ? [readSdp(one.sdp).ufrag] : [],
    );
    if (known.length === 0) throw new DOMException('no remote description', 'InvalidStateError');
    if (candidate.candidate === '') return;
    const ufrag = candidate.usernameFragment ?? known[0];
    if (ufrag === undefined || !known.includes(ufrag))
      throw new DOMException('unknown ufrag', 'OperationError');
    this.candidates.push(candidate);
    this.#reachable.add(ufrag);
    this.#network.join();
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#later(() => this.#stats());
  }

  #stats(): RTCStatsReport {
    const now = this.#network.clock.now();
    const elapsed = (now - this.#counted.at) / 1000;
    const flows = this.#flows();
    const seconds = flows ? elapsed : 0;
    const sending = (kind: Kind): boolean =>
      this.#other
        ?.getTransceivers()
        .some(({ sender }) => sender.track?.kind === kind && sender.track.readyState === 'live') ?? false;
    const packets = seconds * PACKETS_PER_SECOND;
    const { sendingLoss, receivingLoss, rttMs, jitterMs, availableBps, limit } = this.link;
    this.#counted = {
      at: now,
      sent: this.#counted.sent + elapsed * PACKETS_PER_SECOND,
      // What is sent into a cut is reported as lost once reports come again.
      unreported: flows ? 0 : this.#counted.unreported + elapsed * PACKETS_PER_SECOND,
      sentLost: this.#counted.sentLost + packets * sendingLoss + (flows ? this.#counted.unreported : 0),
      received: this.#counted.received + packets * (1 - receivingLoss),
      receivedLost: this.#counted.receivedLost + packets * receivingLoss,
      bytes:
        this.#counted.bytes + seconds * ((sending('audio') ? 4_000 : 0) + (sending('video') ? 100_000 : 0)),
      frames: this.#counted.frames + seconds * (sending('video') ? 30 : 0),
    };
    const { bytes, frames, sent, sentLost, received, receivedLost } = this.#counted;
    return new Map<string, unknown>([
      [
        'pair',
        {
          type: 'candidate-pair',
          requestsReceived: this.#flows() ? now : 0,
          bytesReceived: bytes,
          localCandidateId: 'local',
          remoteCandidateId: 'remote',
          ...(availableBps !== undefined && { availableOutgoingBitrate: availableBps }),
        },
      ],
      ['transport', { type: 'transport', ...(this.#flows() && { selectedCandidatePairId: 'pair' }) }],
      ['local', { type: 'local-candidate', candidateType: 'host' }],
      ['remote', { type: 'remote-candidate', candidateType: 'prflx' }],
      [
        'rtp',
        {
          type: 'inbound-rtp',
          kind: 'audio',
          bytesReceived: bytes,
          framesReceived: frames,
          framesDecoded: frames,
          packetsReceived: received,
          packetsLost: receivedLost,
          jitter: jitterMs / 1_000,
        },
      ],
      ['out', { type: 'outbound-rtp', packetsSent: sent, ...(limit && { qualityLimitationReason: limit }) }],
      ['back', { type: 'remote-inbound-rtp', packetsLost: sentLost, roundTripTime: rttMs / 1_000 }],
    ]) as unknown as RTCStatsReport;
  }

  close(): void {
    if (this.closed) return;
    const other = this.#other;
    this.signalingState = 'closed';
    this.connectionState = 'closed';
    this.#cancelIce?.();
    if (this.#channel) this.#channel.readyState = 'closed';
    // The partner's browser hears of it, if it hears anything.
    if (other && !this.#network.cut) queueMicrotask(() => other.channel?.become('closed'));
    other?.pathChanged();
  }

  /** Whether this side's descriptions and candidates lead to that one. */
  fits(other: FakePeerConnection): boolean {
    const { local, remote } = this.#current;
    if (this.closed || !local || !remote || other === this) return false;
    const [mine, theirs] = [readSdp(local.sdp), readSdp(remote.sdp)];
    return (
      mine.connection === this.id &&
      theirs.connection === other.id &&
      this.#reachable.has(theirs.ufrag) &&
      other.speaks(theirs.ufrag)
    );
  }

  speaks(ufrag: string): boolean {
    return this.#current.local !== undefined && readSdp(this.#current.local.sdp).ufrag === ufrag;
  }

  joined(other: FakePeerConnection): void {
    this.#other = other;
    // A generation that has failed stays so; a restart brings another.
    if (this.connectionState === 'connected' || this.#failed === this.#generation) return;
    if (this.#network.cut) {
      this.pathChanged();
      return;
    }
    this.#connect(other);
  }

  /** The network was cut or mended, or the other side closed. */
  pathChanged(): void {
    const other = this.#other;
    if (!other || this.closed) return;
    if (!this.#network.cut && !other.closed) {
      // What has not failed heals by itself.
      if (this.#failed !== this.#generation) this.#connect(other);
      return;
    }
    this.#cancelIce?.();
    const { clock } = this.#network;
    const fail = (): void => {
      this.#failed = this.#generation;
      this.#become('failed');
    };
    if (this.connectionState === 'connected') {
      this.#cancelIce = clock.after(DISCONNECTED_AFTER_MS, () => {
        this.#become('disconnected');
        this.#cancelIce = clock.after(FAILED_AFTER_MS - DISCONNECTED_AFTER_MS, fail);
      });
    } else if (this.#failed !== this.#generation) {
      this.#become('connecting');
      this.#cancelIce = clock.after(FAILED_AFTER_MS, fail);
    }
  }

  #connect(other: FakePeerConnection): void {
    this.#cancelIce?.();
    this.#counted.at = this.#network.clock.now();
    this.#become('connected');
    const channel = this.#channel;
    if (!channel || !other.channel || channel.readyState !== 'connecting') return;
    channel.other = other.channel;
    queueMicrotask(() => {
      if (channel.readyState === 'connecting') channel.become('open');
    });
  }

  /** For tests that need one state and not the story behind it. */
  simulate(state: RTCPeerConnectionState): void {
    this.#become(state);
  }

  #become(state: RTCPeerConnectionState): void {
    if (this.closed || this.connectionState === state) return;
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  #flows(): boolean {
    return (
      this.connectionState === 'connected' &&
      !this.#network.cut &&
      this.#other !== undefined &&
      !this.#other.closed
    );
  }

  #add(
    kind: Kind,
    track: FakeTrack | null,
    direction: Direction,
    streams: FakeStream[],
    byTrack: boolean,
  ): FakeTransceiver {
    const transceiver: FakeTransceiver = {
      mid: null,
      kind,
      direction,
      sender: new FakeSender(track, streams),
      receiver: { track: new FakeTrack(kind) },
      byTrack,
    };
    this.#transceivers.push(transceiver);
    queueMicrotask(() => this.dispatchEvent(new Event('negotiationneeded')));
    return transceiver;
  }

  #write(): string {
    return writeSdp({
      connection: this.id,
      ufrag: `${this.id}.${this.#generation}`,
      media: this.#transceivers.flatMap(({ mid, kind, direction }) =>
        mid === null ? [] : [{ mid, kind, direction }],
      ),
      channel: this.#channel !== undefined,
    });
  }

  /** Two candidates and the end, in tasks of their own. */
  #gather(): void {
    const generation = this.#generation;
    const ufrag = `${this.id}.${generation}`;
    const emit = (candidate: RTCIceCandidateInit | null): void => {
      if (this.closed) return;
      const event = Object.assign(new Event('icecandidate'), {
        candidate: candidate && { toJSON: () => candidate },
      });
      this.dispatchEvent(event);
    };
    for (const port of [1, 2]) {
      const candidate = `candidate:${port} 1 udp 1 10.0.0.${this.id} ${port} typ host`;
      queueMicrotask(() => emit({ candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: ufrag }));
    }
    queueMicrotask(() => emit(null));
  }

  /** An operation, in a task of its own. On a closed connection it never settles. */
  async #later<Result>(operation: () => Result): Promise<Result> {
    await Promise.resolve();
    return this.closed ? new Promise<Result>(() => undefined) : operation();
  }
}
