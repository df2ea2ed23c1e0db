import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { PACE_MS } from '../../apps/web/src/lib/pace.ts';
import { type Row, isMet, tableOf } from '../../bench/report.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { ensureWebBuild } from '../../scripts/web-build.ts';
import { DelayProxy } from './support/delay-proxy.ts';
import { Face } from './support/face.ts';
import { floorCall, openCapture } from './support/floor-call.ts';

// How soon a stranger's face is there, against what the browser needs for a call when nobody stands between.
// `CALLS`, `SKIPS` and `STARTS` make it another run. Fails where a bar is missed.

const CALLS = Number(process.env['CALLS'] ?? 50);
const SKIPS = Number(process.env['SKIPS'] ?? 200);
const STARTS = Number(process.env['STARTS'] ?? 30);
interface Size {
  width: number;
  height: number;
}

const SIZES: readonly Size[] = [
  { width: 640, height: 480 },
  { width: 1280, height: 720 },
];
const HOP_MS = 25;

interface Compared {
  ours: number[];
  floor: number[];
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;
const nameOf = ({ width, height }: Size): string => `${width}x${height}`;
const p50 = (values: readonly number[]): number => quantile(values, 0.5);

async function launch(): Promise<Browser> {
  return chromium.launch({
    ...(existsSync('/usr/bin/chromium') && { executablePath: '/usr/bin/chromium' }),
    args: [
      '--use-fake-device-for-media-stream=fps=30',
      '--use-fake-ui-for-media-stream',
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

/** A page for the floor, whose calls take turns with ours. */
async function floorPage(context: BrowserContext, url: string, size: Size) {
  const page = await context.newPage();
  await page.goto(`${url}/health`);
  await page.evaluate(openCapture, size);
  return (delayMs: number) => page.evaluate(floorCall, delayMs);
}

/** Matched until both see a frame, and the floor of it, one after the other. */
async function calls(
  browser: Browser,
  urls: { page: string; signaling: string },
  size: Size,
  delayMs: number,
): Promise<Compared> {
  const contexts = await Promise.all([browser.newContext(), browser.newContext(), browser.newContext()]);
  const [one, other, third] = contexts as [BrowserContext, BrowserContext, BrowserContext];
  const floorOf = await floorPage(third, urls.page, size);
  const faces = [
    await Face.open(one, urls.signaling, size),
    await Face.open(other, urls.signaling, size),
  ] as const;
  const [ann, bob] = faces;
  await ann.press('Start');
  await ann.comesTo('searching');
  await bob.press('Start');
  const ours: number[] = [];
  const floor: number[] = [];
  let before = [0, 0];
  // The first call of a browser is none to judge by: it loads what all others find loaded.
  for (let call = 0; call <= CALLS; call++) {
    const told = await Promise.all(faces.map((face, side) => face.at('calls', (before[side] ?? 0) + 1)));
    const floorMs = await floorOf(delayMs);
    if (call > 0) {
      const frames = told.map(({ frame }) => frame);
      ours.push(Math.max(...frames) - Math.min(...told.map(({ matched }) => matched)));
      floor.push(floorMs);
    }
    if (call === CALLS) break;
    await Promise.all(faces.map((face) => face.comesTo('connected')));
    before = await Promise.all(faces.map((face) => face.count('calls')));
    await ann.press('Next');
    await bob.comesTo('parted');
    await bob.press('Next');
  }
  for (const context of contexts) await context.close();
  return { ours, floor };
}

/** Somebody who skips while somebody else waits: until the search, and until the next face, are painted. */
async function skips(browser: Browser, url: string): Promise<{ searching: number[]; face: number[] }> {
  const [size] = SIZES as [Size];
  const contexts = await Promise.all([browser.newContext(), browser.newContext(), browser.newContext()]);
  const [skipper, first, second] = (await Promise.all(
    contexts.map((context) => Face.open(context, url, size)),
  )) as [Face, Face, Face];
  let [partner, waiting] = [first, second];
  await skipper.press('Start');
  await skipper.comesTo('searching');
  await partner.press('Start');
  const searching: number[] = [];
  const face: number[] = [];
  for (let skip = 0; skip < SKIPS; skip++) {
    await Promise.all([skipper.comesTo('connected'), partner.comesTo('connected')]);
    await waiting.press(skip === 0 ? 'Start' : 'Next');
    await waiting.comesTo('searching');
    // One press too soon after another waits for its time.
    await setTimeout(PACE_MS);
    const calls = await skipper.count('calls');
    await skipper.press('Next');
    const pressed = await skipper.at('pressed', skip + 2);
    searching.push((await skipper.at('searching', skip + 2)) - pressed);
    face.push((await skipper.at('calls', calls + 1)).frame - pressed);
    await partner.comesTo('parted');
    [partner, waiting] = [waiting, partner];
  }
  for (const context of contexts) await context.close();
  return { searching, face };
}

/** Start with the devices granted, until the search is painted. */
async function starts(browser: Browser, url: string): Promise<number[]> {
  const [size] = SIZES as [Size];
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const context = await browser.newContext();
    const face = await Face.open(context, url, size);
    await face.press('Start');
    times.push((await face.at('searching', 1)) - (await face.at('pressed', 1)));
    await context.close();
  }
  return times;
}

/** `most`: of the floor. */
function againstFloor(id: string, at: string, { ours, floor }: Compared, most: number): Row {
  const ratio = p50(ours) / p50(floor);
  const bars = [{ text: `<= ${most} x floor`, met: ratio <= most }];
  const what = 'matched -> first frame of both, p50';
  return { id, what, at, unit: 'ms', ours: p50(ours), floor: p50(floor), ratio, bars };
}

function within(id: string, what: string, at: string, value: number, most: number): Row {
  return { id, what, at, unit: 'ms', ours: value, bars: [{ text: `<= ${most} ms`, met: value <= most }] };
}

async function measure(browser: Browser, app: RunningApp, far: DelayProxy): Promise<Row[]> {
  const rows: Row[] = [];
  let plain: Compared | undefined;
  for (const size of SIZES) {
    const compared = await calls(browser, { page: app.url, signaling: app.url }, size, 0);
    plain ??= compared;
    rows.push(againstFloor('C1', `${nameOf(size)}, ${CALLS} calls`, compared, 1.1));
  }
  const [size] = SIZES as [Size];
  const late = await calls(browser, { page: app.url, signaling: far.url }, size, 2 * HOP_MS);
  rows.push(againstFloor('C1r', `${nameOf(size)}, signals ${2 * HOP_MS} ms late`, late, 0.9));
  const { searching, face } = await skips(browser, app.url);
  rows.push(within('C2', 'Next -> search painted, p95', `${SKIPS} skips`, quantile(searching, 0.95), 50));
  const next = againstFloor('C2', `${SKIPS} skips`, { ours: face, floor: plain?.floor ?? [] }, 1.3);
  rows.push({ ...next, what: 'Next -> first frame of the next, p50' });
  const started = await starts(browser, app.url);
  rows.push(within('C3', 'Start -> search painted, p95', `${STARTS} starts`, quantile(started, 0.95), 1_000));
  return rows;
}

await ensureWebBuild();
// Nobody goes from face to face as fast as this, for as long.
const unlimited = { FINDS_PER_MINUTE: '0', DESCRIPTIONS_PER_MINUTE: '0', SIGNALS_PER_MINUTE: '0' };
const app = await startApp({ REMATCH_AFTER_MS: '0', ...unlimited });
const far = await DelayProxy.start(app.port, HOP_MS);
const browser = await launch();
try {
  const rows = await measure(browser, app, far);
  console.log(tableOf(rows));
  process.exitCode = rows.every(isMet) ? 0 : 1;
} finally {
  await browser.close();
  await far.close();
  await app.stop();
}
