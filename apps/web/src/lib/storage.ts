/** A few texts under fixed names. Never throws. */
export interface TextStore {
  get(name: string): string | undefined;
  set(name: string, text: string): void;
  remove(name: string): void;
}

/** What every name begins with in the browser's storage, which others of this origin may use too. */
export const PREFIX = 'passerby.';

/**
 * The browser's storage, with a copy in memory: where storage is blocked or full, everything works until
 * the page is closed. `open` is called on each use, because with cookies blocked even reading the property
 * `window.sessionStorage` throws.
 */
export function openStore(open: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): TextStore {
  const copies = new Map<string, string>();
  return {
    get(name) {
      try {
        return open().getItem(PREFIX + name) ?? copies.get(name);
      } catch {
        return copies.get(name);
      }
    },
    set(name, text) {
      copies.set(name, text);
      try {
        open().setItem(PREFIX + name, text);
      } catch {
        // The copy in memory serves.
      }
    },
    remove(name) {
      copies.delete(name);
      try {
        open().removeItem(PREFIX + name);
      } catch {
        // Nothing was stored.
      }
    },
  };
}
