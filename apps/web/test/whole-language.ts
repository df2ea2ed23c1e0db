import * as en from '../src/lib/i18n/messages/en.ts';
import * as enXA from '../src/lib/i18n/messages/en-XA.ts';
import type { Messages } from '../src/lib/i18n/messages/en.ts';
import { loadMessages } from '../src/lib/i18n/page-languages.ts';

/** Everything that English says. */
export const english: Messages = { ...en.site, ...en.reading, ...en.session };

/** The same as the pseudo-language says it. */
export const pseudo: Messages = { ...enXA.site, ...enXA.reading, ...enXA.session };

/** Everything that a language says, as pages load it. */
export async function wholeLanguage(language: string): Promise<Messages> {
  return { ...(await loadMessages(language, 'reading')), ...(await loadMessages(language, 'session')) };
}
