import {
  PUBLIC_FIREBASE_AUTH_EMULATOR,
  PUBLIC_FIREBASE_CONFIG,
  PUBLIC_SOCKET_SERVER_URL,
} from '$app/env/public';
import { openAuth } from '#lib/auth/open-auth.ts';
import { openSafety } from '#lib/safety/open-safety.ts';
import { openStore } from '#lib/storage.ts';
import type { LayoutLoad } from './$types';

// Who somebody is, is known in the browser alone, and so is the camera.
export const ssr = false;

/** Runs once, on the way into the session's pages, and stays as long as one of them is shown. */
export const load: LayoutLoad = async () => {
  const tabStore = openStore(() => sessionStorage);
  const deviceStore = openStore(() => localStorage);
  const signalingOrigin = PUBLIC_SOCKET_SERVER_URL || location.origin;
  const auth = await openAuth(
    {
      signalingOrigin,
      firebase: PUBLIC_FIREBASE_CONFIG,
      firebaseEmulator: PUBLIC_FIREBASE_AUTH_EMULATOR,
    },
    tabStore,
    deviceStore,
  );
  return { auth, deviceStore, safety: openSafety(), signalingOrigin };
};
