import { test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { openPlainClient } from './support/plain-page.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp();
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

test('[E11] a page with a plain client calls ours: pictures both ways, and Next ends it', async () => {
  const [ours, plain] = await Promise.all([
    Stranger.open({ colour: 'red' }),
    Stranger.open({ colour: 'blue' }),
  ]);
  await ours.signInAsGuest(app.url);
  await ours.start.click();
  await ours.expectState('searching');
  await openPlainClient(plain.page, app.url);
  await Promise.all([ours.expectSees('blue'), plain.expectSees('red')]);
  await plain.next.click();
  await ours.expectState('parted');
});

test('[E12] our client calls a page with a plain client: pictures both ways, and Next is told', async () => {
  const [ours, plain] = await Promise.all([
    Stranger.open({ colour: 'red' }),
    Stranger.open({ colour: 'blue' }),
  ]);
  await openPlainClient(plain.page, app.url);
  await plain.expectState('searching');
  await ours.signInAsGuest(app.url);
  await ours.start.click();
  await Promise.all([ours.expectSees('blue'), plain.expectSees('red')]);
  await ours.next.click();
  await plain.expectState('parted');
});
