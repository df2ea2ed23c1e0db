import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { tabTo } from './support/keyboard.ts';
import { ownVisibility, setHidden } from './support/page-visibility.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

const PHONE = { width: 360, height: 740 };

async function twoInACall(prepare?: (ann: Stranger) => Promise<void>, window?: typeof PHONE) {
  const [ann, bob] = await Promise.all([
    Stranger.open({ colour: 'red', ...(window && { window }) }),
    Stranger.open({ colour: 'blue' }),
  ]);
  await ann.signInAsGuest(app.url);
  await prepare?.(ann);
  await ann.start.click();
  await ann.expectState('searching');
  await bob.signInAsGuest(app.url);
  await bob.start.click();
  await Promise.all([ann.expectState('connected'), bob.expectState('connected')]);
  return { ann, bob };
}

test('[E70] S03 who looks at partners blurred first sees no sharp frame of one before pressing Show', async () => {
  const { ann } = await twoInACall(async ({ page }) => {
    await page.evaluate(() => localStorage.setItem('passerby.blur-first', 'on'));
    await page.reload();
    await page.evaluate(() => {
      const filters = new Set<string>();
      Object.assign(window, { filters });
      const look = (): void => {
        const video = document.querySelector<HTMLVideoElement>('[data-testid=remote-video]');
        if (video?.srcObject) filters.add(getComputedStyle(video).filter);
        requestAnimationFrame(look);
      };
      look();
    });
  });
  const filters = () => ann.page.evaluate(() => [...(window as unknown as { filters: Set<string> }).filters]);
  await expect.poll(() => ann.framesPresented()).toBeGreaterThan(20);
  expect(await filters()).toEqual([expect.stringMatching(/^blur\(\d/)]);
  await ann.page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect.poll(filters).toContain('none');
  // The safety key, and back.
  await ann.page.keyboard.press('b');
  await expect(ann.page.getByRole('button', { name: 'Blur the stranger' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(ann.page.getByRole('button', { name: 'Show', exact: true })).toBeVisible();
});

test('[E71] Next asks once more in a match that has lasted, and any other key means no', async () => {
  const { ann, bob } = await twoInACall(async ({ page }) => {
    await page.evaluate(() => localStorage.setItem('passerby.confirm-skip', 'always'));
    await page.reload();
  });
  await ann.next.click();
  const again = ann.page.getByRole('button', { name: 'Again?' });
  await expect(again).toBeVisible();
  await ann.page.keyboard.press('x');
  await expect(ann.next).toBeVisible();
  await ann.page.keyboard.press('Escape');
  await expect(again).toBeVisible();
  // After two seconds it is forgotten.
  await expect(ann.next).toBeVisible();
  await ann.expectState('connected');
  // By keyboard on the button itself, too.
  await ann.next.focus();
  await ann.page.keyboard.press('Enter');
  await expect(again).toBeVisible();
  await ann.page.keyboard.press('Enter');
  await ann.expectState('searching');
  await bob.expectState('parted');
});

test('[E72] the own picture is dragged to a corner, moved by a button, hidden by a key, and stays where it is put', async () => {
  const { ann } = await twoInACall();
  const own = ann.page.locator('.own');
  await expect(own).toHaveAttribute('data-corner', 'end-bottom');
  const box = (await own.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await ann.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await ann.page.mouse.down();
  await ann.page.mouse.move(120, 160, { steps: 5 });
  await ann.page.mouse.up();
  await expect(own).toHaveAttribute('data-corner', 'start-top');
  await ann.page.getByRole('button', { name: 'More' }).click();
  await ann.page.getByRole('button', { name: 'Move my picture' }).click();
  await expect(own).toHaveAttribute('data-corner', 'end-top');
  await ann.page.keyboard.press('Escape');
  await expect(ann.page.getByRole('button', { name: 'Move my picture' })).toBeHidden();
  await ann.expectState('connected');
  await ann.page.keyboard.press('h');
  await expect(own).toBeHidden();
  await ann.page.keyboard.press('h');
  await expect(own).toBeVisible();
});

test('[E73] the space bar opens a muted microphone for as long as it is held', async () => {
  const { ann, bob } = await twoInACall();
  const microphone = ann.page.getByRole('button', { name: 'Microphone' });
  await ann.page.keyboard.press('m');
  await expect(microphone).toHaveAttribute('aria-pressed', 'false');
  await expect(bob.page.getByText('Stranger is muted').first()).toBeAttached();
  await ann.page.locator('body').click({ position: { x: 5, y: 5 } });
  await ann.page.keyboard.down(' ');
  await expect(microphone).toHaveAttribute('aria-pressed', 'true');
  await expect(bob.page.getByText('Stranger is muted')).toHaveCount(0);
  await ann.page.keyboard.up(' ');
  await expect(microphone).toHaveAttribute('aria-pressed', 'false');
  // There it scrolls.
  await ann.page.getByRole('log').focus();
  await ann.page.keyboard.down(' ');
  await expect(microphone).toHaveAttribute('aria-pressed', 'false');
});

test('[E114] A02 a button that goes when it is pressed by keyboard leaves the focus to one that stays', async () => {
  const { ann, bob } = await twoInACall(async ({ page }) => {
    await page.evaluate(() => localStorage.setItem('passerby.blur-first', 'on'));
    await page.reload();
  });
  const { page } = ann;
  await tabTo(page, page.getByRole('button', { name: 'Show', exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Blur the stranger' })).toBeFocused();
  // One that is pressed otherwise stays out of the way of the keys: Enter leads to the chat.
  await page.keyboard.press('b');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.locator('body')).toBeFocused();

  await bob.stop.click();
  await ann.expectState('parted');
  // Of its card, which pauses the countdown.
  await tabTo(page, page.locator('.card button').first());
  await page.keyboard.press('Escape');
  await ann.expectState('searching');
  await expect(page.locator('.control.primary')).toBeFocused();
});

test('[E113] a menu of the picture goes with it: the keys are free again, and the next one is not covered', async () => {
  const { ann, bob } = await twoInACall();
  await ann.page.getByRole('button', { name: 'More' }).click();
  const menu = ann.page.locator('#stage-tools:popover-open');
  await expect(menu).toBeVisible();
  await bob.stop.click();
  await ann.expectState('parted');
  await expect(menu).toHaveCount(0);
  await ann.page.keyboard.press('m');
  await expect(ann.page.getByRole('button', { name: 'Microphone' })).toHaveAttribute('aria-pressed', 'false');
});

test('[E74] on a phone a swipe towards the start of the line is Next, a short one is not', async () => {
  const { ann, bob } = await twoInACall(undefined, PHONE);
  const swipe = async (by: number) => {
    const touch = await ann.page.context().newCDPSession(ann.page);
    const at = (x: number) => ({ touchPoints: [{ x, y: 250 }] });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(300) });
    for (let step = 1; step <= 4; step++) {
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(300 - (by * step) / 4) });
    }
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  await swipe(60);
  await ann.expectState('connected');
  await swipe(240);
  await ann.expectState('searching');
  await bob.expectState('parted');
});

test('[E115] who looks elsewhere, or whose camera the system takes, is covered for the partner until they are back', async () => {
  const { ann, bob } = await twoInACall(async ({ page }) => {
    await page.addInitScript(ownVisibility);
    await page.reload();
  });
  const cover = bob.page.locator('.partner .cover');
  await expect(cover).toHaveCount(0);
  await setHidden(ann.page, true);
  await expect(cover).toHaveText('Stepped away');
  await setHidden(ann.page, false);
  await expect(cover).toHaveCount(0);
  const hold = (held: boolean) =>
    ann.page.evaluate((muted) => {
      const video = document.querySelector<HTMLVideoElement>('.own video');
      const [camera] = (video?.srcObject as MediaStream).getVideoTracks();
      if (!camera) throw new Error('no camera');
      Object.defineProperty(camera, 'muted', { value: muted, configurable: true });
      camera.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    }, held);
  await hold(true);
  await expect(cover).toHaveText('Camera off');
  await expect(ann.page.getByText(/Your camera is interrupted/).first()).toBeVisible();
  await hold(false);
  await expect(cover).toHaveCount(0);
  await expect(ann.page.getByText(/Your camera is interrupted/)).toHaveCount(0);
});
