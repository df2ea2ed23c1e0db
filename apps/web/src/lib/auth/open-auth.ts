import type { FirebaseSettings } from '../public-settings.ts';
import type { TextStore } from '../storage.ts';
import type { AuthClient } from './auth-client.ts';
import { createGuestAuth } from './guest.ts';

export interface AuthSettings {
  /** Origin of the signaling server, which issues guest passes. */
  signalingOrigin: string;
  /** Undefined: guests only, and the Firebase SDK is never loaded. */
  firebase: FirebaseSettings | undefined;
  firebaseEmulator: string;
}

/** Chooses how people sign in. For the browser only. */
export async function openAuth(
  settings: AuthSettings,
  tabStore: TextStore,
  deviceStore: TextStore,
): Promise<AuthClient> {
  if (settings.firebase) {
    const { createFirebaseAuth } = await import('./firebase.ts');
    return createFirebaseAuth({
      settings: settings.firebase,
      emulator: settings.firebaseEmulator,
      tabStore,
      deviceStore,
    });
  }
  return createGuestAuth({
    origin: settings.signalingOrigin,
    fetch: (input, init) => fetch(input, init),
    store: tabStore,
    now: Date.now,
  });
}
