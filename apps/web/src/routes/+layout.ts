import { browser } from '$app/env';
import { loadMessages, partOf } from '#lib/i18n/page-languages.ts';
import type { LayoutLoad } from './$types';

/** What the route says, in one language: the server's choice, until the reader makes theirs. */
export const load: LayoutLoad = async ({ data, route }) => {
  const language = browser ? document.documentElement.lang : data.language;
  const part = partOf(route.id);
  return { locale: { language, part, messages: await loadMessages(language, part) } };
};
