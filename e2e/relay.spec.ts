import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { Stranger, closeStrangers } from './support/stranger.ts';
import { type TurnServer, startTurnServer } from './support/turn-server.ts';

let turn: TurnServer;
let app: RunningApp;
test.beforeAll(async () => {
  turn = await startTurnServer();
  app = await startApp({ TURN_URLS: `turn:127.0.0.1:${turn.port}?transport=udp`, TURN_SECRET: turn.secret });
});
test.afterAll(async () => {
  await app.stop();
  await turn.stop();
});
test.afterEach(closeStrangers);

test('[E17] who hides their address is called through the TURN server alone, and so is the partner', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  const received: string[] = [];
  bob.page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => received.push(String(payload)));
  });
  await Promise.all([ann.signInAsGuest(app.url), bob.signInAsGuest(app.url)]);
  await ann.hideAddress();
  await ann.start.click();
  await ann.expectState('searching');
  await bob.start.click();
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);

  expect(turn.allocations()).toBeGreaterThanOrEqual(2);
  for (const stranger of [ann, bob]) {
    expect(await stranger.candidateTypes()).toEqual({ local: 'relay', remote: 'relay' });
  }
  const candidates = received.filter((frame) => frame.includes('candidate:'));
  expect(candidates.length).toBeGreaterThan(0);
  for (const frame of candidates) expect(frame).not.toMatch(/typ (host|srflx|prflx)/);
});

test('[E19] an address hidden during a call is hidden from the next person on', async () => {
  const [ann, bob, cid] = await Promise.all([
    Stranger.open({ colour: 'red' }),
    Stranger.open({ colour: 'blue' }),
    Stranger.open({ colour: 'green' }),
  ]);
  await Promise.all([ann, bob, cid].map((stranger) => stranger.signInAsGuest(app.url)));
  await ann.start.click();
  await ann.expectState('searching');
  await bob.start.click();
  await Promise.all([ann.expectSees('blue'), bob.expectSees('red')]);
  expect((await ann.candidateTypes()).local).not.toBe('relay');

  await ann.hideAddress();
  await ann.expectState('connected');
  await ann.next.click();
  await bob.stop.click();
  await cid.start.click();
  await Promise.all([ann.expectSees('green'), cid.expectSees('red')]);
  for (const stranger of [ann, cid]) {
    expect(await stranger.candidateTypes()).toEqual({ local: 'relay', remote: 'relay' });
  }
});
