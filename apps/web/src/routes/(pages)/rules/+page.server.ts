import { RULES_FILE } from '$app/env/private';
import type { PageServerLoad } from './$types';

/** `rules`: the operator's own; undefined where ours apply. */
export const load: PageServerLoad = () => ({ rules: RULES_FILE });
