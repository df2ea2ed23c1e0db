import { expect, test } from 'vitest';
import { FakeClock } from '../../../packages/call/test/fake-clock.ts';
import { Patience } from '../src/lib/patience.ts';

function scene() {
  const clock = new FakeClock();
  const ended: number[] = [];
  const patience = new Patience(clock, () => ended.push(clock.now()));
  return { clock, ended, patience };
}

test('[U81] after 3 minutes of search somebody is asked whether they are there, and without an answer it ends', async () => {
  const { clock, ended, patience } = scene();
  patience.note('searching', false);
  await clock.pass(179_999);
  expect(patience.asking).toBe(false);
  await clock.pass(1);
  expect(patience.asking).toBe(true);
  await clock.pass(29_999);
  expect(ended).toEqual([]);
  await clock.pass(1);
  expect(ended).toHaveLength(1);
  patience.note('idle', false);
  expect(patience).toMatchObject({ asking: false, gaveUp: true });
  patience.note('starting', false);
  expect(patience.gaveUp).toBe(false);
});

test('[U81] whoever answers is asked again 3 minutes later', async () => {
  const { clock, ended, patience } = scene();
  patience.note('searching', false);
  await clock.pass(200_000);
  patience.answer();
  expect(patience.asking).toBe(false);
  await clock.pass(179_999);
  expect(patience.asking).toBe(false);
  await clock.pass(1);
  expect(patience.asking).toBe(true);
  expect(ended).toEqual([]);
});

test('[U81] a match ends the question, and the next search has its own 3 minutes', async () => {
  const { clock, ended, patience } = scene();
  patience.note('searching', false);
  await clock.pass(190_000);
  patience.note('connecting', false);
  expect(patience.asking).toBe(false);
  await clock.pass(600_000);
  patience.note('searching', false);
  await clock.pass(179_999);
  expect(patience.asking).toBe(false);
  expect(ended).toEqual([]);
});

test('[U82] a search that is hidden for 30 seconds ends; a call does not', async () => {
  const { clock, ended, patience } = scene();
  patience.note('searching', true);
  await clock.pass(29_999);
  patience.note('searching', false);
  await clock.pass(60_000);
  patience.note('searching', true);
  await clock.pass(10_000);
  patience.note('connected', true);
  await clock.pass(600_000);
  expect(ended).toEqual([]);
  patience.note('searching', true);
  await clock.pass(30_000);
  expect(ended).toHaveLength(1);
});

test('[U81] nothing ends once it is closed', async () => {
  const { clock, ended, patience } = scene();
  patience.note('searching', true);
  patience.close();
  await clock.pass(600_000);
  expect(ended).toEqual([]);
});
