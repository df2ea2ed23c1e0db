import { choiceCookie, LANGUAGE_COOKIE, THEME_COOKIE } from './choice-cookie.ts';
import { PREFIX } from './storage.ts';

/**
 * Deletes all that we have kept in this browser. Copies in memory go with the page, so it is to be left after this.
 * `storages`: each may throw, where cookies are blocked. `setCookie`: as `document.cookie` does.
 */
export function forgetDevice(
  storages: readonly (() => Storage)[],
  setCookie: (cookie: string) => void,
): void {
  for (const open of storages) {
    try {
      const storage = open();
      for (const name of Object.keys(storage)) if (name.startsWith(PREFIX)) storage.removeItem(name);
    } catch {
      // Nothing was stored.
    }
  }
  for (const name of [THEME_COOKIE, LANGUAGE_COOKIE]) setCookie(choiceCookie(name, undefined, false));
}
