import { textSchema, type Mode, type Wishes } from '@passerby/protocol';
import { outcomeOf, reviewOf } from './device-outcome.ts';
import { endingOf } from './ending.ts';
import { reasonOfEnd } from './errors.ts';
import { FallbackNotice } from './fallback-notice.ts';
import { IceRestart } from './ice-restart.ts';
import { Line } from './line.ts';
import type { WeakSide } from './link.ts';
import { Listeners } from './listeners.ts';
import { matchOf, transition, type Effect, type MachineEvent } from './machine.ts';
import type { Device } from './device-list.ts';
import { wantedIn, type LocalMedia, type Wanted } from './media.ts';
import { parse } from './parse.ts';
import { Partner, type PartnerParts } from './partner.ts';
import type { Kind, PeerEvent, PeerParts } from './peer.ts';
import { Search } from './search.ts';
import type { Quality } from './sending.ts';
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
  /** What this device can send; `desktop` by default. */
  quality?: Exclude<Quality, 'saver'>;
  networkChanges?: NetworkChanges;
  /** For what can wait until the screen shows what has changed; without it nothing waits. */
  afterPaint?: PartnerParts['afterPaint'];
}

export interface StartOptions {
  /** Take the account over from the tab or device that shows it now. */
  takeOver?: boolean;
  /** Start even if there is neither camera nor microphone. */
  withoutMedia?: boolean;
}

/**
 * One user's side of one call after another: runs the machine, owns the partner and the timers,
 * and shows all of it as one snapshot. Owns the parts it is given from `start` to `stop`.
 */
export class Call {
  readonly #parts: CallParts;
  readonly #listeners = new Listeners<void>();
  readonly #timers: StateTimers;
  readonly #line: Line;
  readonly #restart: IceRestart;
  readonly #search: Search;
  readonly #partner: Partner;
  readonly #fallbackNotice: FallbackNotice;
  readonly #subscriptions: Unsubscribe[];
  readonly #inbox: MachineEvent[] = [];
  #state: CallState = { status: 'idle' };
  #view: CallView;
  /** Of the match that is on, or of the last one. */
  #texts: Texts | undefined;
  #withoutMedia = false;
  #saving = false;
  /** Presses of Start. */
  #starts = 0;
  /** The page is too old to meet anybody else with; whoever talks is not interrupted. [K108] */
  #isOutdated = false;
  #busy = false;
  #closed = false;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#timers = new StateTimers(parts.clock, (timer) => this.#dispatch({ type: 'timer', timer }));
    this.#restart = new IceRestart(parts.signaling);
    this.#line = new Line(parts.clock, () => this.#publish());
    this.#search = new Search(parts.signaling);
    this.#partner = new Partner({
      ...parts,
      pausesPicture: parts.quality === 'phone',
      emit: (matchId, event) => this.#hearPeer(matchId, event),
    });
    this.#fallbackNotice = new FallbackNotice(parts.media, parts.clock);
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
    if (!this.#closed) await this.#parts.media.open(this.#wanted(mode));
  }

  /** The same with what a control of the browser's own brought: a stream, or why there is none. */
  async adopt(brought: MediaStream | DOMException, mode: Mode = 'video'): Promise<void> {
    if (!this.#closed) await this.#parts.media.adopt(brought, this.#wanted(mode));
    else if (brought instanceof MediaStream) for (const track of brought.getTracks()) track.stop();
  }

  /**
   * Uses that camera or microphone from now on, in a call too; undefined leaves it to the browser.
   * Kept over `stop`. False: it could not be had, and the choice is the one it was; never rejects, see
   * `fallbacks` and `missing`.
   */
  async chooseDevice(kind: Kind, device: Device | undefined): Promise<boolean> {
    return !this.#closed && this.#parts.media.choose(kind, device);
  }

  /** Sends as little as shows a face, in a call too, or all that this device can. Kept over `stop`. */
  setDataSaver(on: boolean): void {
    this.#saving = on;
    this.#partner.peer?.setQuality(this.#quality);
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

  /**
   * To be called when the page is hidden, and when it is shown again: the partner is told, and a phone sends no
   * picture meanwhile. Kept over `stop`.
   */
  setAway(away: boolean): void {
    if (this.#closed) return;
    this.#partner.setUserAway(away);
    this.#parts.media.setUnseen(away);
  }

  /** To be called when a frame of `remoteStream` is on the screen; sooner than the statistics tell. */
  firstFrame(): void {
    this.#partner.peer?.frameShown();
  }

  /** Stops, for good. Synchronous, for `pagehide`. */
  close(): void {
    if (this.#closed) return;
    this.stop();
    this.#partner.setUserAway(false);
    this.#fallbackNotice.close();
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
        if (this.#isOutdated && !goesOnAlone(state)) {
          this.#isOutdated = false;
          this.#inbox.push({ type: 'session-over', reason: 'page-outdated' });
        }
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
    this.#partner.isAway = false;
    this.#texts = new Texts({
      match,
      wishes: state.wishes,
      clock: this.#parts.clock,
      signaling: this.#parts.signaling,
      sayDirectly: (message) =>
        matchOf(this.#state)?.matchId === match.matchId && !!this.#partner.peer?.send(message),
      isCut: () => !this.#line.isUp || this.#partner.isAway,
      onchange: () => this.#publish(),
    });
  }

  /** In a session the mode is the session's. */
  #wanted(mode: Mode): Wanted {
    return wantedIn('wishes' in this.#state ? this.#state.wishes.mode : mode);
  }

  get #quality(): Quality {
    return this.#saving ? 'saver' : (this.#parts.quality ?? 'desktop');
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
        this.#search.find(effect.wishes);
        break;
      case 'skip':
        this.#search.skip(effect.matchId, effect.wishes, effect.reason);
        break;
      case 'leave':
        signaling.leave(effect.matchId);
        break;
      case 'open-peer':
        if (effect.relayOnly !== effect.match.relayOnly) this.#search.doubt();
        this.#openPeer(effect.match, effect.relayOnly);
        break;
      case 'close-peer':
        this.#partner.close(effect.bye);
        this.#restart.forget();
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
    this.#dispatch(outcomeOf(media, this.#withoutMedia));
  }

  #openPeer(match: Match, relayOnly: boolean): void {
    try {
      this.#partner.open(match, relayOnly, this.#quality);
    } catch {
      this.#dispatch({ type: 'session-over', reason: 'webrtc-unsupported' });
    }
  }

  #restartIce(): void {
    const match = matchOf(this.#state);
    const { peer } = this.#partner;
    if (peer && match) void this.#restart.attempt(peer, match.matchId, this.#line.isUp);
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
        this.#partner.peer?.receiveDescription(event.description);
        break;
      case 'candidate':
        this.#partner.peer?.receiveCandidate(event.candidate);
        break;
      case 'partner-state':
        this.#partner.heardOf(event.media);
        this.#publish();
        break;
      case 'partner-away':
      case 'partner-back':
        this.#partner.isAway = event.type === 'partner-away';
        this.#texts?.hearTyping(false);
        this.#texts?.wayChanged();
        this.#dispatch({ type: event.type });
        break;
      case 'ended':
        this.#dispatch({ type: 'session-over', reason: reasonOfEnd(event.reason) });
        break;
      case 'refused':
        this.#isOutdated = event.reason === 'page-outdated' && goesOnAlone(this.#state);
        if (!this.#isOutdated) this.#dispatch({ type: 'session-over', reason: event.reason });
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
      case 'slowed':
        this.#dispatch({ type: 'slowed', until: this.#parts.clock.now() + event.retryInMs });
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
        this.#partner.heard(event.media);
        this.#publish();
        break;
      case 'media':
        if (event.fact === 'media-lost') {
          this.#dispatch({ type: event.fact, offline: !this.#line.isUp, partnerAway: this.#partner.isAway });
        } else this.#dispatch({ type: event.fact });
        break;
      case 'weak-side':
        this.#partner.weakSide = event.side;
        this.#publish();
        break;
      case 'picture-hopeless':
        this.#partner.isPictureHopeless = event.isHopeless;
        this.#publish();
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
    this.#partner.follow();
    this.#fallbackNotice.follow();
    const review = reviewOf(this.#state, this.#parts.media);
    if (review) this.#dispatch(review);
    this.#publish();
  }

  get #weakSide(): WeakSide | undefined {
    if (this.#state.status !== 'connected') return undefined;
    const { weakSide, isAway } = this.#partner;
    if (!this.#state.weak) return weakSide;
    // [K98] Nothing comes in: if just one of the two has lost its line to the server, too, it is that side.
    if (this.#line.isUp === isAway) return isAway ? 'partner' : 'own';
    return weakSide ?? 'unknown';
  }

  #snapshot(): CallView {
    const { media } = this.#parts;
    const remoteStream = this.#partner.peer?.remoteStream;
    return {
      state: this.#state,
      online: this.#line.isUp,
      offlineBanner: this.#line.banner,
      muted: media.muted,
      cameraOff: media.cameraOff,
      localStream: media.stream.getTracks().length > 0 ? media.stream : undefined,
      missing: media.missing,
      interrupted: media.interrupted,
      fallbacks: media.fallbacks,
      devices: media.devices,
      inUse: media.inUse,
      remoteStream: remoteStream && remoteStream.getTracks().length > 0 ? remoteStream : undefined,
      partnerMedia: this.#partner.media,
      partnerAway: this.#partner.isAway,
      weakSide: this.#weakSide,
      pictureHopeless: this.#partner.isPictureHopeless && media.track('video') !== null,
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

/** Without the server there is a call, but no text chat; and the last one can be read. */
function goesOnAlone(state: CallState): boolean {
  if (state.status === 'parted') return true;
  const isCall = state.status === 'connected' || state.status === 'reconnecting';
  return isCall && state.wishes.mode !== 'text';
}

function isSameView(one: CallView, other: CallView): boolean {
  return (Object.keys(one) as (keyof CallView)[]).every((key) => one[key] === other[key]);
}
