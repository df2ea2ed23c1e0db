import type { TextStore } from './storage.ts';

const NAME = 'consent';

/** Whether somebody on this device said to be 18 or older and agreed to the rules as they are now (`version`). */
export function hasConsent(store: TextStore, version: string): boolean {
  return store.get(NAME) === version;
}

export function giveConsent(store: TextStore, version: string): void {
  store.set(NAME, version);
}
