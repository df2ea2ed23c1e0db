import { expect, test } from 'vitest';
import { CONSENT_VERSION, giveConsent, hasConsent } from '../src/lib/consent.ts';
import { openStore } from '../src/lib/storage.ts';
import { memoryStorage } from './memory-storage.ts';

test('[U20] consent is remembered on the device', () => {
  const storage = memoryStorage();
  expect(hasConsent(openStore(() => storage))).toBe(false);
  giveConsent(openStore(() => storage));
  expect(hasConsent(openStore(() => storage))).toBe(true);
});

test('[U20] consent to older rules does not count', () => {
  const store = openStore(memoryStorage);
  store.set('consent', `${Number(CONSENT_VERSION) - 1}`);
  expect(hasConsent(store)).toBe(false);
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
