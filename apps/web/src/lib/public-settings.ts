import { modeSchema, type Mode } from '@passerby/protocol';
import * as v from 'valibot';
import { accentFrom, type Accent } from './accent.ts';
import { isPageLanguage, PAGE_LANGUAGES } from './i18n/page-languages.ts';

// Validators of the variables in src/env.ts, but for those that name files. Each takes the raw value, returns what
// the app uses, and throws a sentence for the operator. They run when the server starts.

/** Firebase's web configuration, as its console shows it; keys that are not needed for sign-in are dropped. */
const firebaseSchema = v.object({
  apiKey: v.pipe(v.string(), v.minLength(1)),
  projectId: v.pipe(v.string(), v.minLength(1)),
  appId: v.exactOptional(v.string()),
  // Goes into the Content-Security-Policy header: a host name and nothing else.
  authDomain: v.exactOptional(v.pipe(v.string(), v.regex(/^[a-z\d.-]+(:\d+)?$/i, 'must be a host name'))),
});
export type FirebaseSettings = v.InferOutput<typeof firebaseSchema>;

export function parseAppName(value: string | undefined): string {
  const name = value?.trim() || 'Passerby';
  if (name.length > 40) throw new Error('PUBLIC_APP_NAME may have at most 40 characters');
  return name;
}

/**
 * An http(s) origin, or '' when the value is empty or absent.
 * A path is refused: Socket.IO would take it for a namespace, and the app would fail far from the cause.
 */
export function parseOrigin(value: string | undefined): string {
  const text = value?.trim();
  if (!text) return '';
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('must be an http or https address');
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new Error('must be an origin alone, such as https://chat.example.org');
  }
  return url.origin;
}

/** An http(s) link, or '' when the value is empty or absent. */
export function parseLink(value: string | undefined): string {
  const text = value?.trim();
  if (!text) return '';
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('must be an http or https address');
  return url.href;
}

/** Languages of the pages, the default first; all there are when the value is empty or absent. */
export function parseLanguages(value: string | undefined): readonly [string, ...string[]] {
  const named = (value ?? '').split(',').map((language) => language.trim());
  const [first, ...others] = [...new Set(named.filter((language) => language !== ''))];
  if (first === undefined) return PAGE_LANGUAGES;
  const unknown = [first, ...others].find((language) => !isPageLanguage(language));
  if (unknown !== undefined) {
    throw new Error(`must be of ${PAGE_LANGUAGES.join(', ')}, separated by commas; there is no ${unknown}`);
  }
  return [first, ...others];
}

/** Whether the app has a switch for relay-only calls, and how it stands at first. */
export type HideAddress = 'off' | 'offered' | 'default';

export function parseHideAddress(value: string | undefined): HideAddress {
  const text = value?.trim() || 'off';
  if (text === 'off' || text === 'offered' || text === 'default') return text;
  throw new Error('must be off, offered or default');
}

/** Undefined means: our own colours. */
export function parseAccent(value: string | undefined): Accent | undefined {
  const text = value?.trim();
  return text ? accentFrom(text) : undefined;
}

/** The modes that the pages offer, in our order; all of them when the value is empty or absent. */
export function parseModes(value: string | undefined): readonly Mode[] {
  const modes = modeSchema.options;
  const names = (value ?? '').split(',').map((name) => name.trim());
  const named = names.filter((name) => name !== '');
  const unknown = named.find((name) => !modes.some((mode) => mode === name));
  if (unknown !== undefined) throw new Error(`must be some of ${modes.join(', ')}, not ${unknown}`);
  return named.length === 0 ? modes : modes.filter((mode) => named.includes(mode));
}

/** Whether the pages are closed for a while. */
export function parseMaintenance(value: string | undefined): boolean {
  const text = value?.trim() || 'off';
  if (text !== 'on' && text !== 'off') throw new Error('must be on or off');
  return text === 'on';
}

/** Of our own rules. Raise it when they change in substance. */
const OWN_RULES_VERSION = '1';

/** Names the rules that people agree to: with another name everybody is asked again. */
export function parseRulesVersion(value: string | undefined): string {
  const text = value?.trim() || OWN_RULES_VERSION;
  if (!/^[\w.-]{1,32}$/.test(text)) throw new Error('must be at most 32 letters, digits, dots and dashes');
  return text;
}

/** Undefined means: Firebase is off and everybody is a guest. */
export function parseFirebase(value: string | undefined): FirebaseSettings | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error("must be JSON on one line: Firebase's web configuration");
  }
  const result = v.safeParse(firebaseSchema, parsed);
  if (!result.success) {
    const faults = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'value'}: ${issue.message}`);
    throw new Error(faults.join('; '));
  }
  return result.output;
}
