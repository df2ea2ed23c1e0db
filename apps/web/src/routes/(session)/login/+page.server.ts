import { RULES_FILE } from '$app/env/private';
import type { PageServerLoad } from './$types';

/** `hasOwnRules`: the operator's rules apply, which our points do not sum up. */
export const load: PageServerLoad = () => ({ hasOwnRules: RULES_FILE !== undefined });
