import { DEFAULT_WISHES, LANGUAGES_MAX, toLanguage, type Mode, type Wishes } from '@passerby/protocol';
import { addInterests } from './interests.ts';
import { toMode } from './modes.ts';
import type { HideAddress } from './public-settings.ts';
import type { TextStore } from './storage.ts';

/** What somebody prefers on this device. */
export interface Preferences {
  mode: Mode;
  /** In the form of `toInterest`. */
  interests: readonly string[];
  /** In the form of `toLanguage`. */
  languages: readonly string[];
  /** Calls go through a relay alone. */
  addressHidden: boolean;
  /** Single letters are shortcuts. */
  singleKeys: boolean;
}

const NAMES: Readonly<Record<keyof Preferences, string>> = {
  mode: 'mode',
  interests: 'interests',
  languages: 'languages',
  addressHidden: 'hidden-address',
  singleKeys: 'single-keys',
};

/** What the store holds may be of an older version, or anybody's: what does not fit is dropped. */
export function readPreferences(store: TextStore, hideAddress: HideAddress): Preferences {
  const read = (name: keyof Preferences): string | undefined => store.get(NAMES[name]);
  const hidden = read('addressHidden') ?? (hideAddress === 'default' ? 'on' : 'off');
  return {
    mode: toMode(read('mode')) ?? 'video',
    interests: addInterests([], read('interests') ?? '').interests,
    languages: languagesIn(read('languages') ?? ''),
    addressHidden: hideAddress !== 'off' && hidden === 'on',
    singleKeys: read('singleKeys') !== 'off',
  };
}

/** Remembers what was changed, and nothing else: a default may be another one in the next version. */
export function keepPreferences(store: TextStore, change: Partial<Preferences>): void {
  for (const [name, value] of Object.entries(change) as [keyof Preferences, string | boolean | string[]][]) {
    store.set(NAMES[name], typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));
  }
}

/** What the server is asked for. */
export function wishesOf({ mode, interests, languages, addressHidden }: Preferences): Wishes {
  return {
    ...DEFAULT_WISHES,
    mode,
    interests: [...interests],
    languages: [...languages],
    relayOnly: addressHidden,
    // Our own screen shows a card and searches again by itself, so the server need not.
    requeue: false,
  };
}

function languagesIn(text: string): string[] {
  const languages = text.split(',').map(toLanguage);
  return [...new Set(languages.filter((code) => code !== undefined))].slice(0, LANGUAGES_MAX);
}
