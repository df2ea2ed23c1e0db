import type { MediaState } from '@passerby/protocol';
import type { WeakSide } from './link.ts';
import type { ByeReason } from './machine.ts';
import type { LocalMedia } from './media.ts';
import { Peer, type PeerEvent, type PeerParts } from './peer.ts';
import type { Quality } from './sending.ts';
import { TIMES } from './times.ts';
import type { Match, SignalingClient, Unsubscribe } from './types.ts';

export interface PartnerParts extends Pick<PeerParts, 'createPeerConnection' | 'createStream' | 'clock'> {
  signaling: Pick<SignalingClient, 'sendState'>;
  media: LocalMedia;
  /** What comes from the connection of that match. */
  emit(matchId: string, event: PeerEvent): void;
  /** A picture that nobody may be in front of is not worth the battery: while the user is away none is sent. */
  pausesPicture: boolean;
  /** Does it once the screen shows what has changed; the returned function does it now. At once by default. */
  afterPaint?: ((act: () => void) => () => void) | undefined;
}

/** What a partner is taken to send until it says otherwise. */
const UNTOLD: MediaState = { mic: true, cam: true, away: false };

/** The other side of the match that is on: the connection to it, what it said of itself, what it was told of us. */
export class Partner {
  readonly #parts: PartnerParts;
  #peer: Peer | undefined;
  /** Closes the connection that was left, if that is still to be done. */
  #closeLeft: (() => void) | undefined;
  #matchId = '';
  #hasPicture = false;
  #isUserAway = false;
  /** Runs while the user is away, until their picture is paused. */
  #stopPausing: Unsubscribe | undefined;
  #isPaused = false;
  #media = UNTOLD;
  /** What it was last told about our side. */
  #told = UNTOLD;
  /** Its line to the server is down. */
  isAway = false;
  /** Whose side of the connection is weak, by what was lost and late on it; undefined: neither. */
  weakSide: WeakSide | undefined;
  /** Our picture is too much for the way to it, however small. */
  isPictureHopeless = false;

  constructor(parts: PartnerParts) {
    this.#parts = parts;
  }

  /** Undefined where there is no match, or one of texts alone. */
  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** What it says it sends. */
  get media(): MediaState {
    return this.#media;
  }

  /** Its state as it came on the data channel. */
  heard(media: MediaState): void {
    this.#media = media;
  }

  /** Its state as it came by the server. */
  heardOf(media: MediaState): void {
    this.#media = media;
    this.#peer?.setPartnerMedia(media);
  }

  /** Throws where the browser makes no connection. */
  open(match: Match, relayOnly: boolean, quality: Quality): void {
    const { media, emit, createPeerConnection, createStream, clock } = this.#parts;
    const { matchId } = match;
    this.#forget();
    this.#closeLeft?.();
    this.#hasPicture = match.mode === 'video';
    this.#peer = new Peer({
      createPeerConnection,
      createStream,
      clock,
      role: match.role,
      iceServers: match.iceServers,
      relayOnly,
      kinds: match.mode === 'voice' ? ['audio'] : ['audio', 'video'],
      localStream: media.stream,
      tracks: { audio: media.track('audio'), video: this.#picture },
      quality,
      media: this.#own(),
      emit: (event) => emit(matchId, event),
    });
    this.#matchId = matchId;
    this.#told = UNTOLD;
    this.#tell();
  }

  /** Sends what our devices bring by now, and says so. */
  follow(): void {
    const { media } = this.#parts;
    this.#peer?.setTrack('audio', media.track('audio'));
    this.#peer?.setTrack('video', this.#picture);
    this.#tell();
  }

  /** Whether the user looks elsewhere, which holds until it is said anew. [K106] */
  setUserAway(away: boolean): void {
    if (away === this.#isUserAway) return;
    const { pausesPicture, clock } = this.#parts;
    this.#isUserAway = away;
    this.#isPaused = false;
    this.#stopPausing?.();
    this.#stopPausing = undefined;
    if (away && pausesPicture) {
      this.#stopPausing = clock.after(TIMES.pauseMs, () => {
        this.#isPaused = true;
        this.follow();
      });
    }
    this.follow();
  }

  /** `bye`: as the partner is told. Who is skipped is gone at once, while closing the connection can wait for the paint. */
  close(bye?: ByeReason): void {
    const peer = this.#peer;
    const { afterPaint } = this.#parts;
    if (peer && bye === 'skipped' && afterPaint) {
      peer.leave(bye);
      this.#closeLeft = afterPaint(() => peer.close());
    } else {
      peer?.close(bye);
      this.#closeLeft?.();
    }
    this.#peer = undefined;
    this.#forget();
  }

  #forget(): void {
    this.#media = UNTOLD;
    this.isAway = false;
    this.weakSide = undefined;
    this.isPictureHopeless = false;
  }

  get #picture(): MediaStreamTrack | null {
    return this.#isPaused ? null : this.#parts.media.track('video');
  }

  #own(): MediaState {
    const { media } = this.#parts;
    // Where nobody is seen nobody is away for looking elsewhere.
    return { mic: media.isOn('audio'), cam: media.isOn('video'), away: this.#isUserAway && this.#hasPicture };
  }

  /** On the data channel, which also repeats it when it opens; until then by the server. */
  #tell(): void {
    const own = this.#own();
    const { mic, cam, away } = this.#told;
    if (!this.#peer || (own.mic === mic && own.cam === cam && own.away === away)) return;
    this.#told = own;
    if (!this.#peer.tell(own)) this.#parts.signaling.sendState(this.#matchId, own);
  }
}
