import { redirect } from '@sveltejs/kit';
import { PUBLIC_RULES_VERSION } from '$app/env/public';
import { hasConsent } from '#lib/consent.ts';
import { returnPath } from '#lib/return-path.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ data, parent, url }) => {
  const { auth, deviceStore } = await parent();
  const target = returnPath(url.searchParams.get('return'), '/chat');
  if (hasConsent(deviceStore, PUBLIC_RULES_VERSION) && (await auth.isSignedIn())) redirect(307, target);
  return {
    ...data,
    target,
    /** Whether a running session was cut because its sign-in ended. */
    ended: url.searchParams.has('ended'),
    /** The page was opened from a sign-in link in an e-mail. */
    link: auth.accounts?.isLink(url.href) ? url.href : undefined,
  };
};
