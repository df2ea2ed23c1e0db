import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'playwright/test';
import { startApp } from '../support/app.ts';
import { closeOpened, opens } from '../support/opened.ts';
import { Pair } from '../support/pair.ts';
import { RUNS, SETTLED_AGAIN, SETTLES_WITHIN_MS } from '../support/runs.ts';
import { Stranger, closeStrangers } from '../support/stranger.ts';
import { startTurnServer } from '../support/turn-server.ts';

test.afterEach(async () => {
  await closeStrangers();
  await closeOpened();
});

const MOVES = 3;
const BACK_WITHIN_MS = 10_000;
/** How long there is no TURN server: shorter than it takes to notice, and so long that the first try to come back fails. */
const AWAY_MS = [2_000, 8_000] as const;

test('[E38] the TURN server of a relayed call is killed and another takes its place: the picture is back', async () => {
  test.setTimeout(60_000 + RUNS * 60_000);
  const turn = opens(await startTurnServer(), (one) => one.stop());
  const app = opens(
    await startApp({ TURN_URLS: `turn:127.0.0.1:${turn.port}?transport=udp`, TURN_SECRET: turn.secret }),
    (one) => one.stop(),
  );
  const ann = await Stranger.open();
  const pair = await Pair.meet(ann, app.url, await ann.neighbour(), app.url, { relayed: true });
  for (let run = 0; run < RUNS; run++) {
    const killedAt = await pair.both((stranger) => stranger.clock());
    await turn.kill();
    await setTimeout(AWAY_MS[run % AWAY_MS.length]);
    await turn.restart();
    const upAt = await pair.both((stranger) => stranger.clock());
    const back = await pair.both((stranger, side) => stranger.framesWithin(MOVES, upAt[side], 30_000));
    console.log(`TURN server back: picture back after ${back.map(Math.round)} ms`);
    expect(Math.max(...back)).toBeLessThanOrEqual(BACK_WITHIN_MS);
    for (const freeze of await pair.both((stranger, side) => stranger.longestFreeze(killedAt[side]))) {
      expect(freeze).toBeGreaterThanOrEqual(1_500);
    }
    await pair.both((stranger) => stranger.expectState('connected'));
    for (const stranger of [pair.ann, pair.bob]) {
      // What arrives before the partner has named where it comes from is called `prflx`, and is its relay all the same.
      expect((await stranger.candidateTypes()).local).toBe('relay');
    }
    await pair.talk();
    await pair.expectUnbroken();
    if (run < RUNS - 1) {
      await pair.both((stranger, side) =>
        stranger.framesWithin(SETTLED_AGAIN, upAt[side], SETTLES_WITHIN_MS),
      );
    }
  }
});
