import { redirect } from '@sveltejs/kit';
import { PUBLIC_MODES, PUBLIC_RULES_VERSION } from '$app/env/public';
import { hasConsent } from '#lib/consent.ts';
import { toMode } from '#lib/modes.ts';
import { keepPreferences } from '#lib/preferences.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url }) => {
  const { auth, deviceStore } = await parent();
  // A link that names a mode chooses it, as a click on the page would. From then on it is the remembered
  // one, which also carries it past the login page, and the address is the plain one again.
  const mode = toMode(url.searchParams.get('mode'), PUBLIC_MODES);
  if (mode) keepPreferences(deviceStore, { mode });
  if (!hasConsent(deviceStore, PUBLIC_RULES_VERSION) || !(await auth.isSignedIn()))
    redirect(307, '/login?return=/chat');
  if (mode) redirect(307, '/chat');
};
