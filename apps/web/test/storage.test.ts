import { expect, test } from 'vitest';
import { giveConsent, hasConsent } from '../src/lib/consent.ts';
import { openStore } from '../src/lib/storage.ts';
import { memoryStorage } from './memory-storage.ts';

test('[U20] consent is remembered on the device', () => {
  const storage = memoryStorage();
  expect(
    hasConsent(
      openStore(() => storage),
      '1',
    ),
  ).toBe(false);
  giveConsent(
    openStore(() => storage),
    '1',
  );
  expect(
    hasConsent(
      openStore(() => storage),
      '1',
    ),
  ).toBe(true);
});

test('[U20] consent to older rules does not count', () => {
  const store = openStore(memoryStorage);
  giveConsent(store, '2026-10');
  expect(hasConsent(store, '2026-11')).toBe(false);
});

test('[U21] with storage blocked everything works until the page is closed', () => {
  const store = openStore(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  expect(store.get('a')).toBeUndefined();
  store.set('a', '1');
  expect(store.get('a')).toBe('1');
  store.remove('a');
  expect(store.get('a')).toBeUndefined();
});

test('[U21] a full storage loses nothing while the page is open', () => {
  const storage = memoryStorage();
  const store = openStore(() => ({
    ...storage,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  }));
  store.set('a', '1');
  expect(store.get('a')).toBe('1');
});
