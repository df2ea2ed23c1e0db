import type { CallReport, MediaState, Role } from '@passerby/protocol';
import { Allowance } from './allowance.ts';
import { withDtlsRole } from './dtls-role.ts';
import type { WeakSide } from './link.ts';
import { LinkWatch } from './link-watch.ts';
import type { ByeReason } from './machine.ts';
import { MediaWatch, type MediaFact } from './media-watch.ts';
import { readPeerMessage, writePeerMessage, type PeerMessage } from './peer-message.ts';
import { routeOf } from './route.ts';
import { capSending, type Quality } from './sending.ts';
import type { Clock } from './types.ts';

export type Kind = 'audio' | 'video';
export type Tracks = Record<Kind, MediaStreamTrack | null>;

/** What comes out of a peer. Nothing does after `close`. */
export type PeerEvent =
  | { type: 'description'; description: RTCSessionDescriptionInit }
  | { type: 'candidate'; candidate: RTCIceCandidateInit }
  /** The remote stream has its tracks; whether anything flows in them is another fact. */
  | { type: 'remote-stream' }
  | { type: 'media'; fact: MediaFact }
  /** Whose side is weak, from now on; undefined: neither. */
  | { type: 'weak-side'; side: WeakSide | undefined }
  /** Whether the picture we send is too much for the way however small it is, from now on. */
  | { type: 'picture-hopeless'; isHopeless: boolean }
  /** After the first media, where the browser tells: how long it took from the making of the peer, and by which way. */
  | { type: 'report'; report: CallReport }
  | { type: 'partner-state'; media: MediaState }
  /** The data channel is open: what `send` is given goes out. */
  | { type: 'channel-open' }
  /** What else the partner says on the data channel. */
  | Exclude<PeerMessage, { type: 'state' | 'sending' }>
  /** A description could not be made or applied. */
  | { type: 'negotiation-failed' };

export interface PeerParts {
  /** Makes the connection; throws where there is no WebRTC. */
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** An empty stream, for what the partner sends. */
  createStream(): MediaStream;
  clock: Clock;
  role: Role;
  iceServers: RTCIceServer[];
  /** TURN candidates alone. */
  relayOnly: boolean;
  /** What the match is made of: a voice match has no picture in either direction. */
  kinds: readonly Kind[];
  /** Named in the offer, even when it is empty: plain clients show the stream of the track event. */
  localStream: MediaStream;
  tracks: Tracks;
  quality: Quality;
  /** What the partner is told about our side. */
  media: MediaState;
  emit(event: PeerEvent): void;
}

/** Id of the one data channel; both sides open it by themselves. */
const CHANNEL_ID = 0;
/**
 * Messages on the data channel, which no server counts. What comes beyond them is not heard: our own client
 * says a text again that was not acknowledged.
 */
const HEARD = { burst: 100, perSecond: 20 };
/** Candidates held for a description that is still to come; a browser has a few dozen. */
const HELD_MAX = 256;

/**
 * One RTCPeerConnection for one match, closed with it.
 *
 * The offerer alone adds the transceivers and the answerer adopts them, because transceivers of both
 * sides would give four of them and one-way media. Tracks change by `replaceTrack`, so nothing is ever
 * renegotiated but an ICE restart; `negotiationneeded` is ignored. Whatever touches the connection
 * runs in one queue, and every step behind an `await` looks whether it is still open: a skip in the
 * middle of a negotiation is the most common race here.
 */
export class Peer {
  /** What the partner sends; a new object for each match. */
  readonly remoteStream: MediaStream;
  readonly #parts: PeerParts;
  readonly #connection: RTCPeerConnection;
  readonly #configuration: RTCConfiguration;
  readonly #channel: RTCDataChannel;
  readonly #watch: MediaWatch;
  readonly #link: LinkWatch;
  readonly #heard: Allowance;
  readonly #openedAt: number;
  readonly #transceivers = new Map<Kind, RTCRtpTransceiver>();
  #tracks: Tracks;
  #quality: Quality;
  #media: MediaState;
  #queue: Promise<void> = Promise.resolve();
  #held: RTCIceCandidateInit[] = [];
  /** An offer of the partner lost against ours, so its candidates have no home. */
  #ignoring = false;
  #restartWanted = false;
  #closed = false;

  constructor(parts: PeerParts) {
    this.#parts = parts;
    this.#tracks = parts.tracks;
    this.#quality = parts.quality;
    this.#media = parts.media;
    this.#configuration = {
      iceServers: parts.iceServers,
      iceTransportPolicy: parts.relayOnly ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    };
    this.#connection = parts.createPeerConnection(this.#configuration);
    this.remoteStream = parts.createStream();
    this.#watch = new MediaWatch({
      connection: this.#connection,
      clock: parts.clock,
      emit: (fact) => {
        this.#emit({ type: 'media', fact });
        if (fact === 'first-media') void this.#report(parts.clock.now() - this.#openedAt);
      },
      onlook: (report) => (report ? this.#link.look(report, parts.clock.now()) : this.#link.pause()),
      onsilence: () => this.#run(() => this.#cap()),
    });
    this.#link = new LinkWatch({
      tell: (level) => this.send({ type: 'sending', level }),
      onside: (side) => this.#emit({ type: 'weak-side', side }),
      onstep: () => this.#run(() => this.#cap()),
      onhopeless: (isHopeless) => this.#emit({ type: 'picture-hopeless', isHopeless }),
    });
    this.#openedAt = parts.clock.now();
    this.#heard = new Allowance(HEARD, this.#openedAt);
    this.#channel = this.#openChannel();
    this.#connection.addEventListener('icecandidate', ({ candidate }) => {
      // Through the queue, so that no candidate overtakes the description it belongs to.
      this.#run(() => this.#emit({ type: 'candidate', candidate: candidate?.toJSON() ?? endOfCandidates() }));
    });
    if (parts.role === 'offerer') this.#run(() => this.#call());
  }

  /** Takes a description of the partner. One that does not fit the moment is dropped. */
  receiveDescription(description: RTCSessionDescriptionInit): void {
    this.#run(() =>
      description.type === 'offer' ? this.#takeOffer(description) : this.#takeAnswer(description),
    );
  }

  /** Takes a candidate of the partner, at any time; before the description it is held. */
  receiveCandidate(candidate: RTCIceCandidateInit): void {
    this.#run(() => this.#takeCandidate(candidate));
  }

  /** Sends this track from now on, or nothing; no negotiation. */
  setTrack(kind: Kind, track: MediaStreamTrack | null): void {
    this.#tracks = { ...this.#tracks, [kind]: track };
    this.#run(async () => {
      const sender = this.#transceivers.get(kind)?.sender;
      if (!sender || sender.track === this.#tracks[kind]) return;
      await sender.replaceTrack(this.#tracks[kind]);
      if (!this.#closed) await this.#capOne(kind, sender);
    });
  }

  /** Sends no more than that from now on; no negotiation. */
  setQuality(quality: Quality): void {
    if (quality === this.#quality) return;
    this.#quality = quality;
    this.#run(() => this.#cap());
  }

  /** Says what the partner's screen should show. False: the channel is not open (it will be said when it is). */
  tell(media: MediaState): boolean {
    this.#media = media;
    return this.send({ type: 'state', ...media });
  }

  /** Says it on the data channel. False: the channel is not open, and nothing was said. */
  send(message: PeerMessage): boolean {
    if (this.#closed || this.#channel.readyState !== 'open') return false;
    try {
      this.#channel.send(writePeerMessage(message));
      return true;
    } catch {
      return false; // the buffer is full or the channel is just closing
    }
  }

  /** The partner's state as it came by the server. */
  setPartnerMedia(media: MediaState): void {
    this.#watch.partner = media;
  }

  /** A frame of the partner is on the screen. */
  frameShown(): void {
    this.#watch.frameShown();
  }

  /**
   * Looks for a new way to the partner, over these servers if given. One offer is out at a time:
   * asked for during a negotiation, the restart follows it. Before the first offer there is nothing to restart.
   */
  restart(iceServers?: RTCIceServer[]): void {
    this.#run(async () => {
      if (iceServers) this.#connection.setConfiguration({ ...this.#configuration, iceServers });
      this.#restartWanted = this.#connection.localDescription !== null;
      await this.#restartIfWanted();
    });
  }

  /** Closes for good, in this task. With `bye` an open data channel tells the partner first. */
  close(bye?: ByeReason): void {
    this.leave(bye);
    this.#connection.close();
  }

  /** The same as far as anybody can tell, who looks, listens or is told; the connection itself is left to `close`. */
  leave(bye?: ByeReason): void {
    if (this.#closed) return;
    if (bye) this.send({ type: 'bye', reason: bye });
    this.#closed = true;
    this.#watch.close();
    for (const track of this.remoteStream.getTracks()) track.enabled = false;
  }

  #openChannel(): RTCDataChannel {
    const channel = this.#connection.createDataChannel('passerby', { negotiated: true, id: CHANNEL_ID });
    channel.addEventListener('open', () => {
      this.send({ type: 'state', ...this.#media });
      this.#emit({ type: 'channel-open' });
    });
    channel.addEventListener('message', ({ data }) => this.#hear(data));
    channel.addEventListener('close', () => {
      // A browser that is closed says no bye; while the way stands, its channel ends for no other reason.
      if (isStanding(this.#connection)) this.#emit({ type: 'bye', reason: 'left' });
    });
    return channel;
  }

  #hear(data: unknown): void {
    const message = readPeerMessage(data);
    if (!message || this.#closed) return;
    if (message.type !== 'bye' && !this.#heard.take(this.#parts.clock.now())) return;
    switch (message.type) {
      case 'state': {
        const { type: _, ...media } = message;
        this.#watch.partner = media;
        this.#emit({ type: 'partner-state', media });
        break;
      }
      case 'sending':
        this.#link.partner = message.level;
        break;
      default:
        this.#emit(message);
    }
  }

  async #call(): Promise<void> {
    for (const kind of this.#parts.kinds) {
      const transceiver = this.#connection.addTransceiver(this.#tracks[kind] ?? kind, {
        direction: 'sendrecv',
        streams: [this.#parts.localStream],
      });
      this.#transceivers.set(kind, transceiver);
    }
    // Nothing is sent before the answer, so what is most of that can wait, and the partner need not.
    await this.#offer();
    await this.#cap();
  }

  async #offer(): Promise<void> {
    await this.#connection.setLocalDescription();
    this.#emitDescription();
  }

  async #takeOffer(offer: RTCSessionDescriptionInit): Promise<void> {
    const collides = this.#connection.signalingState !== 'stable';
    // [K25] The first offerer gives way when both restart at once. It must be that side: after a rollback on
    // the side that adopted its transceivers, Chromium 156 decodes the remote video and paints it no more.
    const polite = this.#parts.role === 'offerer' && this.#connection.currentRemoteDescription !== null;
    this.#ignoring = collides && !polite;
    if (this.#ignoring) return;
    // The polite side gives its own offer up (implicit rollback); what was held for the answer is void.
    if (collides) this.#held = [];
    await this.#connection.setRemoteDescription(offer);
    if (this.#closed) return;
    const adopted = this.#adopt();
    const answered = this.#connection.setLocalDescription();
    // While the browser makes the answer.
    this.#showAll();
    await Promise.all([adopted, answered]);
    this.#emitDescription();
    await this.#cap();
    await this.#settle();
  }

  async #takeAnswer(answer: RTCSessionDescriptionInit): Promise<void> {
    if (this.#connection.signalingState !== 'have-local-offer') return;
    this.#ignoring = false;
    await this.#connection.setRemoteDescription(answer);
    if (this.#closed) return;
    const adopted = this.#adopt();
    this.#showAll();
    await adopted;
    await this.#settle();
  }

  /** After a negotiation: what had to wait for it. */
  async #settle(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    for (const candidate of held) {
      if (this.#closed) return;
      await this.#addCandidate(candidate);
    }
    if (!this.#closed) await this.#restartIfWanted();
  }

  async #cap(): Promise<void> {
    for (const [kind, { sender }] of this.#transceivers) {
      if (this.#closed) return;
      await this.#capOne(kind, sender);
    }
  }

  async #capOne(kind: Kind, sender: RTCRtpSender): Promise<void> {
    const { step } = this.#link;
    const { isSilent } = this.#watch;
    await capSending(sender, kind, { quality: this.#quality, step, isSilent });
  }

  async #restartIfWanted(): Promise<void> {
    if (!this.#restartWanted || this.#connection.signalingState !== 'stable') return;
    this.#restartWanted = false;
    this.#connection.restartIce();
    await this.#offer();
  }

  /** Takes the first transceiver of each kind for both directions, in this task, and switches any other off. */
  async #adopt(): Promise<void> {
    const replaced: Promise<void>[] = [];
    for (const transceiver of this.#connection.getTransceivers()) {
      if (transceiver.direction === 'stopped') continue;
      const kind: Kind = transceiver.receiver.track.kind === 'audio' ? 'audio' : 'video';
      if (!this.#transceivers.has(kind) && this.#parts.kinds.includes(kind)) {
        this.#transceivers.set(kind, transceiver);
        transceiver.sender.setStreams(this.#parts.localStream);
      }
      if (this.#transceivers.get(kind) !== transceiver) {
        transceiver.direction = 'inactive';
        continue;
      }
      transceiver.direction = 'sendrecv';
      if (transceiver.sender.track !== this.#tracks[kind]) {
        replaced.push(transceiver.sender.replaceTrack(this.#tracks[kind]));
      }
    }
    await Promise.all(replaced);
  }

  #showAll(): void {
    for (const { receiver } of this.#transceivers.values()) this.#show(receiver.track);
  }

  #show(track: MediaStreamTrack): void {
    if (this.remoteStream.getTracks().includes(track)) return;
    this.remoteStream.addTrack(track);
    this.#emit({ type: 'remote-stream' });
  }

  async #takeCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    if (this.#ignoring) return;
    // While our offer is out, what comes belongs to the answer that is still to come.
    if (!this.#connection.remoteDescription || this.#connection.signalingState === 'have-local-offer') {
      if (this.#held.length < HELD_MAX) this.#held.push(candidate);
      return;
    }
    await this.#addCandidate(candidate);
  }

  async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    // One that the browser refuses (an older generation, an unknown form) costs no more than itself.
    await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  #emitDescription(): void {
    const { localDescription } = this.#connection;
    if (!localDescription) return;
    const description = { type: localDescription.type, sdp: localDescription.sdp };
    const told = description.type === 'offer' ? withDtlsRole(description, this.#connection) : description;
    this.#emit({ type: 'description', description: told });
  }

  async #report(firstFrameMs: number): Promise<void> {
    const statistics = await this.#connection.getStats().catch(() => undefined);
    const route = statistics && routeOf(statistics);
    if (route) this.#emit({ type: 'report', report: { firstFrameMs: Math.round(firstFrameMs), route } });
  }

  #emit(event: PeerEvent): void {
    if (!this.#closed) this.#parts.emit(event);
  }

  #run(step: () => void | Promise<void>): void {
    this.#queue = this.#queue
      .then(() => (this.#closed ? undefined : step()))
      .catch(() => this.#emit({ type: 'negotiation-failed' }));
  }
}

/** Never null (plain clients hand what they get to `addIceCandidate`); the line makes it fit for their constructor too. */
function endOfCandidates(): RTCIceCandidateInit {
  return { candidate: '', sdpMLineIndex: 0 };
}

function isStanding({ iceConnectionState }: RTCPeerConnection): boolean {
  return iceConnectionState === 'connected' || iceConnectionState === 'completed';
}
