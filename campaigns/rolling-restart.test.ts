import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { RedisServer } from '../apps/signaling/test/support/redis-server.ts';
import { census } from './support/census.ts';
import { startDeployment } from './support/deployment.ts';
import { Load, askAll, startLoads } from './support/load.ts';
import { misheard } from './support/misheard.ts';
import { ServerProcess } from './support/server-process.ts';

const PAIRS = Number(process.env.ROLLING_PAIRS ?? 1_000);
/** They search and skip meanwhile. */
const SKIPPERS = Math.ceil(PAIRS / 10);
const TALK_EVERY_MS = 5_000;
const SKIP_EVERY_MS = 8_000;
/** The time of a node, and that until another looks. */
const NODE_GONE_WITHIN_MS = 15_000;

test('[J21] three nodes are restarted one after another, and no match and no text is lost', async () => {
  const { redis, nodes, urls, startNode } = await startDeployment();
  const texters = startLoads(urls);
  const skippers = new Load({ name: 'skipper', urls, seed: 1 });
  const all = [...texters, skippers];
  await askAll(texters, 'enter', (2 * PAIRS) / texters.length);
  await askAll(texters, 'meet');
  await askAll(texters, 'mark');
  await skippers.ask('enter', SKIPPERS);
  await askAll(texters, 'live', 'talk', TALK_EVERY_MS);
  await skippers.ask('live', 'skip', SKIP_EVERY_MS);
  await wait(TALK_EVERY_MS);

  const exits: { code: number | null; ms: number }[] = [];
  for (const [index, node] of nodes.entries()) {
    const toldAt = Date.now();
    node.signal('SIGTERM');
    const { code, at } = await node.exited;
    exits.push({ code, ms: at - toldAt });
    expect(node.complaints()).toEqual([]);
    nodes[index] = await startNode(node.port);
    await wait(TALK_EVERY_MS);
  }
  await askAll(all, 'settle');

  expect((await askAll(all, 'faults')).flat()).toEqual([]);
  const fates = (await askAll(texters, 'fates')).flat();
  const texts = (await askAll(texters, 'texts')).flat();
  const said = texts.reduce((sum, one) => sum + one.said, 0);
  console.log(`${said} texts of ${PAIRS} pairs; exits ${JSON.stringify(exits)}`);
  expect(fates.filter(({ parted }) => parted)).toEqual([]);
  // Everybody was sent away.
  expect(fates.filter(({ lostAt }) => lostAt === undefined)).toEqual([]);
  expect(misheard(texts)).toEqual([]);
  for (const { code, ms } of exits) {
    expect(code).toBe(0);
    expect(ms).toBeLessThanOrEqual(10_000);
  }
  // The last to go is struck off by another node's sweep, once its time is over.
  await expect
    .poll(() => census(redis), { timeout: NODE_GONE_WITHIN_MS, interval: 500 })
    .toEqual({ sessions: 2 * PAIRS + SKIPPERS, orphans: [] });
});

test('[J22] a node that is closing exits at once when it is told a second time', async () => {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.stop());
  const node = await ServerProcess.start({ env: { REDIS_URL: redis.url } });
  const load = new Load({ name: 'p', urls: [node.url], seed: 1 });
  await load.ask('enter', 10);
  // What has to be told to Redis keeps it for more than a second.
  redis.freeze();
  node.signal('SIGTERM');
  await load.ask('lost');
  const toldAt = Date.now();
  node.signal('SIGTERM');
  const { code, at } = await node.exited;
  expect(code).toBe(1);
  expect(at - toldAt).toBeLessThan(500);
});

test('[J26] a node whose output nobody reads any more exits as any other does', async () => {
  // Each session that comes and goes is a line.
  const node = await ServerProcess.start({ env: { LOG_LEVEL: 'debug' } });
  const load = new Load({ name: 'p', urls: [node.url], seed: 1 });
  await load.ask('enter', 10);
  node.stopReading();
  const toldAt = Date.now();
  node.signal('SIGTERM');
  const { code, at } = await node.exited;
  expect(code).toBe(0);
  expect(at - toldAt).toBeLessThan(10_000);
}, 30_000);
