import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

const WAIT_MS = 2_000;

/** Insists on a shared interest for a moment. */
let brief: RunningApp;
/** Insists on it for longer than a test. */
let patient: RunningApp;
test.beforeAll(async () => {
  [brief, patient] = await Promise.all([
    startApp({ INTEREST_WAIT_MS: `${WAIT_MS}` }),
    startApp({ INTEREST_WAIT_MS: '120000' }),
  ]);
});
test.afterAll(() => Promise.all([brief.stop(), patient.stop()]));
test.afterEach(closeStrangers);

const RANDOM = 'Nobody who shares your wishes was there: this stranger is random.';

async function twoInText(url: string): Promise<[Stranger, Stranger]> {
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  await Promise.all([ann.signInAsGuest(url, 'text'), bob.signInAsGuest(url, 'text')]);
  return [ann, bob];
}

async function nameInterests({ page }: Stranger, interests: string): Promise<void> {
  await page.getByLabel('Interests', { exact: true }).fill(`${interests},`);
}

test('[E28] who share an interest, however they spell it, find each other past others, and are told', async () => {
  const [ann, bob] = await twoInText(patient.url);
  const cid = await ann.neighbour();
  await cid.signInAsGuest(patient.url, 'text');
  await nameInterests(ann, 'Old Films!, gardening');
  await nameInterests(bob, ' old  films, chess');
  await nameInterests(cid, 'zither');
  for (const stranger of [cid, ann]) {
    await stranger.start.click();
    await stranger.expectState('searching');
  }
  await bob.start.click();
  for (const stranger of [ann, bob]) {
    await stranger.expectState('connected');
    await expect(stranger.log).toContainText(/You both like \u2068old films\u2069\./);
  }
  await cid.expectState('searching');
});

test('[E29] an interest nobody shares is insisted on for a while, then anyone is met and said to be random', async () => {
  const [ann, bob] = await twoInText(brief.url);
  await nameInterests(ann, 'zither');
  await bob.start.click();
  await bob.expectState('searching');
  await ann.start.click();
  await expect(ann.page.getByText('who likes').first()).toContainText('zither');
  for (const stranger of [ann, bob]) await stranger.expectState('connected');
  const waited = (await ann.cameTo('connected')) - (await ann.cameTo('searching'));
  expect(waited).toBeGreaterThanOrEqual(WAIT_MS);
  await expect(ann.log).toContainText(RANDOM);
  // Who asked for nobody in particular is told nothing of the kind.
  await expect(bob.log).toContainText('You are chatting with a stranger.');
  await expect(bob.log).not.toContainText('random');
});

test('[E30] "Meet anyone now" ends the insisting at once', async () => {
  const [ann, bob] = await twoInText(patient.url);
  await nameInterests(ann, 'zither');
  await bob.start.click();
  await bob.expectState('searching');
  await ann.start.click();
  await ann.page.getByRole('button', { name: 'Meet anyone now' }).click();
  for (const stranger of [ann, bob]) await stranger.expectState('connected', 5_000);
  await expect(ann.log).toContainText(RANDOM);
});
