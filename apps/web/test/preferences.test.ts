import { DEFAULT_WISHES, findSchema } from '@passerby/protocol';
import { parse } from 'valibot';
import { expect, test } from 'vitest';
import { keepPreferences, readPreferences, wishesOf } from '../src/lib/preferences.ts';
import { openStore } from '../src/lib/storage.ts';
import { memoryStorage } from './memory-storage.ts';

const DEFAULTS = { mode: 'video', interests: [], languages: [], addressHidden: false, singleKeys: true };

test('[U34] what somebody prefers is remembered on the device', () => {
  const storage = memoryStorage();
  const preferences = {
    mode: 'text',
    interests: ['chess', 'old films'],
    languages: ['de', 'pt'],
    addressHidden: true,
    singleKeys: false,
  } as const;
  keepPreferences(
    openStore(() => storage),
    preferences,
  );
  expect(
    readPreferences(
      openStore(() => storage),
      'offered',
    ),
  ).toEqual(preferences);
});

test('[U34] until then there are defaults, and only what was changed is kept', () => {
  const store = openStore(memoryStorage);
  expect(readPreferences(store, 'offered')).toEqual(DEFAULTS);
  expect(readPreferences(store, 'default').addressHidden).toBe(true);
  keepPreferences(store, { mode: 'voice' });
  expect(readPreferences(store, 'default')).toEqual({ ...DEFAULTS, mode: 'voice', addressHidden: true });
});

test('[U34] what is taken back is forgotten', () => {
  const store = openStore(memoryStorage);
  keepPreferences(store, { interests: ['chess'], languages: ['de'], addressHidden: true, singleKeys: false });
  keepPreferences(store, { interests: [], languages: [], addressHidden: false, singleKeys: true });
  expect(readPreferences(store, 'offered')).toEqual(DEFAULTS);
  expect(readPreferences(store, 'default').addressHidden).toBe(false);
});

test('[U34] where there is no relay nobody is hidden behind one', () => {
  const store = openStore(memoryStorage);
  keepPreferences(store, { addressHidden: true });
  expect(readPreferences(store, 'off').addressHidden).toBe(false);
});

test('[U34] what does not fit is dropped, whoever wrote it', () => {
  const store = openStore(memoryStorage);
  store.set('mode', 'smell');
  store.set('interests', `Chess!!,,${'x'.repeat(31)},${Array.from({ length: 20 }, (_, n) => n).join()}`);
  store.set('languages', 'de-AT,de,not a tag,,en,fr,es,it,ru');
  const { mode, interests, languages } = readPreferences(store, 'off');
  expect(mode).toBe('video');
  expect(interests).toEqual(['chess', '0', '1', '2', '3', '4', '5', '6', '7', '8']);
  expect(languages).toEqual(['de', 'en', 'fr', 'es', 'it']);
});

test('[U34] every wish is sent, in the form that the server takes', () => {
  const preferences = {
    mode: 'voice',
    interests: ['chess'],
    languages: ['de'],
    addressHidden: true,
    singleKeys: false,
  } as const;
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
