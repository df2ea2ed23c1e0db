import { DEFAULT_WISHES, findSchema } from '@passerby/protocol';
import { parse } from 'valibot';
import { expect, test } from 'vitest';
import { MODES } from '../src/lib/modes.ts';
import { keepPreferences, readPreferences, wishesOf, type Preferences } from '../src/lib/preferences.ts';
import { DEFAULT_KEYS } from '../src/lib/shortcuts.ts';
import { openStore } from '../src/lib/storage.ts';
import { memoryStorage } from './memory-storage.ts';

const DEFAULTS: Preferences = {
  mode: 'video',
  interests: [],
  languages: [],
  addressHidden: false,
  singleKeys: true,
  dataSaver: false,
  keys: DEFAULT_KEYS,
  confirmSkip: 'auto',
  autoNext: true,
  blurFirst: false,
  mirrored: true,
  corner: undefined,
  volume: 1,
  sounds: true,
};

test('[U34] what somebody prefers is remembered on the device', () => {
  const storage = memoryStorage();
  const preferences: Preferences = {
    mode: 'text',
    interests: ['chess', 'old films'],
    languages: ['de', 'pt'],
    addressHidden: true,
    singleKeys: false,
    dataSaver: true,
    keys: { ...DEFAULT_KEYS, microphone: 'k' },
    confirmSkip: 'never',
    autoNext: false,
    blurFirst: true,
    mirrored: false,
    corner: 'start-top',
    volume: 0.35,
    sounds: false,
  };
  keepPreferences(
    openStore(() => storage),
    preferences,
  );
  expect(
    readPreferences(
      openStore(() => storage),
      'offered',
      MODES,
    ),
  ).toEqual(preferences);
});

test('[U34] until then there are defaults, and only what was changed is kept', () => {
  const store = openStore(memoryStorage);
  expect(readPreferences(store, 'offered', MODES)).toEqual(DEFAULTS);
  expect(readPreferences(store, 'default', MODES).addressHidden).toBe(true);
  keepPreferences(store, { mode: 'voice' });
  expect(readPreferences(store, 'default', MODES)).toEqual({
    ...DEFAULTS,
    mode: 'voice',
    addressHidden: true,
  });
});

test('[U34] what is taken back is forgotten', () => {
  const store = openStore(memoryStorage);
  keepPreferences(store, { interests: ['chess'], languages: ['de'], addressHidden: true, singleKeys: false });
  keepPreferences(store, { interests: [], languages: [], addressHidden: false, singleKeys: true });
  expect(readPreferences(store, 'offered', MODES)).toEqual(DEFAULTS);
  expect(readPreferences(store, 'default', MODES).addressHidden).toBe(false);
});

test('[U34] where there is no relay nobody is hidden behind one', () => {
  const store = openStore(memoryStorage);
  keepPreferences(store, { addressHidden: true });
  expect(readPreferences(store, 'off', MODES).addressHidden).toBe(false);
});

test('[U34] what does not fit is dropped, whoever wrote it', () => {
  const store = openStore(memoryStorage);
  store.set('mode', 'smell');
  store.set('interests', `Chess!!,,${'x'.repeat(31)},${Array.from({ length: 20 }, (_, n) => n).join()}`);
  store.set('languages', 'de-AT,de,not a tag,,en,fr,es,it,ru');
  store.set('corner', 'middle');
  store.set('confirm-skip', 'sometimes');
  store.set('volume', '11');
  store.set('keys', 'microphone=v');
  const { mode, interests, languages, corner, confirmSkip, keys, volume } = readPreferences(
    store,
    'off',
    MODES,
  );
  expect({ corner, confirmSkip, keys, volume }).toEqual({
    volume: 1,
    corner: DEFAULTS.corner,
    confirmSkip: DEFAULTS.confirmSkip,
    keys: DEFAULT_KEYS,
  });
  expect(mode).toBe('video');
  expect(interests).toEqual(['chess', '0', '1', '2', '3', '4', '5', '6', '7', '8']);
  expect(languages).toEqual(['de', 'en', 'fr', 'es', 'it']);
});

test('[U34] every wish is sent, in the form that the server takes', () => {
  const preferences: Preferences = {
    ...DEFAULTS,
    mode: 'voice',
    interests: ['chess'],
    languages: ['de'],
    addressHidden: true,
  };
  const wishes = wishesOf(preferences);
  expect(wishes).toEqual({
    ...DEFAULT_WISHES,
    mode: 'voice',
    interests: ['chess'],
    languages: ['de'],
    relayOnly: true,
    requeue: false,
  });
  expect(parse(findSchema, wishes)).toEqual(wishes);
});

test('[U61] data are saved where the browser was told to, until somebody says otherwise here', () => {
  const store = openStore(memoryStorage);
  expect(readPreferences(store, 'off', MODES, true).dataSaver).toBe(true);
  keepPreferences(store, { dataSaver: false });
  expect(readPreferences(store, 'off', MODES, true).dataSaver).toBe(false);
  keepPreferences(store, { dataSaver: true });
  expect(readPreferences(store, 'off', MODES).dataSaver).toBe(true);
});
