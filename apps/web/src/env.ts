import { defineEnvVars } from '@sveltejs/kit/env';
import {
  parseAppName,
  parseFirebase,
  parseHideAddress,
  parseLink,
  parseOrigin,
} from './lib/public-settings.ts';

// Read when the server starts, never when the app is built: one build serves every deployment.
export const variables = defineEnvVars({
  PUBLIC_APP_NAME: {
    public: true,
    schema: parseAppName,
    description: 'The name on the pages. Default: Passerby.',
  },
  PUBLIC_SOCKET_SERVER_URL: {
    public: true,
    schema: parseOrigin,
    description: 'Origin of the signaling server. Empty: the same origin as the page.',
  },
  PUBLIC_FIREBASE_CONFIG: {
    public: true,
    schema: parseFirebase,
    description: "Firebase's web configuration as JSON. Empty: guests only.",
  },
  PUBLIC_FIREBASE_AUTH_EMULATOR: {
    public: true,
    schema: parseOrigin,
    description: 'Origin of a Firebase Auth emulator. Development only.',
  },
  PUBLIC_HIDE_ADDRESS: {
    public: true,
    schema: parseHideAddress,
    description: 'Whether calls may go through a relay alone: off, offered, or default (on until refused).',
  },
  PUBLIC_SOURCE_URL: {
    public: true,
    schema: parseLink,
    description: 'Where the source code of this deployment is. Empty: no link.',
  },
});
