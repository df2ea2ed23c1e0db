import { redirect } from '@sveltejs/kit';
import type { Handle } from '@sveltejs/kit/hooks';
import { ACCENT_COLOR, LOGO_FILE, MAINTENANCE } from '$app/env/private';
import {
  PUBLIC_APP_NAME,
  PUBLIC_FIREBASE_AUTH_EMULATOR,
  PUBLIC_FIREBASE_CONFIG,
  PUBLIC_LANGUAGES,
  PUBLIC_SOCKET_SERVER_URL,
} from '$app/env/public';
import { toTheme, appearanceMarkup } from '#lib/appearance.ts';
import { LANGUAGE_COOKIE, THEME_COOKIE } from '#lib/choice-cookie.ts';
import { detour, MAINTENANCE_ROUTE } from '#lib/maintenance.ts';
import { chooseLanguage } from '#lib/i18n/choose-language.ts';
import { directionOf, loadMessages } from '#lib/i18n/page-languages.ts';
import { outsideSources, PAGE_HEADERS, withSources } from '#lib/security-headers.ts';

const outside = {
  signalingOrigin: PUBLIC_SOCKET_SERVER_URL,
  firebase: PUBLIC_FIREBASE_CONFIG,
  firebaseEmulator: PUBLIC_FIREBASE_AUTH_EMULATOR,
};

/** How soon a client that is not a person may ask again. */
const RETRY_AFTER_SECONDS = 300;

export const handle: Handle = async ({ event, resolve }) => {
  const elsewhere = detour(event.route.id, MAINTENANCE);
  if (elsewhere) redirect(307, elsewhere);

  const accepted = event.request.headers.get('accept-language');
  const language = chooseLanguage(event.cookies.get(LANGUAGE_COOKIE), accepted, PUBLIC_LANGUAGES);
  event.locals.language = language;
  const theme = toTheme(event.cookies.get(THEME_COOKIE));
  const appearance = { theme, accent: ACCENT_COLOR, ownLogo: LOGO_FILE !== undefined };
  const shell: Record<string, string> = {
    ...(await shellWords(language)),
    ...appearanceMarkup(appearance),
  };

  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      html.replace(/%passerby\.(\w+)%/g, (whole, name) => shell[name] ?? whole),
  });
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.headers.set(name, value);
  // What is kept for one reader must not reach another who reads another language.
  response.headers.append('vary', 'accept-language, cookie');
  const policy = response.headers.get('content-security-policy');
  if (policy) {
    const sources = outsideSources(outside, event.url.origin);
    response.headers.set('content-security-policy', withSources(policy, sources));
  }
  if (event.route.id !== MAINTENANCE_ROUTE) return response;
  response.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
  return new Response(response.body, { status: 503, headers: response.headers });
};

/** What `app.html` leaves open. */
async function shellWords(language: string): Promise<Record<string, string>> {
  const { noscript } = await loadMessages(language, undefined);
  return { language, direction: directionOf(language), noscript: escaped(noscript(PUBLIC_APP_NAME)) };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
