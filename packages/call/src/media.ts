import type { Mode } from '@passerby/protocol';
import { CallError, type CallErrorReason, type MissingDevices } from './errors.ts';
import { Listeners } from './listeners.ts';
import type { Kind } from './peer.ts';
import type { Unsubscribe } from './types.ts';

export interface LocalMediaParts {
  /** `navigator.mediaDevices`; undefined where the page is not secure. */
  mediaDevices: Pick<MediaDevices, 'getUserMedia'> | undefined;
  /** `navigator.permissions`; undefined where the browser has none. */
  permissions?: Pick<Permissions, 'query'> | undefined;
  /** An empty stream, to gather the tracks in. */
  createStream(): MediaStream;
  /** Captures 24 pictures a second instead of 30. */
  phone?: boolean;
}

export type Wanted = Record<Kind, boolean>;

/** The devices of a mode. */
export function wantedIn(mode: Mode): Wanted {
  return { audio: mode !== 'text', video: mode === 'video' };
}

const KINDS: readonly Kind[] = ['audio', 'video'];
/** The devices, as the Permissions API calls them too. */
const DEVICES = { audio: 'microphone', video: 'camera' } as const satisfies Record<
  Kind,
  keyof MissingDevices
>;

/**
 * The user's camera and microphone. Owns every track it was given and stops it.
 * Nothing here rejects: what is missing, and why, is read from `missing`.
 */
export class LocalMedia {
  readonly #parts: LocalMediaParts;
  readonly #listeners = new Listeners<void>();
  readonly #tracks = new Map<Kind, MediaStreamTrack>();
  #stream: MediaStream;
  #wanted: Wanted = { audio: false, video: false };
  #missing: MissingDevices = {};
  #muted = false;
  #cameraOff = false;
  #opening: Promise<void> = Promise.resolve();
  /** Counts the stops: a prompt answered after one finds nobody waiting. */
  #run = 0;

  constructor(parts: LocalMediaParts) {
    this.#parts = parts;
    this.#stream = parts.createStream();
  }

  /** One object from `open` to `stop`, whatever tracks come and go. */
  get stream(): MediaStream {
    return this.#stream;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get cameraOff(): boolean {
    return this.#cameraOff;
  }

  /** What was asked for and is not there. A new object after a change, the same one otherwise. */
  get missing(): MissingDevices {
    return this.#missing;
  }

  track(kind: Kind): MediaStreamTrack | null {
    return this.#tracks.get(kind) ?? null;
  }

  /** Called after anything above changed. */
  on(listener: () => void): Unsubscribe {
    return this.#listeners.on(listener);
  }

  /** Has what is wanted and not there yet, and gives back what is no longer wanted. One at a time. */
  open(wanted: Wanted): Promise<void> {
    const run = this.#run;
    this.#opening = this.#opening.then(async () => {
      if (run !== this.#run) return;
      this.#wanted = wanted;
      for (const kind of KINDS) if (!wanted[kind]) this.#give(kind);
      await this.#acquire(KINDS.filter((kind) => this.#lacks(kind)));
    });
    return this.#opening;
  }

  /** Instant, and keeps the device. Kept over `stop`. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    const track = this.#tracks.get('audio');
    if (track) track.enabled = !muted;
    this.#listeners.emit();
  }

  /** Off: the device is given back at once, so that its light goes off. On: it is asked for again. Kept over `stop`. */
  async setCameraOff(off: boolean): Promise<void> {
    this.#cameraOff = off;
    if (off) {
      this.#give('video');
      this.#listeners.emit();
      return;
    }
    this.#listeners.emit();
    if (this.#lacks('video')) await this.#acquire(['video']);
  }

  /** Ends every track in this task; one that is still being asked for ends when it comes. */
  stop(): void {
    this.#run += 1;
    this.#opening = Promise.resolve();
    this.#wanted = { audio: false, video: false };
    for (const kind of KINDS) this.#give(kind);
    // A new one next time: nobody who still shows this one comes to see the next camera.
    this.#stream = this.#parts.createStream();
    this.#listeners.emit();
  }

  #lacks(kind: Kind): boolean {
    return this.#wanted[kind] && !this.#tracks.has(kind) && !(kind === 'video' && this.#cameraOff);
  }

  /** Both with one prompt; if that fails each by itself, so that a dead camera does not cost the microphone. */
  async #acquire(kinds: readonly Kind[]): Promise<void> {
    if (kinds.length === 0) return;
    const run = this.#run;
    const failure = await this.#ask(kinds);
    if (failure === undefined || run !== this.#run) return;
    let again = kinds.length > 1 ? kinds : [];
    // Who has just said no is not to be asked twice more, as browsers that forget a refusal would.
    if (failure === 'media-refused') again = await this.#spared(again);
    for (const kind of kinds) {
      if (run !== this.#run) return;
      // Had, or no longer wanted, while the browser was asking.
      if (!this.#lacks(kind)) continue;
      if (again.includes(kind)) await this.#acquire([kind]);
      else this.#miss(kind, failure);
    }
  }

  /** Of two that were refused together, the one that would be granted, or asked for, without the other. */
  async #spared(kinds: readonly Kind[]): Promise<readonly Kind[]> {
    const denied = await Promise.all(kinds.map((kind) => this.#isDenied(kind)));
    return denied.includes(true) ? kinds.filter((_, index) => denied[index] === false) : [];
  }

  /** Undefined where the browser does not say. */
  async #isDenied(kind: Kind): Promise<boolean | undefined> {
    try {
      const status = await this.#parts.permissions?.query({ name: DEVICES[kind] });
      return status && status.state === 'denied';
    } catch {
      return undefined;
    }
  }

  async #ask(kinds: readonly Kind[]): Promise<CallErrorReason | undefined> {
    const run = this.#run;
    try {
      if (!this.#parts.mediaDevices) throw new CallError('media-insecure');
      const stream = await this.#parts.mediaDevices.getUserMedia(this.#constraints(kinds));
      for (const track of stream.getTracks()) {
        if (run === this.#run) this.#take(track);
        else track.stop();
      }
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  #constraints(kinds: readonly Kind[]): MediaStreamConstraints {
    return {
      audio: kinds.includes('audio') && {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
      },
      video: kinds.includes('video') && {
        width: { ideal: 1280 },
        height: { ideal: 720 },
        frameRate: { ideal: this.#parts.phone ? 24 : 30 },
        facingMode: 'user',
      },
    };
  }

  #take(track: MediaStreamTrack): void {
    const kind: Kind = track.kind === 'audio' ? 'audio' : 'video';
    // The user may have changed their mind while the browser was asking.
    if (this.#tracks.has(kind) || !this.#wanted[kind] || (kind === 'video' && this.#cameraOff)) {
      track.stop();
      return;
    }
    if (track.readyState === 'ended') {
      // Gone before it arrived: it will not say so any more.
      this.#miss(kind, 'media-missing');
      return;
    }
    this.#clear(kind);
    this.#tracks.set(kind, track);
    this.#stream.addTrack(track);
    if (kind === 'audio') track.enabled = !this.#muted;
    // Fires only when the device went away by itself, never for our own stop().
    track.addEventListener('ended', () => {
      if (this.#tracks.get(kind) === track) this.#miss(kind, 'media-missing');
    });
    this.#listeners.emit();
  }

  /** The device cannot be had, or is there no more. */
  #miss(kind: Kind, reason: CallErrorReason): void {
    this.#give(kind);
    this.#missing = { ...this.#missing, [DEVICES[kind]]: reason };
    this.#listeners.emit();
  }

  #clear(kind: Kind): void {
    const { [DEVICES[kind]]: reason, ...rest } = this.#missing;
    if (reason) this.#missing = rest;
  }

  /** Gives a device back and forgets what was wrong with it. */
  #give(kind: Kind): void {
    this.#clear(kind);
    const track = this.#tracks.get(kind);
    if (!track) return;
    this.#tracks.delete(kind);
    this.#stream.removeTrack(track);
    track.stop();
  }
}

/** The names are those of the Media Capture and Streams specification, `getUserMedia()`. */
function reasonOf(error: unknown): CallErrorReason {
  if (error instanceof CallError) return error.reason;
  switch (error instanceof Error || error instanceof DOMException ? error.name : undefined) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'media-refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'media-missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'media-busy';
    case 'TypeError':
      return 'media-insecure';
    default:
      return 'media-unknown';
  }
}
