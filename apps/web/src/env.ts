import { defineEnvVars } from '@sveltejs/kit/env';
import { readLogo, readRules } from './lib/operator-files.ts';
import {
  parseAccent,
  parseAppName,
  parseFirebase,
  parseHideAddress,
  parseLanguages,
  parseLink,
  parseMaintenance,
  parseModes,
  parseOrigin,
  parseRulesVersion,
} from './lib/public-settings.ts';

// Read when the server starts, never when the app is built: one build serves every deployment.
export const variables = defineEnvVars({
  PUBLIC_APP_NAME: {
    public: true,
    schema: parseAppName,
    description: 'The name on the pages. Default: Passerby.',
  },
  ACCENT_COLOR: {
    schema: parseAccent,
    description: 'The one colour of the deployment, #rrggbb. Empty: our own.',
  },
  LOGO_FILE: {
    schema: readLogo,
    description: 'Path of an SVG or PNG file. Empty: our own logo.',
  },
  RULES_FILE: {
    schema: readRules,
    description: 'Path of a text file with the rules of the deployment. Empty: our own rules.',
  },
  PUBLIC_RULES_VERSION: {
    public: true,
    schema: parseRulesVersion,
    description: 'Changed when the rules change in substance: everybody is asked to agree again.',
  },
  PUBLIC_MODES: {
    public: true,
    schema: parseModes,
    description: 'What the pages offer: some of video, voice, text. Empty: all.',
  },
  MAINTENANCE: {
    schema: parseMaintenance,
    description: 'on: the pages say that they are closed for a while. Running calls go on.',
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
  PUBLIC_LANGUAGES: {
    public: true,
    schema: parseLanguages,
    description:
      'Languages of the pages, the default first, such as de,en. Empty: all there are, English first.',
  },
  PUBLIC_SOURCE_URL: {
    public: true,
    schema: parseLink,
    description: 'Where the source code of this deployment is. Empty: no link.',
  },
});
