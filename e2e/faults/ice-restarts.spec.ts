import { setTimeout } from 'node:timers/promises';
import { type Page, expect, test } from 'playwright/test';
import { seededRandom } from '../../apps/signaling/test/support/random.ts';
import { startApp } from '../support/app.ts';
import { closeOpened, opens } from '../support/opened.ts';
import { LIGHT, Pair } from '../support/pair.ts';
import { RUNS, percentile } from '../support/runs.ts';
import { Stranger, closeStrangers } from '../support/stranger.ts';
import { claimFailure } from './claim-failure.ts';

test.afterEach(async () => {
  await closeStrangers();
  await closeOpened();
});

const ROUNDS = 50 * RUNS;
const LATE_MAX_MS = 500;
const SEED = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
/** Three signals follow one another at most: the request for servers, the offer, the answer. The rest is for their work. */
const AGREED_WITHIN_MS = 2_000;

/** What this page says is late, each message by a time of its own, and in order. Returns the offers it has sent so far. */
async function delaySignals(page: Page, random: () => number): Promise<() => number> {
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

/** How a side names itself and its partner; a new name on both sides is what a restart is. */
interface Names {
  own: string;
  partner: string;
}

/** When all is settled; undefined until then. */
function namesIn(page: Page): Promise<Names | undefined> {
  return page.evaluate(() => {
    const connection = window.recording.connections.at(-1);
    if (connection?.signalingState !== 'stable' || connection.connectionState !== 'connected') return;
    const nameIn = (description: RTCSessionDescription | null) =>
      /^a=ice-ufrag:(.+)$/m.exec(description?.sdp ?? '')?.[1]?.trim() ?? '';
    return {
      own: nameIn(connection.currentLocalDescription),
      partner: nameIn(connection.currentRemoteDescription),
    };
  });
}

test('[E39] both sides restart ICE at once, again and again, with signals that are late', async () => {
  test.setTimeout(60_000 + ROUNDS * 5_000);
  console.log(`FAULT_SEED=${SEED}`);
  const random = seededRandom(SEED);
  // One such restart after another is more than a client may ask for.
  const unlimited = { DESCRIPTIONS_PER_MINUTE: '0', SIGNALS_PER_MINUTE: '0', COMMANDS_PER_MINUTE: '0' };
  const app = opens(await startApp(unlimited), (one) => one.stop());
  const ann = await Stranger.open(LIGHT);
  const bob = await ann.neighbour(LIGHT.window);
  const offers = [await delaySignals(ann.page, random), await delaySignals(bob.page, random)];
  const pair = await Pair.meet(ann, app.url, bob, app.url);
  let met = 0;
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [before] = await pair.both(({ page }) => namesIn(page));
    const offered = offers.map((count) => count());
    const since = await pair.both((stranger) => stranger.clock());
    const startedAt = Date.now();
    await pair.both(({ page }) => claimFailure(page));
    await expect(async () => {
      const [one, other] = await pair.both(({ page }) => namesIn(page));
      expect(one?.own).not.toBe(before?.own);
      expect(one?.partner).not.toBe(before?.partner);
      expect(one).toEqual({ own: other?.partner, partner: other?.own });
    }).toPass({ timeout: 15_000, intervals: [50] });
    took.push(Date.now() - startedAt);
    if (offers.every((count, side) => count() > (offered[side] ?? 0))) met += 1;
    const goesOn = await pair.both((stranger, side) => stranger.framesWithin(20, since[side], 5_000));
    expect(Math.max(...goesOn)).toBeLessThan(5_000);
  }
  console.log(
    `${ROUNDS} times both restarted, ${met} times both offered; agreed after ${percentile(took, 50)} ms (p50), ${percentile(took, 100)} ms at most`,
  );
  // All have agreed; now and then the machine keeps one of them waiting.
  expect(percentile(took, 95)).toBeLessThanOrEqual(AGREED_WITHIN_MS);
  // Otherwise they never stood in each other's way.
  expect(met).toBeGreaterThan(ROUNDS / 4);
  await pair.both((stranger) => stranger.expectState('connected'));
  await pair.expectUnbroken();
});
