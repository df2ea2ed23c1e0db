import { redirect } from '@sveltejs/kit';
import { hasConsent } from '#lib/consent.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  const { auth, deviceStore } = await parent();
  if (!hasConsent(deviceStore) || !(await auth.isSignedIn())) redirect(307, '/login?return=/chat');
};
