import type { TextStore } from './storage.ts';

/** Raise it when the rules change in substance: everybody is asked again. */
export const CONSENT_VERSION = '1';

const NAME = 'consent';

/** Whether somebody on this device said to be 18 or older and agreed to the rules as they are now. */
export function hasConsent(store: TextStore): boolean {
  return store.get(NAME) === CONSENT_VERSION;
}

export function giveConsent(store: TextStore): void {
  store.set(NAME, CONSENT_VERSION);
}
