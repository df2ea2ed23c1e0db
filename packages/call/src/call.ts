import { sameWishes, textSchema, type MediaState, type Mode, type Wishes } from '@passerby/protocol';
import { endingOf } from './ending.ts';
import { mainReason, reasonOfEnd } from './errors.ts';
import { IceRestart } from './ice-restart.ts';
import { Line } from './line.ts';
import { Listeners } from './listeners.ts';
import { matchOf, transition, type ByeReason, type Effect, type MachineEvent } from './machine.ts';
import { wantedIn, type LocalMedia } from './media.ts';
import { parse } from './parse.ts';
import { Peer, type PeerEvent, type PeerParts } from './peer.ts';
import { StateTimers } from './state-timers.ts';
import { Texts } from './texts.ts';
import type {
  CallState,
  CallView,
  Clock,
  Match,
  NetworkChanges,
  SignalingClient,
  SignalingEvent,
  Unsubscribe,
} from './types.ts';

export interface CallParts {
  signaling: SignalingClient;
  media: LocalMedia;
  createPeerConnection: PeerParts['createPeerConnection'];
  /** An empty stream, for what a partner sends. */
  createStream: PeerParts['createStream'];
  clock: Clock;
  /** Sends a smaller picture. */
  phone?: boolean;
  networkChanges?: NetworkChanges;
}

export interface StartOptions {
  /** Take the account over from the tab or device that shows it now. */
  takeOver?: boolean;
  /** Start even if there is neither camera nor microphone. */
  withoutMedia?: boolean;
}

/** What a partner is taken to send until it says otherwise. */
const PARTNER_MEDIA: MediaState = { mic: true, cam: true, away: false };

/**
 * One user's side of one call after another: runs the machine, owns the current peer and the timers,
 * and shows all of it as one snapshot. Owns the parts it is given from `start` to `stop`.
 */
export class Call {
  readonly #parts: CallParts;
  readonly #listeners = new Listeners<void>();
  readonly #timers: StateTimers;
  readonly #line: Line;
  readonly #restart: IceRestart;
  readonly #subscriptions: Unsubscribe[];
  readonly #inbox: MachineEvent[] = [];
  #state: CallState = { status: 'idle' };
  #view: CallView;
  #peer: Peer | undefined;
  /** Of the match that is on, or of the last one. */
  #texts: Texts | undefined;
  #partnerMedia = PARTNER_MEDIA;
  #partnerAway = false;
  #withoutMedia = false;
  /** What the partner was last told about our side. */
  #told: MediaState | undefined;
  /** What the server was last asked for, which a skip asks for again. */
  #asked: Wishes | undefined;
  /** Presses of Start. */
  #starts = 0;
  #busy = false;
  #closed = false;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#timers = new StateTimers(parts.clock, (timer) => this.#dispatch({ type: 'timer', timer }));
    this.#restart = new IceRestart(parts.signaling);
    this.#line = new Line(parts.clock, () => this.#publish());
    this.#view = this.#snapshot();
    this.#subscriptions = [
      parts.signaling.on((event) => this.#hear(event)),
      parts.media.on(() => this.#mediaChanged()),
    ];
    if (parts.networkChanges) {
      this.#subscriptions.push(parts.networkChanges(() => this.#dispatch({ type: 'network-changed' })));
    }
  }

  /** Everything a screen needs. A new object after each change, the same one otherwise. */
  get view(): CallView {
    return this.#view;
  }

  /** Called after each change, with the newest view. */
  on(listener: (view: CallView) => void): Unsubscribe {
    return this.#listeners.on(() => listener(this.#view));
  }

  /**
   * Camera and microphone on, before anything is sent; also the way to ask for them again.
   * In a session the mode is the session's. Never rejects: see `missing`.
   */
  async preview(mode: Mode = 'video'): Promise<void> {
    if (this.#closed) return;
    await this.#parts.media.open(wantedIn('wishes' in this.#state ? this.#state.wishes.mode : mode));
  }

  /** Looks for a partner: from `idle`, and from `failed` to try again. */
  start(wishes: Wishes, { takeOver = false, withoutMedia = false }: StartOptions = {}): void {
    this.#withoutMedia = withoutMedia;
    this.#dispatch({ type: 'start', wishes, takeOver });
  }

  /** Wishes that hold from the next person on: the match that is on stays as it is, and so does the mode. */
  setWishes(wishes: Omit<Wishes, 'mode'>): void {
    this.#dispatch({ type: 'wishes', wishes });
  }

  /** Stops insisting on shared interests and languages, in the search that is on. */
  widen(): void {
    if (this.#state.status === 'searching') this.#parts.signaling.widen();
  }

  /** Sends a text to the partner. False: there is no match, or it is no text (see `textSchema`). */
  say(text: string): boolean {
    if (!matchOf(this.#state) || parse(textSchema, text) === undefined) return false;
    this.#texts?.say(text);
    return true;
  }

  /** To be called at each key in the text field: the partner sees that I type, until 5 s after the last one. */
  typed(): void {
    if (matchOf(this.#state)) this.#texts?.typed();
  }

  /** Tries the texts that have not arrived again, at once and every way. */
  retry(): void {
    if (matchOf(this.#state)) this.#texts?.retry();
  }

  /** Ends the match and searches. The partner's picture and sound are gone when this returns. */
  next(): void {
    this.#dispatch({ type: 'next' });
  }

  /** Ends everything: the session is over and no device is in use when this returns. */
  stop(): void {
    this.#dispatch({ type: 'stop' });
  }

  /** Holds the countdown to the next search. */
  pause(): void {
    this.#dispatch({ type: 'pause' });
  }

  /** Starts the countdown anew. */
  resume(): void {
    this.#dispatch({ type: 'resume' });
  }

  setMuted(muted: boolean): void {
    if (!this.#closed) this.#parts.media.setMuted(muted);
  }

  /** Resolves when the camera is off, on, or could not be had (see `missing`). */
  async setCameraOff(off: boolean): Promise<void> {
    if (!this.#closed) await this.#parts.media.setCameraOff(off);
  }

  /** To be called when a frame of `remoteStream` is on the screen; sooner than the statistics tell. */
  firstFrame(): void {
    this.#peer?.frameShown();
  }

  /** Stops, for good. Synchronous, for `pagehide`. */
  close(): void {
    if (this.#closed) return;
    this.stop();
    this.#closed = true;
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#listeners.clear();
  }

  #dispatch(event: MachineEvent): void {
    if (this.#closed) return;
    this.#inbox.push(event);
    if (this.#busy) return; // an effect reported back at once: its event waits for the other effects
    this.#busy = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
        const { state, effects } = transition(this.#state, next);
        this.#state = state;
        this.#timers.follow(state);
        this.#followMatch(state, next);
        for (const effect of effects) this.#perform(effect);
      }
    } finally {
      this.#busy = false;
    }
    this.#publish();
  }

  /** Every match has a log of its own; the last one stays to be read. */
  #followMatch(state: CallState, event: MachineEvent): void {
    const match = matchOf(state);
    if (match?.matchId === this.#texts?.log.matchId) return;
    this.#texts?.end(endingOf(state, event));
    if (!match || !('wishes' in state)) return;
    this.#partnerAway = false;
    this.#texts = new Texts({
      match,
      wishes: state.wishes,
      clock: this.#parts.clock,
      signaling: this.#parts.signaling,
      sayDirectly: (message) =>
        matchOf(this.#state)?.matchId === match.matchId && !!this.#peer?.send(message),
      isCut: () => !this.#line.isUp || this.#partnerAway,
      onchange: () => this.#publish(),
    });
  }

  #perform(effect: Effect): void {
    const { signaling } = this.#parts;
    switch (effect.type) {
      case 'acquire-media':
        void this.#acquireMedia(effect.mode);
        break;
      case 'release-media':
        this.#parts.media.stop();
        break;
      case 'connect':
        this.#line.down();
        signaling.connect({ takeOver: effect.takeOver });
        break;
      case 'end-session':
        signaling.close();
        this.#line.close();
        break;
      case 'find':
        this.#find(effect.wishes);
        break;
      case 'skip':
        if (this.#asked && sameWishes(effect.wishes, this.#asked)) {
          signaling.skip(effect.matchId, effect.reason);
        } else {
          // A skip searches with the old wishes, and somebody could be found by them before a find arrives.
          signaling.leave(effect.matchId);
          this.#find(effect.wishes);
        }
        break;
      case 'leave':
        signaling.leave(effect.matchId);
        break;
      case 'open-peer':
        // Made with older wishes: whether the newer ones have arrived cannot be seen.
        if (effect.relayOnly !== effect.match.relayOnly) this.#asked = undefined;
        this.#openPeer(effect.match, effect.relayOnly);
        break;
      case 'close-peer':
        this.#closePeer(effect.bye);
        break;
      case 'restart-ice':
        this.#restartIce();
        break;
    }
  }

  async #acquireMedia(mode: Mode): Promise<void> {
    const { media } = this.#parts;
    const start = ++this.#starts;
    await media.open(wantedIn(mode));
    // Stopped, and perhaps started again, while the browser was asking.
    if (this.#state.status !== 'starting' || start !== this.#starts) return;
    const hasAny = media.track('audio') !== null || media.track('video') !== null;
    const reason = mainReason(media.missing);
    if (reason && !hasAny && !this.#withoutMedia) {
      this.#dispatch({ type: 'media-failed', reason, missing: media.missing });
    } else {
      this.#dispatch({ type: 'media-ready' });
    }
  }

  #find(wishes: Wishes): void {
    this.#asked = wishes;
    this.#parts.signaling.find(wishes);
  }

  #openPeer(match: Match, relayOnly: boolean): void {
    const { media, clock, createPeerConnection, createStream, phone = false } = this.#parts;
    this.#partnerMedia = PARTNER_MEDIA;
    this.#partnerAway = false;
    try {
      this.#peer = new Peer({
        createPeerConnection,
        createStream,
        clock,
        role: match.role,
        iceServers: match.iceServers,
        relayOnly,
        kinds: match.mode === 'voice' ? ['audio'] : ['audio', 'video'],
        localStream: media.stream,
        tracks: { audio: media.track('audio'), video: media.track('video') },
        phone,
        media: this.#mediaState(),
        emit: (event) => this.#hearPeer(match.matchId, event),
      });
    } catch {
      this.#dispatch({ type: 'session-over', reason: 'webrtc-unsupported' });
      return;
    }
    this.#told = PARTNER_MEDIA;
    this.#tellPartner();
  }

  #closePeer(bye: ByeReason | undefined): void {
    this.#peer?.close(bye);
    this.#peer = undefined;
    this.#restart.forget();
    this.#partnerMedia = PARTNER_MEDIA;
    this.#partnerAway = false;
  }

  #restartIce(): void {
    const match = matchOf(this.#state);
    if (this.#peer && match) void this.#restart.attempt(this.#peer, match.matchId, this.#line.isUp);
  }

  /** What is said of the match that is on; texts also of the last one, whose end may have come another way. */
  #isHeard(matchId: string, type: SignalingEvent['type']): boolean {
    if (matchId === matchOf(this.#state)?.matchId) return true;
    const isText = type === 'text' || type === 'text-taken' || type === 'text-delivered';
    return isText && matchId === this.#texts?.log.matchId;
  }

  #hear(event: SignalingEvent): void {
    if ('matchId' in event && !this.#isHeard(event.matchId, event.type)) return;
    switch (event.type) {
      case 'online':
        this.#line.up();
        this.#dispatch(event);
        break;
      case 'offline':
        this.#line.down();
        this.#texts?.wayChanged();
        this.#dispatch(event);
        break;
      case 'offer':
      case 'answer':
        this.#peer?.receiveDescription(event.description);
        break;
      case 'candidate':
        this.#peer?.receiveCandidate(event.candidate);
        break;
      case 'partner-state':
        this.#partnerMedia = event.media;
        this.#peer?.setPartnerMedia(event.media);
        this.#publish();
        break;
      case 'partner-away':
      case 'partner-back':
        this.#partnerAway = event.type === 'partner-away';
        this.#texts?.hearTyping(false);
        this.#texts?.wayChanged();
        this.#dispatch({ type: event.type });
        break;
      case 'ended':
        this.#dispatch({ type: 'session-over', reason: reasonOfEnd(event.reason) });
        break;
      case 'refused':
        this.#dispatch({ type: 'session-over', reason: event.reason });
        break;
      case 'welcome': {
        const { pending } = this.#restart;
        this.#dispatch({ type: 'welcome', resumed: event.resumed });
        // [K9] Unless the match is over, or its state has asked again by itself.
        if (pending && pending === this.#restart.pending) this.#restartIce();
        break;
      }
      case 'partner-left':
        this.#dispatch({ type: 'partner-left', reason: event.reason });
        break;
      case 'waiting':
      case 'matched':
        this.#dispatch(event);
        break;
      case 'text':
        this.#texts?.hear(event.seq, event.text, false);
        break;
      case 'text-taken':
        this.#texts?.taken(event.seq);
        break;
      case 'text-delivered':
        this.#texts?.delivered(event.seq);
        break;
      case 'partner-typing':
        this.#texts?.hearTyping(event.on);
        break;
    }
  }

  #hearPeer(matchId: string, event: PeerEvent): void {
    switch (event.type) {
      case 'description':
        this.#parts.signaling.sendDescription(matchId, event.description);
        break;
      case 'candidate':
        this.#parts.signaling.sendCandidate(matchId, event.candidate);
        break;
      case 'remote-stream':
        this.#publish();
        break;
      case 'partner-state':
        this.#partnerMedia = event.media;
        this.#publish();
        break;
      case 'media':
        if (event.fact === 'media-lost') {
          this.#dispatch({ type: event.fact, offline: !this.#line.isUp, partnerAway: this.#partnerAway });
        } else this.#dispatch({ type: event.fact });
        break;
      case 'report':
        this.#parts.signaling.report(matchId, event.report);
        break;
      case 'channel-open':
        this.#texts?.wayChanged();
        break;
      case 'text':
        this.#texts?.hear(event.seq, event.text, true);
        break;
      case 'got':
        this.#texts?.got(event.upTo);
        break;
      case 'typing':
        this.#texts?.hearTyping(event.on);
        break;
      case 'bye':
        this.#dispatch({ type: 'partner-bye', reason: event.reason });
        break;
      case 'negotiation-failed':
        this.#dispatch({ type: 'negotiation-failed' });
        break;
    }
  }

  #mediaChanged(): void {
    const { media } = this.#parts;
    this.#peer?.setTrack('audio', media.track('audio'));
    this.#peer?.setTrack('video', media.track('video'));
    this.#tellPartner();
    this.#publish();
  }

  #mediaState(): MediaState {
    const { media } = this.#parts;
    return {
      mic: media.track('audio') !== null && !media.muted,
      cam: media.track('video') !== null,
      away: false,
    };
  }

  /** On the data channel, which also repeats it when it opens; until then by the server. */
  #tellPartner(): void {
    const match = matchOf(this.#state);
    const media = this.#mediaState();
    if (!this.#peer || !match || (media.mic === this.#told?.mic && media.cam === this.#told.cam)) return;
    this.#told = media;
    if (!this.#peer.tell(media)) this.#parts.signaling.sendState(match.matchId, media);
  }

  #snapshot(): CallView {
    const { media } = this.#parts;
    const remoteStream = this.#peer?.remoteStream;
    return {
      state: this.#state,
      online: this.#line.isUp,
      offlineBanner: this.#line.banner,
      muted: media.muted,
      cameraOff: media.cameraOff,
      localStream: media.stream.getTracks().length > 0 ? media.stream : undefined,
      missing: media.missing,
      remoteStream: remoteStream && remoteStream.getTracks().length > 0 ? remoteStream : undefined,
      partnerMedia: this.#partnerMedia,
      partnerAway: this.#partnerAway,
      textLog: this.#texts?.log,
    };
  }

  #publish(): void {
    if (this.#busy) return; // half-done effects are nobody's business; the end of the batch publishes
    const view = this.#snapshot();
    if (isSameView(view, this.#view)) return;
    this.#view = view;
    this.#listeners.emit();
  }
}

function isSameView(one: CallView, other: CallView): boolean {
  return (Object.keys(one) as (keyof CallView)[]).every((key) => one[key] === other[key]);
}
