import { DEFAULT_WISHES, LANGUAGES_MAX, toLanguage, type Mode, type Wishes } from '@passerby/protocol';
import { toCorner, type Corner } from './corner.ts';
import { addInterests } from './interests.ts';
import { toMode } from './modes.ts';
import { toConfirmSkip, type ConfirmSkip } from './next-press.ts';
import type { HideAddress } from './public-settings.ts';
import { keysText, readKeys, type KeyMap } from './shortcuts.ts';
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
  /** As little as shows a face is sent. */
  dataSaver: boolean;
  keys: KeyMap;
  confirmSkip: ConfirmSkip;
  /** After a match the next search begins by itself. */
  autoNext: boolean;
  /** Partners are shown blurred until one wants to see them. */
  blurFirst: boolean;
  /** The own picture is shown as in a mirror. */
  mirrored: boolean;
  /** Where the own picture stands beside the partner's; undefined: where there is most room. */
  corner: Corner | undefined;
  /** Of the partner's sound, from 0 to 1. */
  volume: number;
  /** Somebody found or gone, and texts that are not seen, can be heard. */
  sounds: boolean;
}

const NAMES: Readonly<Record<keyof Preferences, string>> = {
  mode: 'mode',
  interests: 'interests',
  languages: 'languages',
  addressHidden: 'hidden-address',
  singleKeys: 'single-keys',
  dataSaver: 'data-saver',
  keys: 'keys',
  confirmSkip: 'confirm-skip',
  autoNext: 'auto-next',
  blurFirst: 'blur-first',
  mirrored: 'mirrored',
  corner: 'corner',
  volume: 'volume',
  sounds: 'sounds',
};

/**
 * What the store holds may be of an older version, or anybody's: what does not fit is dropped.
 * `saveData`: the browser was told to save data, which holds until the user says otherwise here.
 */
export function readPreferences(
  store: TextStore,
  hideAddress: HideAddress,
  modes: readonly Mode[],
  saveData = false,
): Preferences {
  const read = (name: keyof Preferences): string | undefined => store.get(NAMES[name]);
  const hidden = read('addressHidden') ?? (hideAddress === 'default' ? 'on' : 'off');
  return {
    mode: toMode(read('mode'), modes) ?? modes[0] ?? 'video',
    interests: addInterests([], read('interests') ?? '').interests,
    languages: languagesIn(read('languages') ?? ''),
    addressHidden: hideAddress !== 'off' && hidden === 'on',
    singleKeys: read('singleKeys') !== 'off',
    dataSaver: (read('dataSaver') ?? (saveData ? 'on' : 'off')) === 'on',
    keys: readKeys(read('keys') ?? ''),
    confirmSkip: toConfirmSkip(read('confirmSkip')) ?? 'auto',
    autoNext: read('autoNext') !== 'off',
    blurFirst: read('blurFirst') === 'on',
    mirrored: read('mirrored') !== 'off',
    corner: toCorner(read('corner')),
    volume: toVolume(read('volume')),
    sounds: read('sounds') !== 'off',
  };
}

/** Remembers what was changed, and nothing else: a default may be another one in the next version. */
export function keepPreferences(store: TextStore, change: Partial<Preferences>): void {
  const { keys, ...rest } = change;
  if (keys) store.set(NAMES.keys, keysText(keys));
  for (const [name, value] of Object.entries(rest) as [keyof typeof rest, Stored][]) {
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

type Stored = string | boolean | number | readonly string[];

function toVolume(text: string | undefined): number {
  const volume = Number(text ?? 1);
  return volume >= 0 && volume <= 1 ? volume : 1;
}

function languagesIn(text: string): string[] {
  const languages = text.split(',').map(toLanguage);
  return [...new Set(languages.filter((code) => code !== undefined))].slice(0, LANGUAGES_MAX);
}
