import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  // Strictly first come, first matched.
  app = await startApp({ MATCH_WINDOW: '1' });
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

test('[E31] two queues, text and video: each pair meets in its own, and who is left finds the next', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  const [cid, dan] = await Promise.all([ann.neighbour(), bob.neighbour()]);
  await Promise.all([
    ...[ann, bob].map((stranger) => stranger.signInAsGuest(app.url, 'video')),
    ...[cid, dan].map((stranger) => stranger.signInAsGuest(app.url, 'text')),
  ]);
  for (const stranger of [ann, cid]) {
    await stranger.start.click();
    await stranger.expectState('searching');
  }
  for (const stranger of [dan, bob]) await stranger.start.click();
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);
  await Promise.all([cid.expectState('connected'), dan.expectState('connected')]);
  await cid.say('hello');
  await expect(dan.lines('partner')).toContainText('hello');
  await dan.say('hi');
  await expect(cid.lines('partner')).toContainText('hi');
  for (const stranger of [ann, bob]) {
    expect(await stranger.texts('partner')).toEqual([]);
  }

  await ann.page.getByRole('button', { name: 'Microphone', exact: true }).click();
  await expect(bob.page.getByText('Stranger is muted').first()).toBeAttached();
  await ann.page.getByRole('button', { name: 'Camera', exact: true }).click();
  await expect(bob.page.getByText('Camera off', { exact: true }).first()).toBeVisible();
  await expect.poll(() => bob.seen()).toBeUndefined();
  await ann.expectSees('blue');

  // One of each pair leaves. The one who is left is told, and finds the next in the queue.
  await dan.stop.click();
  await expect(cid.log).toContainText('The stranger left.');
  await ann.next.click();
  await expect(bob.log).toContainText('The stranger moved on.');
  await cid.stop.click();
  await dan.choose('video');
  await dan.start.click();
  await Promise.all([ann.expectSees('blue'), dan.expectState('connected')]);
  await cid.choose('video');
  await cid.start.click();
  await Promise.all([bob.expectSees('red'), cid.expectSees('blue')]);
});
