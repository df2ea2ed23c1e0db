const opened: (() => Promise<void>)[] = [];

/** Hands on what a test has opened beside browsers; it is closed after the test, also after one that failed. */
export function opens<T>(one: T, close: (one: T) => Promise<void> | void): T {
  opened.push(async () => close(one));
  return one;
}

/** Closes all of it, the last first; for `test.afterEach`. */
export async function closeOpened(): Promise<void> {
  for (const close of opened.splice(0).toReversed()) await close();
}
