import { DEVICES } from './device-permissions.ts';
import type { CallErrorReason, MissingDevices } from './errors.ts';
import type { Kind } from './peer.ts';
import { TIMES } from './times.ts';
import type { Clock, Unsubscribe } from './types.ts';

type DeviceName = 'camera' | 'microphone';

/** Ids of the devices in use. */
export type DevicesInUse = Readonly<Partial<Record<DeviceName, string>>>;

/** Those in use that bring nothing for now: most often the system, or another program, holds them back. */
export type Interrupted = Readonly<Partial<Record<DeviceName, true>>>;

/**
 * Of camera and microphone each: its track, in one stream, or why there is none. Owns every track it takes and
 * stops it. What is read here is a new object after a change, the same one otherwise.
 */
export class HeldDevices {
  readonly #createStream: () => MediaStream;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #tracks = new Map<Kind, MediaStreamTrack>();
  #stream: MediaStream;
  #missing: MissingDevices = {};
  #inUse: DevicesInUse = {};
  #interrupted: Interrupted = {};

  constructor(createStream: () => MediaStream, clock: Pick<Clock, 'after'>) {
    this.#createStream = createStream;
    this.#clock = clock;
    this.#stream = createStream();
  }

  get stream(): MediaStream {
    return this.#stream;
  }

  get missing(): MissingDevices {
    return this.#missing;
  }

  get inUse(): DevicesInUse {
    return this.#inUse;
  }

  get interrupted(): Interrupted {
    return this.#interrupted;
  }

  has(kind: Kind): boolean {
    return this.#tracks.has(kind);
  }

  track(kind: Kind): MediaStreamTrack | undefined {
    return this.#tracks.get(kind);
  }

  /** In the place of the one there was. `onlost`: it went away by itself; `onchange`: it is interrupted, or no longer. */
  take(kind: Kind, track: MediaStreamTrack, onlost: () => void, onchange: () => void): void {
    this.give(kind);
    this.#tracks.set(kind, track);
    this.#stream.addTrack(track);
    this.#inUse = { ...this.#inUse, [DEVICES[kind]]: track.getSettings().deviceId };
    // Fires only when the device went away by itself, never for our own stop().
    track.addEventListener('ended', () => {
      if (this.#tracks.get(kind) === track) onlost();
    });
    this.#watch(kind, track, onchange);
  }

  #watch(kind: Kind, track: MediaStreamTrack, onchange: () => void): void {
    let cancel: Unsubscribe | undefined;
    const note = (isInterrupted: boolean): void => {
      if (this.#tracks.get(kind) === track && this.#note(kind, isInterrupted)) onchange();
    };
    const look = (): void => {
      cancel?.();
      cancel = undefined;
      if (track.muted) cancel = this.#clock.after(TIMES.interruptedMs, () => note(true));
      else note(false);
    };
    // Never for our own `enabled`.
    for (const event of ['mute', 'unmute']) track.addEventListener(event, look);
    look();
  }

  /** Gives a device back and forgets what was wrong with it. */
  give(kind: Kind): void {
    const { [DEVICES[kind]]: reason, ...missing } = this.#missing;
    if (reason) this.#missing = missing;
    const track = this.#tracks.get(kind);
    if (!track) return;
    this.#tracks.delete(kind);
    this.#note(kind, false);
    const { [DEVICES[kind]]: _, ...inUse } = this.#inUse;
    this.#inUse = inUse;
    this.#stream.removeTrack(track);
    track.stop();
  }

  /** The device cannot be had, or is there no more. False: that is nothing new. */
  miss(kind: Kind, reason: CallErrorReason): boolean {
    const device = DEVICES[kind];
    if (this.#missing[device] === reason && !this.#tracks.has(kind)) return false;
    this.give(kind);
    this.#missing = { ...this.#missing, [device]: reason };
    return true;
  }

  /** Whether that is new. */
  #note(kind: Kind, isInterrupted: boolean): boolean {
    const { [DEVICES[kind]]: before = false, ...rest } = this.#interrupted;
    if (isInterrupted === before) return false;
    this.#interrupted = isInterrupted ? { ...rest, [DEVICES[kind]]: true } : rest;
    return true;
  }

  /** What comes next goes into another stream. */
  renew(): void {
    this.#stream = this.#createStream();
  }
}
