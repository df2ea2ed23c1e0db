import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turnstile } from '../src/transports/turnstile.ts';

/** Keeps the event loop for longer than newcomers have at a stretch. */
function work(): void {
  for (const until = performance.now() + 5; performance.now() < until;);
}

test('[L15] who comes is let in, in that order, and between newcomers others have their turn', async () => {
  const turnstile = new Turnstile();
  const happened: string[] = [];
  for (const name of ['ann', 'bob', 'cid']) {
    turnstile.pass(() => {
      work();
      happened.push(name);
    });
  }
  expect(happened).toEqual([]);
  for (const other of ['one', 'two', 'three']) {
    await setImmediate();
    happened.push(other);
  }
  expect(happened).toEqual(['ann', 'one', 'bob', 'two', 'cid', 'three']);
});

test('[L15] who need little are let in together, and later ones too', async () => {
  const turnstile = new Turnstile();
  const entered: number[] = [];
  for (const round of [1, 2]) {
    for (let index = 0; index < 3; index++) turnstile.pass(() => void entered.push(round));
    await setImmediate();
  }
  expect(entered).toEqual([1, 1, 1, 2, 2, 2]);
});
