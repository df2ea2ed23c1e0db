import { expect, test } from 'playwright/test';
import { type RunningApp, startApp } from './support/app.ts';
import { FirefoxStranger } from './support/firefox-stranger.ts';
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

/** What a page says and hears over its sockets that names a candidate, from its next connection on. */
function candidatesOf({ page }: Stranger): { sent: string[]; received: string[] } {
  const frames = { sent: [] as string[], received: [] as string[] };
  const note = (to: string[]) => (frame: { payload: string | Buffer }) => {
    const text = String(frame.payload);
    if (text.includes('candidate:')) to.push(text);
  };
  page.on('websocket', (socket) => {
    socket.on('framesent', note(frames.sent));
    socket.on('framereceived', note(frames.received));
  });
  return frames;
}

function expectRelaysAlone(frames: readonly string[]): void {
  expect(frames.length).toBeGreaterThan(0);
  for (const frame of frames) expect(frame).not.toMatch(/typ (host|srflx|prflx)/);
}

test('[E17] S04 who hides their address is called through the TURN server alone, and so is the partner', async () => {
  const [ann, bob] = await Promise.all([Stranger.open({ colour: 'red' }), Stranger.open({ colour: 'blue' })]);
  const [annsFrames, bobsFrames] = [candidatesOf(ann), candidatesOf(bob)];
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
  // Nothing else leaves who hides, so that the server has nothing to take out.
  for (const frames of [annsFrames.sent, annsFrames.received, bobsFrames.received]) expectRelaysAlone(frames);
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

test('[E107] S04 a Firefox that hides its address lets no candidate out but those of relays', async () => {
  const unavailable = FirefoxStranger.unavailable();
  test.skip(unavailable !== undefined, unavailable);
  test.setTimeout(120_000);
  const ann = await Stranger.open();
  const { received } = candidatesOf(ann);
  const fox = await FirefoxStranger.open();
  try {
    await fox.page.evaluateOnNewDocument(() => {
      if (location.protocol.startsWith('http')) localStorage.setItem('passerby.hidden-address', 'on');
      const sent: string[] = [];
      Object.assign(window, { sent });
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = function (data) {
        sent.push(String(data));
        send.call(this, data);
      };
    });
    await Promise.all([ann.signInAsGuest(app.url, 'video'), fox.signInAsGuest(app.url)]);
    await fox.press('button', 'Start');
    await fox.expectState('searching');
    await ann.start.click();
    await Promise.all([ann.expectState('connected'), fox.expectMoves(10)]);
    expect(await ann.candidateTypes()).toEqual({ local: 'relay', remote: 'relay' });
    const sent = await fox.page.evaluate(() => (window as unknown as { sent: string[] }).sent);
    expectRelaysAlone(sent.filter((frame) => frame.includes('candidate:')));
    expectRelaysAlone(received);
  } finally {
    await fox.close();
  }
});
