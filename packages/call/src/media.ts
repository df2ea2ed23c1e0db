import type { Mode } from '@passerby/protocol';
import { constraintsFor, type Choices } from './capture.ts';
import { DeviceList, findDevice, type Device, type Devices, type DeviceSource } from './device-list.ts';
import { DEVICES, DevicePermissions } from './device-permissions.ts';
import { CallError, isRefusal, type CallErrorReason, type MissingDevices } from './errors.ts';
import { HeldDevices, type DevicesInUse, type Interrupted } from './held-devices.ts';
import { Listeners } from './listeners.ts';
import type { Kind } from './peer.ts';
import type { Clock, Unsubscribe } from './types.ts';

export interface LocalMediaParts {
  /** `navigator.mediaDevices`; undefined where the page is not secure. */
  mediaDevices: (Pick<MediaDevices, 'getUserMedia'> & DeviceSource) | undefined;
  /** `navigator.permissions`; undefined where the browser has none. */
  permissions?: Pick<Permissions, 'query'> | undefined;
  /** Whether the permissions policy lets the page ask for it; absent where the browser does not say. */
  isAllowed?: ((device: 'camera' | 'microphone') => boolean) | undefined;
  /** An empty stream, to gather the tracks in. */
  createStream(): MediaStream;
  clock: Pick<Clock, 'after'>;
  /** Captures 24 pictures a second instead of 30. */
  phone?: boolean;
  /** Of which kind the browser bears no two devices at a time: the old one is given back first. */
  oneAtATime?: readonly Kind[];
  /** What takes the place of a device that is gone is chance here: the user is to choose. */
  replacesNothing?: boolean;
}

export type Wanted = Record<Kind, boolean>;

/** The devices of a mode. */
export function wantedIn(mode: Mode): Wanted {
  return { audio: mode !== 'text', video: mode === 'video' };
}

/** Of which device another one is used than the chosen one, or the one that was used, and why. */
export type Fallbacks = MissingDevices;

const KINDS: readonly Kind[] = ['audio', 'video'];
const LISTS = { audio: 'microphones', video: 'cameras' } as const satisfies Record<Kind, keyof Devices>;

/**
 * The user's camera and microphone. Owns every track it was given and stops it.
 * Nothing here rejects: what is missing, and why, is read from `missing`.
 */
export class LocalMedia {
  readonly #parts: LocalMediaParts;
  readonly #listeners = new Listeners<void>();
  readonly #held: HeldDevices;
  readonly #list: DeviceList;
  readonly #permissions: DevicePermissions;
  #wanted: Wanted = { audio: false, video: false };
  #choices: Choices = {};
  #fallbacks: Fallbacks = {};
  #muted = false;
  #cameraOff = false;
  /** What went away by itself since nobody looks; undefined while somebody does. */
  #lostUnseen: Set<Kind> | undefined;
  #opening: Promise<void> = Promise.resolve();
  /** Counts the stops: a prompt answered after one finds nobody waiting. */
  #run = 0;

  constructor(parts: LocalMediaParts) {
    this.#parts = parts;
    this.#held = new HeldDevices(() => parts.createStream(), parts.clock);
    this.#list = new DeviceList(parts.mediaDevices);
    this.#list.on(() => this.#devicesChanged());
    this.#permissions = new DevicePermissions({
      permissions: parts.permissions,
      isAllowed: parts.isAllowed,
      onchange: (kind, state) => this.#permissionChanged(kind, state),
    });
  }

  /** One object from `open` to `stop`, whatever tracks come and go. */
  get stream(): MediaStream {
    return this.#held.stream;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get cameraOff(): boolean {
    return this.#cameraOff;
  }

  /** What was asked for and is not there. A new object after a change, the same one otherwise. */
  get missing(): MissingDevices {
    return this.#held.missing;
  }

  /** Where another device is in use than was asked for. The same object until it changes. */
  get fallbacks(): Fallbacks {
    return this.#fallbacks;
  }

  /** What there is to choose from. The same object until it changes. */
  get devices(): Devices {
    return this.#list.current;
  }

  /** The same object until it changes. */
  get inUse(): DevicesInUse {
    return this.#held.inUse;
  }

  /** The same object until it changes. */
  get interrupted(): Interrupted {
    return this.#held.interrupted;
  }

  track(kind: Kind): MediaStreamTrack | null {
    return this.#held.track(kind) ?? null;
  }

  /** Whether anybody can hear, or see, what there is of it. */
  isOn(kind: Kind): boolean {
    if (!this.#held.has(kind) || this.interrupted[DEVICES[kind]]) return false;
    return kind === 'video' || !this.#muted;
  }

  /** Called after anything above changed. */
  on(listener: () => void): Unsubscribe {
    return this.#listeners.on(listener);
  }

  /** Has what is wanted and not there yet, and gives back what is no longer wanted. One at a time. */
  open(wanted: Wanted): Promise<void> {
    return this.#inOrder(async () => {
      this.#want(wanted);
      await this.#acquire(KINDS.filter((kind) => this.#lacks(kind)));
    });
  }

  /** What the browser's own control brought: its stream instead of `open`, or the error it ended with. */
  async adopt(brought: MediaStream | DOMException, wanted: Wanted): Promise<void> {
    await this.#inOrder(async () => {
      this.#want(wanted);
      const lacking = KINDS.filter((kind) => this.#lacks(kind));
      if (brought instanceof DOMException) {
        const run = this.#run;
        const reason = await this.#permissions.causeOf(brought, lacking);
        if (run !== this.#run) return;
        for (const kind of lacking) if (this.#lacks(kind)) this.#miss(kind, reason);
        return;
      }
      this.#takeAll(brought, false);
      await this.#correctAll(lacking);
    });
    if (brought instanceof DOMException) return;
    // Stopped before its turn came: nobody took it, and it must not stay on.
    const inUse = this.stream.getTracks();
    for (const track of brought.getTracks()) if (!inUse.includes(track)) track.stop();
  }

  /**
   * Uses that device from now on, at once where one of its kind is in use; undefined leaves it to the
   * browser. Where it cannot be had, what is in use stays, or the browser chooses; `fallbacks` tells, and
   * the choice is the one it was. Resolves with whether it is the choice from now on.
   */
  async choose(kind: Kind, choice: Device | undefined): Promise<boolean> {
    const device = DEVICES[kind];
    let stands = false;
    await this.#inOrder(async () => {
      const before = this.#choices[kind];
      this.#setChoice(kind, choice);
      this.#fallBack(kind, undefined);
      stands = true;
      if (this.#lacks(kind)) {
        await this.#acquire([kind]);
        stands = !this.missing[device] && !this.#fallbacks[device];
      } else if (this.#held.has(kind) && (!choice || this.inUse[device] !== choice.id)) {
        stands = await this.#switch(kind);
      }
      // What could not be had is not asked for again by itself.
      if (!stands) this.#setChoice(kind, before);
      this.#listeners.emit();
    });
    return stands;
  }

  /**
   * Nobody looks at the page, or somebody does again: what was taken meanwhile is asked for, where that brings up no
   * prompt. What was not there before stays away: nobody would expect it.
   */
  setUnseen(unseen: boolean): void {
    const lost = this.#lostUnseen ?? new Set();
    this.#lostUnseen = unseen ? lost : undefined;
    if (!unseen) this.#lookAgain(lost);
  }

  /** The fallbacks have been told long enough. */
  forgetFallbacks(): void {
    if (Object.keys(this.#fallbacks).length === 0) return;
    this.#fallbacks = {};
    this.#listeners.emit();
  }

  /** Instant, and keeps the device. Kept over `stop`. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    const track = this.#held.track('audio');
    if (track) track.enabled = !muted;
    this.#listeners.emit();
  }

  /** Off: the device is given back at once, so that its light goes off. On: it is asked for again. Kept over `stop`. */
  async setCameraOff(off: boolean): Promise<void> {
    this.#cameraOff = off;
    if (off) this.#held.give('video');
    this.#listeners.emit();
    if (!off) await this.#askInTurn('video');
  }

  /** Ends every track in this task; one that is still being asked for ends when it comes. Keeps the choices. */
  stop(): void {
    this.#run += 1;
    this.#opening = Promise.resolve();
    this.#wanted = { audio: false, video: false };
    this.#list.unwatch();
    this.#permissions.unwatch();
    this.#lostUnseen?.clear();
    for (const kind of KINDS) this.#held.give(kind);
    this.#fallbacks = {};
    // A new one next time: nobody who still shows this one comes to see the next camera.
    this.#held.renew();
    this.#listeners.emit();
  }

  /** One at a time; what waited for its turn until after a stop does nothing. */
  #inOrder(step: () => Promise<void>): Promise<void> {
    const run = this.#run;
    this.#opening = this.#opening.then(() => (run === this.#run ? step() : undefined));
    return this.#opening;
  }

  #want(wanted: Wanted): void {
    this.#wanted = wanted;
    this.#list.watch();
    for (const kind of KINDS) if (!wanted[kind]) this.#held.give(kind);
  }

  #lacks(kind: Kind): boolean {
    return this.#wanted[kind] && !this.#held.has(kind) && !(kind === 'video' && this.#cameraOff);
  }

  /** Asks for what is still lacking when its turn comes: two questions at once can cost one of the answers. */
  #askInTurn(kind: Kind): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#lacks(kind)) await this.#acquire([kind]);
    });
  }

  /** Both with one prompt; if that fails each by itself, so that a dead camera does not cost the microphone. */
  async #acquire(kinds: readonly Kind[]): Promise<void> {
    if (kinds.length === 0) return;
    const run = this.#run;
    const failure = await this.#askChosen(kinds);
    if (failure === undefined || run !== this.#run) return;
    let again = kinds.length > 1 ? kinds : [];
    // Who has just said no is not to be asked twice more, as browsers that forget a refusal would.
    if (failure === 'media-refused' || failure === 'media-dismissed') {
      again = await this.#permissions.spared(again);
    }
    for (const kind of kinds) {
      if (run !== this.#run) return;
      // Had, or no longer wanted, while the browser was asking.
      if (!this.#lacks(kind)) continue;
      if (again.includes(kind)) await this.#acquire([kind]);
      else this.#miss(kind, failure);
    }
  }

  /** [K84] A chosen device that is gone costs no second prompt: what is there comes, and then the right one. */
  async #askChosen(kinds: readonly Kind[]): Promise<CallErrorReason | undefined> {
    const run = this.#run;
    const failure = await this.#ask(kinds, this.#choices);
    if (run !== this.#run) return failure;
    if (failure !== 'media-missing' || !kinds.some((kind) => this.#choices[kind])) return failure;
    const second = await this.#ask(kinds, {});
    if (second !== undefined || run !== this.#run) return second;
    await this.#correctAll(kinds);
    return undefined;
  }

  /** For devices that came without having been asked for by their ids. */
  async #correctAll(kinds: readonly Kind[]): Promise<void> {
    const run = this.#run;
    await this.#list.refresh();
    for (const kind of kinds) if (run === this.#run) await this.#correct(kind);
  }

  /** Changes to the chosen device if it can be found under another id; else tells that it is another one. */
  async #correct(kind: Kind): Promise<void> {
    const choice = this.#choices[kind];
    if (!choice || !this.#held.has(kind)) return;
    const found = findDevice(this.devices[LISTS[kind]], choice);
    if (!found) this.#fallBack(kind, 'media-missing');
    else {
      this.#setChoice(kind, found);
      if (this.inUse[DEVICES[kind]] !== found.id) await this.#switch(kind);
    }
    this.#listeners.emit();
  }

  /** The chosen device in the place of the one in use. False: it could not be had. */
  async #switch(kind: Kind): Promise<boolean> {
    const old = this.#held.track(kind);
    // Its own stop() is not told as an end: the stream keeps it until there is another.
    if (this.#parts.oneAtATime?.includes(kind)) old?.stop();
    const failure = await this.#ask([kind], this.#choices, { replacing: true });
    // Given up meanwhile: nothing is in use that another could take the place of.
    if (failure === undefined || this.#held.track(kind) !== old) return true;
    if (old?.readyState !== 'ended') this.#fallBack(kind, failure);
    else {
      this.#held.give(kind);
      this.#listeners.emit();
      await this.#replace(kind, failure);
    }
    return false;
  }

  /** For a device that is gone another one, if the browser has one and need not ask the user. */
  async #replace(kind: Kind, reason: CallErrorReason): Promise<void> {
    // Switched off, no longer wanted, or had again before its turn came.
    if (!this.#lacks(kind)) return;
    const run = this.#run;
    const state = this.#parts.replacesNothing ? 'prompt' : await this.#permissions.state(kind);
    let failure: CallErrorReason | undefined = reason;
    if (state === 'denied') failure = 'media-refused';
    else if (state !== 'prompt' && run === this.#run) failure = await this.#ask([kind], {});
    if (run !== this.#run) return;
    if (failure === undefined && this.#held.has(kind)) this.#fallBack(kind, reason);
    else if (failure !== undefined && this.#lacks(kind)) this.#miss(kind, failure);
    this.#listeners.emit();
  }

  async #ask(
    kinds: readonly Kind[],
    choices: Choices,
    { replacing = false } = {},
  ): Promise<CallErrorReason | undefined> {
    const run = this.#run;
    try {
      if (!this.#parts.mediaDevices) throw new CallError('media-insecure');
      const constraints = constraintsFor(kinds, choices, this.#parts.phone === true);
      const stream = await this.#parts.mediaDevices.getUserMedia(constraints);
      if (run === this.#run) this.#takeAll(stream, replacing);
      else for (const track of stream.getTracks()) track.stop();
      return undefined;
    } catch (error) {
      return this.#permissions.causeOf(error, kinds);
    }
  }

  #takeAll(stream: MediaStream, replacing: boolean): void {
    for (const track of stream.getTracks()) this.#take(track, replacing);
    // Only now do the devices have names.
    void this.#list.refresh().then(() => this.#listeners.emit());
  }

  #take(track: MediaStreamTrack, replacing: boolean): void {
    const kind: Kind = track.kind === 'audio' ? 'audio' : 'video';
    const isMore = this.#held.has(kind) && !replacing;
    // The user may have changed their mind while the browser was asking.
    if (isMore || !this.#wanted[kind] || (kind === 'video' && this.#cameraOff)) {
      track.stop();
      return;
    }
    if (track.readyState === 'ended') {
      // Gone before it arrived: it will not say so any more.
      this.#miss(kind, 'media-missing');
      return;
    }
    this.#held.take(
      kind,
      track,
      () => this.#lose(kind),
      () => this.#listeners.emit(),
    );
    if (kind === 'audio') track.enabled = !this.#muted;
    this.#listeners.emit();
  }

  /** It went away by itself: gone at once, and replaced when its turn comes. */
  #lose(kind: Kind): void {
    this.#lostUnseen?.add(kind);
    this.#held.give(kind);
    this.#listeners.emit();
    void this.#inOrder(() => this.#replace(kind, 'media-missing'));
  }

  /** What was not there, or was taken, may be there now. */
  #devicesChanged(): void {
    this.#listeners.emit();
    this.#lookAgain(KINDS);
  }

  #lookAgain(kinds: Iterable<Kind>): void {
    if (this.#parts.replacesNothing) return;
    for (const kind of kinds) if (this.#mayCome(kind)) void this.#askQuietly(kind);
  }

  #mayCome(kind: Kind): boolean {
    const reason = this.missing[DEVICES[kind]];
    return reason === 'media-missing' || reason === 'media-busy';
  }

  #askQuietly(kind: Kind): Promise<void> {
    return this.#inOrder(async () => {
      const run = this.#run;
      // Had, or refused, before its turn came.
      if (!this.#mayCome(kind) || !(await this.#permissions.isQuiet(kind))) return;
      if (run === this.#run && this.#lacks(kind)) await this.#acquire([kind]);
    });
  }

  #permissionChanged(kind: Kind, state: PermissionState): void {
    if (!isRefusal(this.missing[DEVICES[kind]])) return;
    // Perhaps in a prompt of ours that is still open: then that one brings it.
    if (state === 'granted') void this.#askInTurn(kind);
    else this.#miss(kind, state === 'denied' ? 'media-refused' : 'media-dismissed');
  }

  #miss(kind: Kind, reason: CallErrorReason): void {
    if (this.#held.miss(kind, reason)) this.#listeners.emit();
  }

  #fallBack(kind: Kind, reason: CallErrorReason | undefined): void {
    const { [DEVICES[kind]]: before, ...rest } = this.#fallbacks;
    if (before !== reason) this.#fallbacks = reason ? { ...rest, [DEVICES[kind]]: reason } : rest;
  }

  #setChoice(kind: Kind, choice: Device | undefined): void {
    const { [kind]: _, ...rest } = this.#choices;
    this.#choices = choice ? { ...rest, [kind]: choice } : rest;
  }
}
