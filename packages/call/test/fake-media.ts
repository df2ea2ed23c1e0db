import { LocalMedia } from '../src/media.ts';
import { FakeClock } from './fake-clock.ts';

let count = 0;

/** A MediaStreamTrack as far as the engine uses one. */
export class FakeTrack extends EventTarget {
  readonly id = `track-${(count += 1)}`;
  readonly kind: 'audio' | 'video';
  enabled = true;
  muted = false;
  contentHint = '';
  /** What the device captures. */
  settings: MediaTrackSettings;
  readyState: 'live' | 'ended' = 'live';

  constructor(kind: 'audio' | 'video', deviceId = `${kind}-1`) {
    super();
    this.kind = kind;
    this.settings = { deviceId, ...(kind === 'video' && { width: 1280, height: 720 }) };
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** The system holds it back, or no longer. */
  interrupt(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }

  /** The device goes away by itself. */
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

/** A MediaStream as far as the engine uses one. */
export class FakeStream {
  readonly id = `stream-${(count += 1)}`;
  readonly #tracks = new Set<FakeTrack>();

  constructor(tracks: readonly FakeTrack[] = []) {
    for (const track of tracks) this.#tracks.add(track);
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks];
  }

  addTrack(track: FakeTrack): void {
    this.#tracks.add(track);
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks.delete(track);
  }
}

export function fakeStream(): MediaStream {
  return new FakeStream() as unknown as MediaStream;
}

export function fakeTrack(kind: 'audio' | 'video'): MediaStreamTrack {
  return new FakeTrack(kind) as unknown as MediaStreamTrack;
}

interface FakeDevice {
  readonly kind: 'audio' | 'video';
  readonly deviceId: string;
  readonly label: string;
}

/** A permission as the Permissions API shows it. */
class FakePermission extends EventTarget {
  state: PermissionState;

  constructor(state: PermissionState) {
    super();
    this.state = state;
  }
}

/** Devices whose answers a test sets, and which remember every track they gave. */
export class FakeDevices extends EventTarget {
  /** What is plugged in, the default one first. */
  plugged: FakeDevice[] = [
    { kind: 'audio', deviceId: 'audio-1', label: 'Headset' },
    { kind: 'video', deviceId: 'video-1', label: 'Webcam' },
  ];
  readonly given: FakeTrack[] = [];
  readonly asked: MediaStreamConstraints[] = [];
  /** Name of the DOMException a kind fails with. */
  readonly failing: { audio?: string; video?: string } = {};
  /** What the Permissions API says; a device it does not say anything of is unknown to it. */
  readonly permitted: { camera?: PermissionState; microphone?: PermissionState } = {};
  readonly #prompts: Promise<void>[] = [];
  readonly #permissions = new Map<string, FakePermission>();
  /** Of which devices another program makes use. */
  readonly busy = new Set<string>();

  /** The next question stays open until the returned function is called. */
  holdPrompt(): () => void {
    let answer = (): void => undefined;
    this.#prompts.push(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    return () => answer();
  }

  async getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    this.asked.push(constraints);
    await this.#prompts.shift();
    const kinds = (['audio', 'video'] as const).filter((kind) => constraints[kind]);
    for (const kind of kinds) {
      const name = this.failing[kind];
      if (name !== undefined) throw new DOMException(`${kind} fails`, name);
    }
    const tracks = kinds.map((kind) => new FakeTrack(kind, this.#find(kind, constraints[kind])));
    this.given.push(...tracks);
    return new FakeStream(tracks) as unknown as MediaStream;
  }

  async query({ name }: PermissionDescriptor): Promise<PermissionStatus> {
    const state = name === 'camera' || name === 'microphone' ? this.permitted[name] : undefined;
    if (state === undefined) throw new TypeError(`${name} is not known`);
    const permission = new FakePermission(state);
    this.#permissions.set(name, permission);
    return permission as unknown as PermissionStatus;
  }

  /** The user, or the browser, changes a permission that was asked about. */
  permit(name: 'camera' | 'microphone', state: PermissionState): void {
    this.permitted[name] = state;
    const permission = this.#permissions.get(name);
    if (!permission) return;
    permission.state = state;
    permission.dispatchEvent(new Event('change'));
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return this.plugged.map(
      ({ kind, deviceId, label }) => ({ kind: `${kind}input`, deviceId, label }) as MediaDeviceInfo,
    );
  }

  /** Other devices are there from now on; what was in use and is gone ends by itself. */
  plug(...devices: FakeDevice[]): void {
    this.plugged = devices;
    for (const track of this.live) {
      if (!devices.some(({ deviceId }) => deviceId === track.settings.deviceId)) track.unplug();
    }
    this.dispatchEvent(new Event('devicechange'));
  }

  #find(kind: 'audio' | 'video', constraint: MediaTrackConstraints | boolean | undefined): string {
    const exact =
      typeof constraint === 'object' && (constraint.deviceId as { exact?: string } | undefined)?.exact;
    const device = this.plugged.find((one) => one.kind === kind && (!exact || one.deviceId === exact));
    if (!device) throw new DOMException('', exact ? 'OverconstrainedError' : 'NotFoundError');
    if (this.busy.has(device.deviceId)) throw new DOMException('', 'NotReadableError');
    return device.deviceId;
  }

  get live(): FakeTrack[] {
    return this.given.filter((track) => track.readyState === 'live');
  }
}

export function fakeLocalMedia(devices: FakeDevices, clock = new FakeClock()): LocalMedia {
  return new LocalMedia({ mediaDevices: devices, permissions: devices, createStream: fakeStream, clock });
}
