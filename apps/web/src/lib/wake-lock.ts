import type { Unsubscribe } from '@passerby/call';

/**
 * Keeps the screen on until the returned function is called. A browser lets go of it whenever the page is
 * hidden, so it is asked for again when it is back; one that refuses (battery, policy) or knows nothing of
 * it is left alone.
 */
export function keepAwake(page: Document, wakeLock: WakeLock | undefined): Unsubscribe {
  if (!wakeLock) return () => {};
  let held: Promise<WakeLockSentinel | undefined> | undefined;
  const take = (): void => {
    if (page.visibilityState === 'visible') held = wakeLock.request('screen').catch(() => undefined);
  };
  take();
  page.addEventListener('visibilitychange', take);
  return () => {
    page.removeEventListener('visibilitychange', take);
    void held?.then((sentinel) => sentinel?.release());
  };
}
