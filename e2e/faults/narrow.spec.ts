import { expect, test } from 'playwright/test';
import { startApp } from '../support/app.ts';
import { CuttableNetwork } from '../support/network.ts';
import { closeOpened, opens } from '../support/opened.ts';
import { Pair } from '../support/pair.ts';
import { Stranger, closeStrangers } from '../support/stranger.ts';

const unavailable = CuttableNetwork.unavailable();
test.skip(unavailable !== undefined, unavailable);

test.afterEach(async () => {
  await closeStrangers();
  await closeOpened();
});

/** Less than sound and the smallest picture take. */
const NARROW_KBPS = 100;

/** At most so many bits of picture a second are sent. */
async function allowedBps({ page }: Stranger): Promise<number> {
  return page.evaluate(() => {
    const senders = window.recording.connections[0]?.getSenders() ?? [];
    const picture = senders.find(({ track }) => track?.kind === 'video');
    return picture?.getParameters().encodings[0]?.maxBitrate ?? NaN;
  });
}

/** What is shown of it, and what is announced. */
async function expectWeak({ page }: Stranger, whose: 'yours' | 'theirs'): Promise<void> {
  const words = `Weak connection: ${whose}`;
  await expect(page.locator('.notices')).toHaveText(words, { timeout: 30_000 });
  await expect(page.locator('[aria-live=polite]').filter({ hasText: words })).toBeAttached();
}

test('[K98] [K101] [U120] a narrow way out: both are told whose it is, less of the picture is sent, the sound goes on', async () => {
  test.setTimeout(120_000);
  const app = opens(await startApp(), (one) => one.stop());
  const network = opens(CuttableNetwork.create(), (one) => one.remove());
  const inside = network.browser(app.port);
  // The browser's own picture, which moves: of one colour there is next to nothing to send.
  const [ann, bob] = await Promise.all([
    Stranger.open({ cameras: 1 }),
    Stranger.open({ ...inside, cameras: 1 }),
  ]);
  const pair = await Pair.meet(ann, app.url, bob, network.urlOf(app.port));
  await pair.both((stranger) => expect.poll(() => allowedBps(stranger)).toBe(1_500_000));

  network.narrow(NARROW_KBPS);
  await Promise.all([expectWeak(bob, 'yours'), expectWeak(ann, 'theirs')]);
  await expect.poll(() => allowedBps(bob), { timeout: 30_000 }).toBeLessThan(1_500_000);
  expect(await allowedBps(ann)).toBe(1_500_000);
  const heard = await ann.audioPackets();
  await expect.poll(() => ann.audioPackets()).toBeGreaterThan(heard);
  await pair.expectUnbroken();
});
