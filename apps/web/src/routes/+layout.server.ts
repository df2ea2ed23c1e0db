import type { LayoutServerLoad } from './$types';

/** In which language the reader is served; asked for once, when the page is opened. */
export const load: LayoutServerLoad = ({ locals }) => ({ language: locals.language });
