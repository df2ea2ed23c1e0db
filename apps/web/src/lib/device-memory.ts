import type { Device } from '@passerby/call';
import type { TextStore } from './storage.ts';

/** What can be chosen: two to be seen and heard with, and one to hear with. */
export type DeviceKind = 'camera' | 'microphone' | 'speaker';

const LENGTH_MAX = 500;

/** The device that was chosen here, as far as the store holds one: anybody may have written it. */
export function recallDevice(store: TextStore, kind: DeviceKind): Device | undefined {
  try {
    const kept: unknown = JSON.parse(store.get(kind) ?? '');
    if (typeof kept !== 'object' || kept === null || !('id' in kept) || !('label' in kept)) return undefined;
    const { id, label } = kept;
    return isWord(id) && id !== '' && isWord(label) ? { id, label } : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers it by id and by label: browsers make the ids anew when the data of a site are cleared. */
export function rememberDevice(store: TextStore, kind: DeviceKind, device: Device | undefined): void {
  if (device) store.set(kind, JSON.stringify({ id: device.id, label: device.label }));
  else store.remove(kind);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LENGTH_MAX;
}
