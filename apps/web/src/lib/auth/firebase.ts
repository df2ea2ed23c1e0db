// Import this module dynamically only: it brings the Firebase SDK (about 30 kB gzip).
import { initializeApp } from 'firebase/app';
import {
  browserLocalPersistence,
  browserPopupRedirectResolver,
  browserSessionPersistence,
  connectAuthEmulator,
  createUserWithEmailAndPassword,
  GoogleAuthProvider,
  indexedDBLocalPersistence,
  initializeAuth,
  isSignInWithEmailLink,
  sendSignInLinkToEmail,
  setPersistence,
  signInAnonymously,
  signInWithEmailAndPassword,
  signInWithEmailLink,
  signInWithPopup,
  signOut,
} from 'firebase/auth';
import type { FirebaseSettings } from '../public-settings.ts';
import type { TextStore } from '../storage.ts';
import { AuthError, type AuthClient } from './auth-client.ts';
import { signInError, tokenError } from './firebase-errors.ts';

export interface FirebaseParts {
  settings: FirebaseSettings;
  /** Origin of the Auth emulator; '' = the real service. */
  emulator: string;
  /** Belongs to the tab: remembers that this tab is a guest. */
  tabStore: TextStore;
  /** Belongs to the device: remembers who asked for a sign-in link. */
  deviceStore: TextStore;
}

const GUEST = 'firebase-guest';
const LINK_EMAIL = 'link-email';

/** Accounts and guests of a Firebase project. */
export function createFirebaseAuth(parts: FirebaseParts): AuthClient {
  const { settings, emulator, tabStore, deviceStore } = parts;
  // A guest lives in the tab, so that two tabs are two people; an account lives on the device. The list must
  // name the tab's store alone for a guest: with both, the SDK would move the guest to the device's store.
  const onDevice = [indexedDBLocalPersistence, browserLocalPersistence];
  const auth = initializeAuth(initializeApp(settings), {
    persistence: tabStore.get(GUEST) ? browserSessionPersistence : onDevice,
    // No popupRedirectResolver here: with it the SDK loads Google's script on phones and in Safari at once.
  });
  if (emulator) connectAuthEmulator(auth, emulator, { disableWarnings: true });

  async function signIn(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      throw signInError(error);
    }
  }

  function account(run: () => Promise<unknown>): Promise<void> {
    return signIn(async () => {
      tabStore.remove(GUEST);
      await setPersistence(auth, indexedDBLocalPersistence);
      await run();
    });
  }

  return {
    accounts: {
      withGoogle: () =>
        account(() => signInWithPopup(auth, new GoogleAuthProvider(), browserPopupRedirectResolver)),
      withPassword: (email, password) => account(() => signInWithEmailAndPassword(auth, email, password)),
      createAccount: (email, password) =>
        account(() => createUserWithEmailAndPassword(auth, email, password)),
      sendLink: (email, returnUrl) =>
        signIn(async () => {
          await sendSignInLinkToEmail(auth, email, { url: returnUrl, handleCodeInApp: true });
          deviceStore.set(LINK_EMAIL, email);
        }),
      isLink: (url) => isSignInWithEmailLink(auth, url),
      linkEmail: () => deviceStore.get(LINK_EMAIL),
      withLink: (url, email) =>
        account(async () => {
          await signInWithEmailLink(auth, email, url);
          deviceStore.remove(LINK_EMAIL);
        }),
    },
    async isSignedIn() {
      await auth.authStateReady();
      return auth.currentUser !== null;
    },
    async token({ fresh = false } = {}) {
      await auth.authStateReady();
      const user = auth.currentUser;
      if (!user) throw new AuthError('signed-out');
      try {
        // The SDK renews by itself what is about to end.
        const { token, expirationTime } = await user.getIdTokenResult(fresh);
        return { token, expiresAt: Date.parse(expirationTime) };
      } catch (error) {
        throw tokenError(error);
      }
    },
    continueAsGuest: () =>
      signIn(async () => {
        await setPersistence(auth, browserSessionPersistence);
        await signInAnonymously(auth);
        tabStore.set(GUEST, 'yes');
      }),
    async signOut() {
      tabStore.remove(GUEST);
      await signOut(auth);
    },
  };
}
