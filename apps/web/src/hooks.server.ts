import type { Handle } from '@sveltejs/kit/hooks';
import {
  PUBLIC_FIREBASE_AUTH_EMULATOR,
  PUBLIC_FIREBASE_CONFIG,
  PUBLIC_SOCKET_SERVER_URL,
} from '$app/env/public';
import { outsideSources, PAGE_HEADERS, withSources } from '#lib/security-headers.ts';

const outside = {
  signalingOrigin: PUBLIC_SOCKET_SERVER_URL,
  firebase: PUBLIC_FIREBASE_CONFIG,
  firebaseEmulator: PUBLIC_FIREBASE_AUTH_EMULATOR,
};

export const handle: Handle = async ({ event, resolve }) => {
  const response = await resolve(event);
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.headers.set(name, value);
  const policy = response.headers.get('content-security-policy');
  if (policy) {
    const sources = outsideSources(outside, event.url.origin);
    response.headers.set('content-security-policy', withSources(policy, sources));
  }
  return response;
};
