import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright/test';

const LATE_MAX_MS = 500;

/** What this page says is late, each message by a time of its own, and in order. Returns the offers it has sent so far. */
export async function delaySignals(page: Page, random: () => number): Promise<() => number> {
  let offers = 0;
  await page.routeWebSocket(/socket\.io/, (near) => {
    const far = near.connectToServer();
    let last = Promise.resolve();
    near.onMessage((message) => {
      if (String(message).includes('"peer:offer"')) offers += 1;
      const due = setTimeout(random() * LATE_MAX_MS);
      last = last.then(async () => {
        await due;
        far.send(message);
      });
    });
  });
  return () => offers;
}
