import { CallError, type CallErrorReason } from './errors.ts';
import type { Kind } from './peer.ts';

/** The devices, as the Permissions API and the permissions policy call them too. */
export const DEVICES = { audio: 'microphone', video: 'camera' } as const satisfies Record<Kind, string>;

interface PermissionParts {
  /** `navigator.permissions`; undefined where the browser has none. */
  permissions: Pick<Permissions, 'query'> | undefined;
  /** Whether the page itself may ask for it; undefined where the browser does not say. */
  isAllowed: ((device: 'camera' | 'microphone') => boolean) | undefined;
  /** The user, or the browser, changed their mind. */
  onchange(kind: Kind, state: PermissionState): void;
}

/** What the browser says about the permission of each device, and why it refused one. */
export class DevicePermissions {
  readonly #parts: PermissionParts;
  readonly #statuses = new Map<Kind, Promise<PermissionStatus | undefined>>();
  #watching = new AbortController();

  constructor(parts: PermissionParts) {
    this.#parts = parts;
  }

  /** Undefined where the browser does not say. From the first time on its changes are told, until `unwatch`. */
  async state(kind: Kind): Promise<PermissionState | undefined> {
    const known = this.#statuses.get(kind) ?? this.#watch(kind);
    this.#statuses.set(kind, known);
    return (await known)?.state;
  }

  /** Tells no more changes until it is asked for a state again. */
  unwatch(): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    this.#statuses.clear();
  }

  async #watch(kind: Kind): Promise<PermissionStatus | undefined> {
    const { signal } = this.#watching;
    try {
      const status = await this.#parts.permissions?.query({ name: DEVICES[kind] });
      status?.addEventListener('change', () => this.#parts.onchange(kind, status.state), { signal });
      return status;
    } catch {
      return undefined;
    }
  }

  /** Whether asking for it brings up no prompt, as far as the browser says. */
  async isQuiet(kind: Kind): Promise<boolean> {
    const state = await this.state(kind);
    return state === undefined || state === 'granted';
  }

  /** Of two that were refused together, the one that would be granted, or asked for, without the other. */
  async spared(kinds: readonly Kind[]): Promise<readonly Kind[]> {
    const states = await Promise.all(kinds.map((kind) => this.state(kind)));
    if (!states.includes('denied')) return [];
    return kinds.filter((_, index) => states[index] !== undefined && states[index] !== 'denied');
  }

  /** The names are those of the Media Capture and Streams specification, `getUserMedia()`. */
  async causeOf(error: unknown, kinds: readonly Kind[]): Promise<CallErrorReason> {
    if (error instanceof CallError) return error.reason;
    if (!(error instanceof Error || error instanceof DOMException)) return 'media-unknown';
    switch (error.name) {
      case 'NotAllowedError':
      case 'SecurityError':
        return this.#refusalOf(error.message, kinds);
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

  /** Chromium says which refusal it was; of the others it is read from the permission after it. */
  async #refusalOf(message: string, kinds: readonly Kind[]): Promise<CallErrorReason> {
    const { isAllowed } = this.#parts;
    if (isAllowed && kinds.some((kind) => !isAllowed(DEVICES[kind]))) return 'media-insecure';
    const states = await Promise.all(kinds.map((kind) => this.state(kind)));
    if (/denied by system/i.test(message)) return 'media-system';
    if (/dismissed/i.test(message)) return 'media-dismissed';
    if (states.every((state) => state === 'prompt')) return 'media-dismissed';
    // The site has the permission, and what it was refused by stands above the browser.
    return states.every((state) => state === 'granted') ? 'media-system' : 'media-refused';
  }
}
