import { redirect } from '@sveltejs/kit';
import { PUBLIC_RULES_VERSION } from '$app/env/public';
import { hasConsent } from '#lib/consent.ts';
import type { PageLoad } from './$types';

/** The servers of calls are told only to those who may call. */
export const load: PageLoad = async ({ parent }) => {
  const { auth, deviceStore } = await parent();
  if (!hasConsent(deviceStore, PUBLIC_RULES_VERSION) || !(await auth.isSignedIn()))
    redirect(307, '/login?return=/test');
};
