import { LocalMedia } from '../src/media.ts';

let count = 0;

/** A MediaStreamTrack as far as the engine uses one. */
export class FakeTrack extends EventTarget {
  readonly id = `track-${(count += 1)}`;
  readonly kind: 'audio' | 'video';
  enabled = true;
  contentHint = '';
  /** What the device captures. */
  settings: MediaTrackSettings;
  readyState: 'live' | 'ended' = 'live';

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
    this.settings = kind === 'video' ? { width: 1280, height: 720 } : {};
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  stop(): void {
    this.readyState = 'ended';
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

/** Devices whose answers a test sets, and which remember every track they gave. */
export class FakeDevices {
  readonly given: FakeTrack[] = [];
  readonly asked: MediaStreamConstraints[] = [];
  /** Name of the DOMException a kind fails with. */
  readonly failing: { audio?: string; video?: string } = {};
  /** What the Permissions API says; a device it does not say anything of is unknown to it. */
  readonly permitted: { camera?: PermissionState; microphone?: PermissionState } = {};
  readonly #prompts: Promise<void>[] = [];

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
    const tracks = kinds.map((kind) => new FakeTrack(kind));
    this.given.push(...tracks);
    return new FakeStream(tracks) as unknown as MediaStream;
  }

  async query({ name }: PermissionDescriptor): Promise<PermissionStatus> {
    const state = name === 'camera' || name === 'microphone' ? this.permitted[name] : undefined;
    if (state === undefined) throw new TypeError(`${name} is not known`);
    return { state } as PermissionStatus;
  }

  get live(): FakeTrack[] {
    return this.given.filter((track) => track.readyState === 'live');
  }
}

export function fakeLocalMedia(devices: FakeDevices): LocalMedia {
  return new LocalMedia({ mediaDevices: devices, permissions: devices, createStream: fakeStream });
}
