import { expect, test } from 'playwright/test';
import { seededRandom } from '../../apps/signaling/test/support/random.ts';
import { CuttableNetwork } from '../support/network.ts';
import { closeOpened } from '../support/opened.ts';
import { closeStrangers } from '../support/stranger.ts';
import { FAULTS } from './torture-menu.ts';
import { type Scene, openScene } from './torture-scene.ts';

const unavailable = CuttableNetwork.unavailable();
test.skip(unavailable !== undefined, unavailable);

test.afterEach(async () => {
  await closeStrangers();
  await closeOpened();
});

const RUNS = Number(process.env['TORTURE_RUNS'] ?? '1');
const MINUTES = Number(process.env['TORTURE_MINUTES'] ?? '2');
const SEED = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);

const DIFFERENT_MIN = 12;
/** More new frames than could still have been on their way: a second of them. */
const MOVES = 20;
/** After any of them: a line that is dead without a sign is found out after 15 s at most, and it takes as long again at worst to come back. */
const WHOLE_WITHIN_MS = 30_000;

for (let run = 1; run <= RUNS; run++) {
  test(`[E41] one call through one fault after another, run ${run}`, async () => {
    test.setTimeout((MINUTES * 60 + 240) * 1_000);
    const seed = SEED + run - 1;
    console.log(`TORTURE_SEED=${seed}`);
    const random = seededRandom(seed);
    const scene = await openScene();
    const endAt = Date.now() + MINUTES * 60_000;
    const done = new Set<string>();
    let menu: string[] = [];
    while (Date.now() < endAt || done.size < DIFFERENT_MIN) {
      if (menu.length === 0) menu = Object.keys(FAULTS);
      const [name = ''] = menu.splice(Math.floor(random() * menu.length), 1);
      await FAULTS[name]?.(scene);
      const overAt = Date.now();
      await test.step(name, () => expectWhole(scene));
      console.log(`${name}: whole after ${Date.now() - overAt} ms`);
      done.add(name);
    }
    console.log(`${done.size} different faults`);
  });
}

/** Pictures move, texts arrive, and it is the call it was at first. */
async function expectWhole({ pair }: Scene): Promise<void> {
  const since = await pair.both((stranger) => stranger.clock());
  await pair.both((stranger, side) => stranger.framesWithin(MOVES, since[side], WHOLE_WITHIN_MS));
  await pair.both((stranger) => stranger.expectState('connected', WHOLE_WITHIN_MS));
  await pair.talk(WHOLE_WITHIN_MS);
  expect(await pair.ann.texts('me')).toEqual(await pair.bob.texts('partner'));
  expect(await pair.bob.texts('me')).toEqual(await pair.ann.texts('partner'));
  await pair.expectUnbroken();
}
