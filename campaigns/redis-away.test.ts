import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { type RedisServer } from '../apps/signaling/test/support/redis-server.ts';
import { startDeployment } from './support/deployment.ts';
import { Load, askAll } from './support/load.ts';
import { misheard } from './support/misheard.ts';
import { type ServerProcess } from './support/server-process.ts';

const OUTAGE_MS = Number(process.env.OUTAGE_SECONDS ?? 10) * 1_000;
const PAIRS = Number(process.env.OUTAGE_PAIRS ?? 200);
const SEARCHERS = 20;
const TALK_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 100;
/** Of the memory before, however long it lasts. */
const GROWTH_MAX = 0.2;

/** How Redis goes away, and comes back with all it knew. */
const outages: [string, (redis: RedisServer) => Promise<() => Promise<void>>][] = [
  [
    'does not answer',
    async (redis) => {
      redis.freeze();
      return async () => redis.thaw();
    },
  ],
  [
    'is gone',
    async (redis) => {
      await promisify(execFile)('redis-cli', ['-u', redis.url, 'SHUTDOWN', 'SAVE']);
      return () => redis.start();
    },
  ],
];

test.each(outages)(
  '[J25] while Redis %s nothing ends, and all goes on when it is back',
  async (_, goAway) => {
    const { redis, nodes, urls } = await startDeployment({ collects: true });
    const texters = new Load({ name: 'texter', urls, seed: 1 });
    const searchers = new Load({ name: 'searcher', urls, seed: 2 });
    const both = [texters, searchers];
    await texters.ask('enter', 2 * PAIRS);
    await texters.ask('meet');
    await searchers.ask('enter', SEARCHERS);
    await texters.ask('live', 'talk', TALK_EVERY_MS);
    await wait(TALK_EVERY_MS);
    const before = await Promise.all(nodes.map((node) => node.memory()));
    await texters.ask('mark');

    const wentAt = Date.now();
    const comeBack = await goAway(redis);
    const watches = nodes.map((node) => watch(node));
    const unready = Promise.all(watches.map(({ unreadyAt }) => unreadyAt));
    // They have something to say as soon as they are matched.
    await searchers.ask('live', 'talk', TALK_EVERY_MS / 4);
    const matched = searchers.ask('meet').then(() => Date.now());
    await wait(OUTAGE_MS);
    const after = await Promise.all(nodes.map((node) => node.memory()));
    const cameAt = Date.now();
    await comeBack();
    const matchedMs = (await matched) - cameAt;
    await askAll(both, 'settle');
    const settledMs = Date.now() - cameAt;

    const unreadyMs = Math.max(...(await unready)) - wentAt;
    const growth = after.map((bytes, index) => bytes / (before[index] ?? NaN) - 1);
    const fates = (await askAll(both, 'fates')).flat();
    console.log(
      `${OUTAGE_MS} ms away: not ready after ${unreadyMs} ms, matching back after ${matchedMs} ms, ` +
        `all texts after ${settledMs} ms, memory ${growth.map((share) => `${(share * 100).toFixed(1)} %`).join(', ')}`,
    );
    expect(unreadyMs).toBeLessThanOrEqual(2_000);
    expect(matchedMs).toBeLessThanOrEqual(5_000);
    expect(Math.max(...growth)).toBeLessThanOrEqual(GROWTH_MAX);
    expect((await askAll(both, 'faults')).flat()).toEqual([]);
    expect(fates.filter(({ parted }) => parted)).toEqual([]);
    expect(misheard((await askAll(both, 'texts')).flat())).toEqual([]);
    for (const [index, node] of nodes.entries()) {
      expect(watches[index]?.unhealthy()).toBe(0);
      expect(node.isOver).toBe(false);
      expect(node.complaints()).toEqual([]);
    }
  },
);

/** Looks at a node again and again: when it was not ready for the first time, and how often it was not healthy. */
function watch(node: ServerProcess) {
  let unhealthy = 0;
  const { promise: unreadyAt, resolve } = Promise.withResolvers<number>();
  const timer = setInterval(() => {
    void node.status('/health').then((status) => (unhealthy += status === 200 ? 0 : 1));
    void node.status('/ready').then((status) => status === 503 && resolve(Date.now()));
  }, LOOK_EVERY_MS);
  onTestFinished(() => clearInterval(timer));
  return { unreadyAt, unhealthy: () => unhealthy };
}
