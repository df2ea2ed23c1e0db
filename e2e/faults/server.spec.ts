import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'playwright/test';
import { FaultProxy } from '../../apps/signaling/test/support/fault-proxy.ts';
import { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { closeOpened, opens } from '../support/opened.ts';
import { Pair } from '../support/pair.ts';
import { RUNS, percentile } from '../support/runs.ts';
import { Stranger, closeStrangers } from '../support/stranger.ts';

const FREEZE_MAX_MS = 200;
/** So long is looked at what the machine itself holds up, with nothing else going on. */
const CALM_MS = 3_000;
const TEXT_BACK_MS = 5_000;
/** After a longer outage: the longest wait between two attempts to come back (7 s, spread by a quarter), and one attempt. */
const LATE_TEXT_BACK_MS = 9_500;
const UNHARMED = { pace: { kind: 'plain' }, end: 'close', afterBytes: Infinity } as const;
/** It is said after 3 s. */
const BANNER_WITHIN_MS = 4_500;
/** How long the server is away for long; the acceptance list has 30 s, and a long run does. */
const AWAY_MS = 1_000 * Number(process.env['ROW_AWAY_SECONDS'] ?? '5');
const BANNER = 'Connection to the service lost. Your call continues.';

test.afterEach(async () => {
  await closeStrangers();
  await closeOpened();
});

/** Two people whose pages come from these addresses, in one browser. */
async function call(annUrl: string, bobUrl: string): Promise<Pair> {
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  return Pair.meet(ann, annUrl, bob, bobUrl);
}

/** What a picture may stand still in this call. Where the machine keeps it waiting in calm times, twice as long as there. */
async function freezeMax(pair: Pair): Promise<number> {
  const since = await pair.both((stranger) => stranger.clock());
  await setTimeout(CALM_MS);
  const calm = await pair.both((stranger, side) => stranger.longestFreeze(since[side]));
  return Math.max(FREEZE_MAX_MS, ...calm.map((freeze) => 2 * freeze));
}

/** From now until a text went by way of the server again, both ways; ms. */
async function textBack(pair: Pair, timeout: number): Promise<number> {
  const from = Date.now();
  await expect(async () => {
    await pair.talk(2_000);
    for (const stranger of [pair.ann, pair.bob]) {
      expect(await stranger.lines('partner').last().textContent()).not.toContain('sent directly');
    }
  }).toPass({ timeout, intervals: [100] });
  return Date.now() - from;
}

test('[E33] R03 the server is killed in a call and another takes its place: picture and texts go on', async () => {
  await replaceServer('SIGKILL');
});

test('[E34] R03 the server is told to end in a call and another takes its place: picture and texts go on', async () => {
  await replaceServer('SIGTERM');
});

async function replaceServer(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  test.setTimeout(60_000 + RUNS * 60_000 + AWAY_MS);
  const app = opens(await startApp(), (one) => one.stop());
  const pair = await call(app.url, app.url);
  const freezeMaxMs = await freezeMax(pair);
  const back: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const since = await pair.both((stranger) => stranger.clock());
    await app.kill(signal);
    await app.restart();
    back.push(await textBack(pair, 30_000));
    const freezes = await pair.both((stranger, side) => stranger.longestFreeze(since[side]));
    console.log(
      `${signal}: text back after ${back.at(-1)} ms, longest freezes ${freezes.map(Math.round)} of ${Math.round(freezeMaxMs)} ms`,
    );
    expect(Math.max(...freezes)).toBeLessThanOrEqual(freezeMaxMs);
    await pair.expectUnbroken();
  }
  expect(percentile(back, 95)).toBeLessThanOrEqual(TEXT_BACK_MS);

  await awayForLong(app, pair, signal, freezeMaxMs);
}

test('[E35] one of two nodes over Redis is killed in a call: picture and texts go on by the other', async () => {
  test.setTimeout(60_000 + RUNS * 60_000);
  const redis = opens(await RedisServer.start(), (one) => one.stop());
  const env = { REDIS_URL: redis.url, DEPLOYMENT_SECRET: 'the secret of a deployment of two nodes' };
  const first = opens(await startApp(env), (one) => one.stop());
  const second = opens(await startApp(env), (one) => one.stop());
  let { port } = first;
  const way = opens(
    await FaultProxy.start(
      () => port,
      () => UNHARMED,
    ),
    (one) => one.close(),
  );
  const pair = await call(`http://localhost:${way.port}`, second.url);
  const freezeMaxMs = await freezeMax(pair);
  const back: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const since = await pair.both((stranger) => stranger.clock());
    port = second.port;
    await first.kill('SIGKILL');
    back.push(await textBack(pair, 30_000));
    const freezes = await pair.both((stranger, side) => stranger.longestFreeze(since[side]));
    console.log(
      `node killed: text back after ${back.at(-1)} ms, longest freezes ${freezes.map(Math.round)} of ${Math.round(freezeMaxMs)} ms`,
    );
    expect(Math.max(...freezes)).toBeLessThanOrEqual(freezeMaxMs);
    await pair.expectUnbroken();
    await first.restart();
    port = first.port;
    way.end('reset');
    await textBack(pair, 30_000);
  }
  expect(percentile(back, 95)).toBeLessThanOrEqual(TEXT_BACK_MS);
});

/** Away until that is said: the call goes on, and what is said meanwhile goes directly. */
async function awayForLong(
  app: RunningApp,
  pair: Pair,
  signal: 'SIGKILL' | 'SIGTERM',
  freezeMaxMs: number,
): Promise<void> {
  const { ann, bob } = pair;
  const since = await pair.both((stranger) => stranger.clock());
  await app.kill(signal);
  const [shown] = await Promise.all([
    pair.both(async (stranger) => {
      const banner = stranger.page.getByText(BANNER).first();
      await banner.waitFor({ timeout: 10_000 });
      return stranger.clock();
    }),
    pair.talk(),
  ]);
  for (const side of [0, 1] as const) {
    expect(shown[side] - since[side]).toBeGreaterThanOrEqual(3_000);
    expect(shown[side] - since[side]).toBeLessThanOrEqual(BANNER_WITHIN_MS);
  }
  for (const stranger of [ann, bob]) {
    await expect(stranger.lines('partner').last()).toContainText('sent directly');
  }
  const [annClock] = since;
  await expect
    .poll(async () => (await ann.clock()) - annClock, { timeout: AWAY_MS + 15_000 })
    .toBeGreaterThan(AWAY_MS);
  await app.restart();
  expect(await textBack(pair, 30_000)).toBeLessThanOrEqual(LATE_TEXT_BACK_MS);
  for (const stranger of [ann, bob]) await expect(stranger.page.getByText(BANNER)).toHaveCount(0);
  for (const freeze of await pair.both((stranger, side) => stranger.longestFreeze(since[side]))) {
    expect(freeze).toBeLessThanOrEqual(freezeMaxMs);
  }
  expect(await ann.texts('me')).toEqual(await bob.texts('partner'));
  expect(await bob.texts('me')).toEqual(await ann.texts('partner'));
  await pair.expectUnbroken();
}
