import { expect, test } from 'vitest';
import { forgetDevice } from '../src/lib/forget-device.ts';

/** A browser's storage shows what it holds as properties of its own. */
function storageOf(texts: Record<string, string>): Storage {
  const methods = {
    removeItem(this: Record<string, string>, name: string) {
      Reflect.deleteProperty(this, name);
    },
  };
  return Object.assign(Object.create(methods) as Storage, texts);
}

test('[U126] all that was kept in this browser is deleted, what others keep there is not, and blocked storage is no obstacle', () => {
  const device = storageOf({
    'passerby.mode': 'voice',
    'passerby.interests': 'chess',
    'another app': 'its own',
  });
  const tab = storageOf({ 'passerby.guest-pass': 'a pass' });
  const blocked = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const cookies: string[] = [];
  forgetDevice([blocked, () => device, () => tab], (cookie) => cookies.push(cookie));
  expect(Object.keys(device)).toEqual(['another app']);
  expect(Object.keys(tab)).toEqual([]);
  expect(cookies.map((cookie) => cookie.split(';')[0])).toEqual(['passerby-theme=', 'language=']);
  expect(cookies.every((cookie) => cookie.includes('max-age=0;'))).toBe(true);
});
