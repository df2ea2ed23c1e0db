import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askAll, startLoads } from './support/load.ts';
import { quantile } from './support/quantile.ts';
import { ServerProcess } from './support/server-process.ts';

// `SOAK_MINUTES`, `SOAK_CLIENTS` and `SOAK_SEED` make it another run.
const MINUTES = Number(process.env.SOAK_MINUTES ?? 3);
const CLIENTS = Number(process.env.SOAK_CLIENTS ?? 2_000);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const ACT_EVERY_MS = 5_000;
/** After so much of it the memory is what it is. */
const WARM_UP = 1 / 3;
const LOOKS = 5;
const LOOK_EVERY_MS = 1_000;
const DRIFT_MAX = 0.05;

test(
  '[J24] a server among whose people all comes and goes needs no more memory with time, and forgets them all',
  { timeout: MINUTES * 60_000 + 240_000 },
  async () => {
    const server = await ServerProcess.start({ collects: true });
    const loads = startLoads([server.url], { seed: SEED });
    await askAll(loads, 'enter', CLIENTS / loads.length);
    await askAll(loads, 'live', 'churn', ACT_EVERY_MS);

    await wait(MINUTES * 60_000 * WARM_UP);
    await askAll(loads, 'settle');
    const before = await memory(server);
    await askAll(loads, 'live', 'churn', ACT_EVERY_MS);
    await wait(MINUTES * 60_000 * (1 - WARM_UP));
    await askAll(loads, 'settle');
    const after = await memory(server);
    const drift = after / before - 1;

    const matches = await server.metric('passerby_matches_total');
    const online = await server.metric('passerby_sessions_online');
    const connections = await server.metric('passerby_connections');
    const faults = (await askAll(loads, 'faults')).flat();
    await askAll(loads, 'leave');
    while ((await server.metric('passerby_connections')) > 0) await wait(50);
    const left = await server.metric('passerby_sessions_online');

    console.log(
      `SOAK_SEED=${SEED}: ${MINUTES} minutes, ${CLIENTS} people, ${matches} matches; ` +
        `${(before / 2 ** 20).toFixed(1)} MiB, drift ${(drift * 100).toFixed(1)} %`,
    );
    expect(matches).toBeGreaterThan(CLIENTS * MINUTES);
    expect(drift).toBeLessThanOrEqual(DRIFT_MAX);
    expect([online, connections]).toEqual([CLIENTS, CLIENTS]);
    expect(left).toBe(0);
    expect(faults).toEqual([]);
    // A rejection that nobody handles would have ended it.
    expect(server.isOver).toBe(false);
    expect(server.complaints()).toEqual([]);
  },
);

/** While the same people are all there, and at rest: how many they are says more of the memory than anything else. */
async function memory(server: ServerProcess): Promise<number> {
  const bytes: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    await wait(LOOK_EVERY_MS);
    bytes.push(await server.memory());
  }
  return quantile(bytes, 0.5);
}
