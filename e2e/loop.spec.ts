import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'playwright/test';
import { seededRandom } from '../apps/signaling/test/support/random.ts';
import { floorCall, openCapture } from './bench/support/floor-call.ts';
import { probe } from './bench/support/probe.ts';
import { noteAnnouncements, saidWithin } from './support/announcements.ts';
import { type RunningApp, startApp } from './support/app.ts';
import { delaySignals } from './support/late-signals.ts';
import { faceMs, type Gone, pressAndLook } from './support/next-face.ts';
import type { Colour } from './support/picture.ts';
import { percentile, withRoom } from './support/runs.ts';
import { noteStalls, stalledWithin, stallsOf } from './support/stalls.ts';
import { SMALL_PICTURE, Stranger, closeStrangers } from './support/stranger.ts';

// The loop that people are in: skip, search, the next face. `ROW_SKIPS` and `ROW_FUZZED` make it a long one.

const SKIPS = Number(process.env['ROW_SKIPS'] ?? '20');
const SKIPS_FOR_P95 = 100;
const FUZZED = Number(process.env['ROW_FUZZED'] ?? '10');
const STARTS = 20;
const SEED = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const GONE_MAX_MS = 100;
const FACE_P50_MAX_MS = 500;
const FACE_P95_MAX_MS = 1_000;
const START_P95_MAX_MS = 1_000;
const GROWTH_MAX_BYTES = 10_000_000;
/** What is loaded and compiled once is there after so many skips. */
const WARM = 5;

let app: RunningApp;
test.beforeAll(async () => {
  app = await startApp({ REMATCH_AFTER_MS: '0' });
});
test.afterAll(() => app.stop());
test.afterEach(closeStrangers);

/** What the page keeps, once it has thrown away what it does not, and the recorder what it knows. */
async function heapBytes({ page }: Stranger): Promise<number> {
  await page.evaluate(() => {
    const { connections, frames, presented, states, tracks } = window.recording;
    connections.splice(0, connections.length - 1);
    for (const list of [frames, presented, states, tracks]) list.length = 0;
  });
  const devtools = await page.context().newCDPSession(page);
  for (let round = 0; round < 3; round++) await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  await devtools.detach();
  return usedSize;
}

test('[E94] P06 P07 P09 M09 skip after skip: the former partner is gone at once and for good, the next is there soon, nothing piles up', async () => {
  test.setTimeout(60_000 + SKIPS * 4_000);
  const size = SMALL_PICTURE;
  const [ann, red, blue] = (await Promise.all(
    (['green', 'red', 'blue'] as const).map((colour) => Stranger.open({ colour })),
  )) as [Stranger, Stranger, Stranger];
  for (const stranger of [ann, red, blue]) {
    await stranger.page.addInitScript(probe, size);
    await stranger.signInAsGuest(app.url, 'video');
  }
  const bare = (await ann.neighbour()).page;
  await bare.goto(`${app.url}/health`);
  await bare.evaluate(openCapture, size);

  await ann.start.click();
  await ann.expectState('searching');
  await red.start.click();
  await ann.expectSees('red');
  await noteStalls(ann.page);
  const gone: Gone[] = [];
  const faces: number[] = [];
  const floor: number[] = [];
  let before = 0;
  let [partner, waiting]: { who: Stranger; colour: Colour }[] = [
    { who: red, colour: 'red' },
    { who: blue, colour: 'blue' },
  ];
  for (let skip = 0; skip < SKIPS; skip++) {
    if (!partner || !waiting) throw new Error('nobody');
    await (skip === 0 ? waiting.who.start : waiting.who.next).click();
    await waiting.who.expectState('searching');
    const one = await pressAndLook(ann.page);
    gone.push(one);
    await expect.poll(() => ann.seen(), { intervals: [30] }).toBe(waiting.colour);
    faces.push(await faceMs(ann.page, waiting.who.page, one.at));
    // Not one frame is nearer to the former partner than to the new one, or to black.
    expect(await ann.coloursSince(one.pressedAt)).toEqual([waiting.colour]);
    expect(await ann.openConnections()).toBe(1);
    await partner.who.expectState('parted');
    if (floor.length < 20) floor.push(await bare.evaluate(floorCall, 0));
    if (skip === WARM) before = await heapBytes(ann);
    [partner, waiting] = [waiting, partner];
  }
  const growth = (await heapBytes(ann)) - before;
  const took = gone.map(({ tookMs }) => tookMs);
  const stalls = await stallsOf(ann.page);
  const own = gone.map(({ at, tookMs }) => tookMs - stalledWithin(at, at + tookMs, stalls));
  const [p50, p95] = [percentile(faces, 50), percentile(faces, 95)];
  console.log(
    `${SKIPS} skips: gone after ${Math.round(percentile(took, 50))} ms (p50) ${Math.round(percentile(took, 95))} ms (p95, ${Math.round(percentile(own, 95))} ms without stalls), next face ${Math.round(p50)} ms (p50) ${Math.round(p95)} ms (p95), a bare call ${Math.round(percentile(floor, 50))} ms, heap ${Math.round(growth / 1e4) / 100} MB more`,
  );
  // The page's own work counts in the one, the machine's other work not in the other.
  expect(percentile(took, 50)).toBeLessThanOrEqual(GONE_MAX_MS);
  expect(percentile(own, 95)).toBeLessThanOrEqual(GONE_MAX_MS);
  expect(p50).toBeLessThanOrEqual(withRoom(FACE_P50_MAX_MS, floor, 50));
  // The slowest of a few is one bad moment of the machine.
  if (SKIPS >= SKIPS_FOR_P95) expect(p95).toBeLessThanOrEqual(withRoom(FACE_P95_MAX_MS, floor, 95));
  expect(growth).toBeLessThanOrEqual(GROWTH_MAX_BYTES);
  await ann.stop.click();
  expect(await ann.openConnections()).toBe(0);
  expect([ann.uncaught, red.uncaught, blue.uncaught]).toEqual([[], [], []]);
});

test('[E95] P08 with the devices allowed the search is on screen soon after Start', async () => {
  const ann = await Stranger.open();
  await ann.signInAsGuest(app.url, 'video');
  await ann.start.waitFor();
  const took = await ann.page.evaluate(async (starts) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const until = async (state: string) => {
      while (!document.querySelector(`[data-state=${state}]`)) await frame();
    };
    const times: number[] = [];
    for (let start = 0; start < starts; start++) {
      const pressedAt = performance.now();
      document.querySelector<HTMLElement>('.control.primary')?.click();
      await until('searching');
      await frame();
      times.push(performance.now() - pressedAt);
      document.querySelector<HTMLElement>('.control.stop')?.click();
      await until('idle');
    }
    return times;
  }, STARTS);
  console.log(
    `Start to search: ${Math.round(percentile(took, 50))} ms (p50), ${Math.round(percentile(took, 95))} ms (p95)`,
  );
  expect(percentile(took, 95)).toBeLessThanOrEqual(START_P95_MAX_MS);
});

test('[E96] R06 Next at any step of a negotiation, with late signals: nobody is stuck and nothing is left uncaught', async () => {
  test.setTimeout(60_000 + FUZZED * 5_000);
  console.log(`FAULT_SEED=${SEED}`);
  const random = seededRandom(SEED);
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  for (const { page } of [ann, bob]) await delaySignals(page, random);
  await Promise.all([ann, bob].map((stranger) => stranger.signInAsGuest(app.url, 'video')));
  await ann.start.click();
  await bob.start.click();
  const steps = new Set<string>();
  for (let round = 0; round < FUZZED; round++) {
    const [who, other] = random() < 0.5 ? [ann, bob] : [bob, ann];
    await who.page.locator('main[data-state=connecting], main[data-state=connected]').waitFor();
    await setTimeout(random() * 1_000);
    steps.add(
      await who.page.evaluate(() => {
        const connection = window.recording.connections.at(-1);
        const { iceGatheringState = '', signalingState = '', connectionState = '' } = connection ?? {};
        document.querySelector<HTMLElement>('.control.primary[aria-disabled=false]')?.click();
        return [signalingState, iceGatheringState, connectionState].join(' ');
      }),
    );
    // The other goes on at once, perhaps before being told, or when the card has counted down.
    if (random() < 0.8) await other.page.locator('.control.primary').click();
    await expect(other.page.locator('main')).not.toHaveAttribute('data-state', 'parted', { timeout: 10_000 });
  }
  console.log(`skipped at: ${[...steps].join('; ')}`);
  expect(steps.size).toBeGreaterThan(1);
  // Whoever is left on the card goes on by themselves.
  const since = await Promise.all([ann.clock(), bob.clock()]);
  await Promise.all([ann, bob].map((stranger) => stranger.expectState('connected', 20_000)));
  await Promise.all([ann.framesWithin(20, since[0], 20_000), bob.framesWithin(20, since[1], 20_000)]);
  for (const stranger of [ann, bob]) {
    expect(await stranger.openConnections()).toBe(1);
    expect(stranger.uncaught).toEqual([]);
  }
});

test('[E97] R07 two who cannot connect are parted after 10 s, told so for 2 s, and search on; who can be reached meets the next', async () => {
  const ann = await Stranger.open();
  const bob = await ann.neighbour();
  const cid = await ann.neighbour();
  // Bob's browser has no way at all: relays alone, and there is none.
  await bob.page.addInitScript(() => {
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceServers: [], iceTransportPolicy: 'relay' });
      }
    };
  });
  await ann.page.addInitScript(noteAnnouncements);
  for (const stranger of [ann, bob, cid]) await stranger.signInAsGuest(app.url, 'video');
  await ann.start.click();
  await ann.expectState('searching');
  await bob.start.click();
  await Promise.all([ann.expectState('connecting'), bob.expectState('connecting')]);
  const matchedAt = await ann.cameTo('connecting');
  await expect(ann.page.getByText('This takes longer than usual').first()).toBeAttached();
  await Promise.all([ann.expectState('searching'), bob.expectState('searching')]);
  const tookMs = (await ann.cameTo('searching')) - matchedAt;
  expect(tookMs).toBeGreaterThanOrEqual(9_500);
  expect(tookMs).toBeLessThanOrEqual(11_500);
  const sorry = { urgent: false, text: 'We could not connect you two. Trying someone else.' };
  expect(await saidWithin(ann.page, sorry, 0)).toBeLessThan(Infinity);
  await expect(ann.page.getByRole('listitem').filter({ hasText: sorry.text })).toBeHidden();
  // They are kept apart, and the first in the queue is still the first.
  await cid.start.click();
  await Promise.all([ann.expectState('connected'), cid.expectState('connected')]);
  await bob.expectState('searching');
});
