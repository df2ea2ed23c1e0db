import { expect, test } from 'playwright/test';
import { seededRandom } from '../../apps/signaling/test/support/random.ts';
import { startApp } from '../support/app.ts';
import { expectRestarted, namesIn } from '../support/ice-names.ts';
import { delaySignals } from '../support/late-signals.ts';
import { closeOpened, opens } from '../support/opened.ts';
import { Pair } from '../support/pair.ts';
import { RUNS, percentile } from '../support/runs.ts';
import { Stranger, closeStrangers } from '../support/stranger.ts';
import { claimFailure } from './claim-failure.ts';

test.afterEach(async () => {
  await closeStrangers();
  await closeOpened();
});

const ROUNDS = 50 * RUNS;
const SEED = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
/** Three signals follow one another at most: the request for servers, the offer, the answer. The rest is for their work. */
const AGREED_WITHIN_MS = 2_000;

test('[E39] R05 both sides restart ICE at once, again and again, with signals that are late', async () => {
  test.setTimeout(60_000 + ROUNDS * 5_000);
  console.log(`FAULT_SEED=${SEED}`);
  const random = seededRandom(SEED);
  // One such restart after another is more than a client may ask for.
  const unlimited = { DESCRIPTIONS_PER_MINUTE: '0', SIGNALS_PER_MINUTE: '0', COMMANDS_PER_MINUTE: '0' };
  const app = opens(await startApp(unlimited), (one) => one.stop());
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
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
    await expectRestarted(ann.page, bob.page, before);
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
