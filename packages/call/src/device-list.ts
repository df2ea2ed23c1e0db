import { Listeners } from './listeners.ts';
import type { Unsubscribe } from './types.ts';

/** One device, as the browser lists it and as it is remembered. */
export interface Device {
  readonly id: string;
  readonly label: string;
}

/** What there is to choose from. Empty until the browser may tell, which is once a device is in use. */
export interface Devices {
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
}

export type DeviceSource = Pick<
  MediaDevices,
  'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

/**
 * The device that was chosen, among those there are: by its id, or else by its label, because browsers
 * make all ids anew when the data of a site are cleared. Of several with that label none.
 */
export function findDevice(devices: readonly Device[], { id, label }: Device): Device | undefined {
  const named = devices.filter((device) => device.label === label);
  return devices.find((device) => device.id === id) ?? (named.length === 1 ? named[0] : undefined);
}

/** The list of devices, kept true while it is watched. */
export class DeviceList {
  readonly #source: DeviceSource | undefined;
  readonly #listeners = new Listeners<void>();
  #current: Devices = { cameras: [], microphones: [], speakers: [] };
  #watching = false;
  readonly #onChange = (): void => void this.refresh().then(() => this.#listeners.emit());

  constructor(source: DeviceSource | undefined) {
    this.#source = source;
  }

  /** A new object after a change, the same one otherwise. */
  get current(): Devices {
    return this.#current;
  }

  /** Called when a device came or went, after the list was read anew. */
  on(listener: () => void): Unsubscribe {
    return this.#listeners.on(listener);
  }

  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#source?.addEventListener('devicechange', this.#onChange);
  }

  unwatch(): void {
    this.#watching = false;
    this.#source?.removeEventListener('devicechange', this.#onChange);
  }

  /** Reads the list. Never rejects: a browser that does not tell has nothing to choose from. */
  async refresh(): Promise<void> {
    const found = (await this.#source?.enumerateDevices().catch(() => undefined)) ?? [];
    const next: Devices = {
      cameras: ofKind(found, 'videoinput'),
      microphones: ofKind(found, 'audioinput'),
      speakers: ofKind(found, 'audiooutput'),
    };
    if (JSON.stringify(next) !== JSON.stringify(this.#current)) this.#current = next;
  }
}

/** Without permission a browser names one device of each kind, without id and label: that is no choice. */
function ofKind(found: readonly MediaDeviceInfo[], kind: MediaDeviceKind): Device[] {
  return found
    .filter((device) => device.kind === kind && device.deviceId !== '')
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}
