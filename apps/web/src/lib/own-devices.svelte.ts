import type { Device } from '@passerby/call';
import type { CallEngine } from './call.svelte.ts';
import { recallDevice, rememberDevice, type DeviceKind } from './device-memory.ts';
import type { TextStore } from './storage.ts';

/** Which devices this person chose, on this device: told to the call at once, and remembered if they can be had. */
export class OwnDevices {
  readonly #call: Pick<CallEngine, 'chooseDevice'>;
  readonly #store: TextStore;
  #chosen: Readonly<Partial<Record<DeviceKind, Device | undefined>>> = $state.raw({});

  constructor(call: Pick<CallEngine, 'chooseDevice'>, store: TextStore) {
    this.#call = call;
    this.#store = store;
    for (const kind of ['camera', 'microphone', 'speaker'] as const) {
      const device = recallDevice(store, kind);
      if (!device) continue;
      this.#chosen = { ...this.#chosen, [kind]: device };
      void this.#use(kind, device);
    }
  }

  get camera(): Device | undefined {
    return this.#chosen.camera;
  }

  get microphone(): Device | undefined {
    return this.#chosen.microphone;
  }

  /** Where the partner is heard; undefined leaves it to the browser. */
  get speaker(): Device | undefined {
    return this.#chosen.speaker;
  }

  /** Resolves when it is in use, or could not be had: then everything is as it was. */
  async choose(kind: DeviceKind, device: Device | undefined): Promise<void> {
    if (!(await this.#use(kind, device))) return;
    rememberDevice(this.#store, kind, device);
    this.#chosen = { ...this.#chosen, [kind]: device };
  }

  async #use(kind: DeviceKind, device: Device | undefined): Promise<boolean> {
    return kind === 'speaker' || this.#call.chooseDevice(kind === 'camera' ? 'video' : 'audio', device);
  }
}
