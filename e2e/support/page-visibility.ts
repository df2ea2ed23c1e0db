import type { Page } from 'playwright/test';

/** Runs in a page before anything else: from then on the page is hidden when {@link setHidden} says so. */
export function ownVisibility(): void {
  Object.defineProperty(document, 'visibilityState', {
    get: () => (document.documentElement.dataset['hidden'] ? 'hidden' : 'visible'),
  });
  Object.defineProperty(document, 'hidden', { get: () => document.visibilityState === 'hidden' });
}

/** A browser without a window hides no page by itself. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((on) => {
    if (on) document.documentElement.dataset['hidden'] = 'yes';
    else delete document.documentElement.dataset['hidden'];
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}
