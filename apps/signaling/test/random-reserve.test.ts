import { expect, test } from 'vitest';
import { createRandomReserve } from '../src/random-reserve.ts';

test('[C4] what secrets are made of is given out once, and stays what it was', () => {
  const random = createRandomReserve();
  const taken = Array.from({ length: 1_000 }, () => random(16));
  const written = taken.map((bytes) => bytes.toString('hex'));
  for (let more = 0; more < 1_000; more++) random(12);
  expect(new Set(written).size).toBe(1_000);
  expect(taken.map((bytes) => bytes.toString('hex'))).toEqual(written);
  expect(taken.every(({ length }) => length === 16)).toBe(true);
});
