import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { census } from './support/census.ts';
import { startDeployment } from './support/deployment.ts';
import { askAll, startLoads } from './support/load.ts';
import { misheard } from './support/misheard.ts';
import { quantile } from './support/quantile.ts';

const PAIRS = Number(process.env.KILL_PAIRS ?? 1_000);
/** One in so many people is gone with the node. */
const GONE_ONE_IN = 20;
const TALK_EVERY_MS = 6_000;

test('[J20] the sessions of a node that is killed go on at the others, and nothing of it stays behind', async () => {
  const { redis, nodes, urls } = await startDeployment();
  const loads = startLoads(urls);
  await askAll(loads, 'enter', (2 * PAIRS) / loads.length);
  await askAll(loads, 'meet');
  await askAll(loads, 'live', 'talk', TALK_EVERY_MS);
  await wait(TALK_EVERY_MS);
  await askAll(loads, 'mark');

  const killedAt = Date.now();
  const [gone] = await Promise.all([askAll(loads, 'vanish', GONE_ONE_IN), nodes[0]?.kill()]);
  await wait(20_000);
  const { sessions, orphans } = await census(redis);
  const fates = (await askAll(loads, 'fates')).flat();
  await askAll(loads, 'settle');

  const moved = fates.filter(({ server }) => server === 0);
  const backMs = moved.map(({ backAt = Infinity }) => backAt - killedAt);
  const resumed = moved.filter(
    ({ resumed, parted, backAt = Infinity }) => resumed && !parted && backAt - killedAt <= 10_000,
  );
  const over = new Set(gone.flat().map(({ matchId }) => matchId));
  const toldMs = fates
    .filter(({ matchId }) => over.has(matchId))
    .map(({ partnerAwayAt = Infinity }) => partnerAwayAt - killedAt);
  console.log(
    `${resumed.length} of ${moved.length} sessions resumed: median ${quantile(backMs, 0.5)} ms, last ${quantile(backMs, 1)} ms; ` +
      `${toldMs.length} partners gone, the last told after ${quantile(toldMs, 1)} ms; ${orphans.length} orphans`,
  );
  expect(moved.length).toBeGreaterThan(PAIRS / 2);
  expect(resumed.length / moved.length).toBeGreaterThanOrEqual(0.99);
  expect(toldMs.length).toBeGreaterThan(PAIRS / GONE_ONE_IN);
  expect(quantile(toldMs, 1)).toBeLessThanOrEqual(15_000);
  // Those who are gone are inside their lease, too.
  expect(sessions).toBe(2 * PAIRS);
  expect(orphans).toEqual([]);
  expect(misheard((await askAll(loads, 'texts')).flat())).toEqual([]);
  expect((await askAll(loads, 'faults')).flat()).toEqual([]);
});
