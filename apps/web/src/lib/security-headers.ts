import type { FirebaseSettings } from './public-settings.ts';

/** What a deployment lets its pages reach beside their own origin. */
export interface OutsideSettings {
  /** Origin of the signaling server; '' = the page's own. */
  signalingOrigin: string;
  firebase: FirebaseSettings | undefined;
  /** Origin of the Firebase Auth emulator; '' = none. */
  firebaseEmulator: string;
}

type Directive = 'connect-src' | 'script-src' | 'frame-src';
export type OutsideSources = Record<Directive, string[]>;

/** `https://host` → `wss://host`. */
function webSocketOrigin(origin: string): string {
  return origin.replace(/^http/, 'ws');
}

/** Sources to allow for this deployment. `pageOrigin`: where the page itself is served from. */
export function outsideSources(settings: OutsideSettings, pageOrigin: string): OutsideSources {
  // 'self' covers WebSockets of the own origin only in newer browsers (CSP 3); Safari before 15.4 needs the name.
  const sources: OutsideSources = {
    'connect-src': [webSocketOrigin(pageOrigin)],
    'script-src': [],
    'frame-src': [],
  };
  const { signalingOrigin, firebase, firebaseEmulator } = settings;
  if (signalingOrigin) sources['connect-src'].push(signalingOrigin, webSocketOrigin(signalingOrigin));
  if (firebase) {
    // Account and token endpoints; Google's loader and the helper frame are what the popup needs.
    sources['connect-src'].push(
      'https://identitytoolkit.googleapis.com',
      'https://securetoken.googleapis.com',
    );
    sources['script-src'].push('https://apis.google.com');
    if (firebase.authDomain) sources['frame-src'].push(`https://${firebase.authDomain}`);
    if (firebaseEmulator) {
      sources['connect-src'].push(firebaseEmulator);
      sources['frame-src'].push(firebaseEmulator);
    }
  }
  return sources;
}

/** Appends sources to the directives of a policy. `'none'` gives way, since it must stand alone. */
export function withSources(policy: string, added: OutsideSources): string {
  return policy
    .split(';')
    .map((part) => {
      const [name = '', ...present] = part.trim().split(/\s+/);
      const more = added[name as Directive] ?? [];
      if (more.length === 0) return part.trim();
      return [name, ...present.filter((source) => source !== "'none'"), ...more].join(' ');
    })
    .join('; ');
}

/** Headers of every page, beside the policy itself. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'permissions-policy': [
    'camera=(self)',
    'microphone=(self)',
    'autoplay=(self)',
    'picture-in-picture=(self)',
    'screen-wake-lock=(self)',
    'speaker-selection=(self)',
    'display-capture=()',
    'geolocation=()',
    'payment=()',
    'usb=()',
  ].join(', '),
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // A sign-in popup must be able to report back; nothing else may hold a handle on our window.
  'cross-origin-opener-policy': 'same-origin-allow-popups',
};
