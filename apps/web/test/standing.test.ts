import { expect, test } from 'vitest';
import type { Ban } from '../src/lib/safety/safety-client.ts';
import { banAt } from '../src/lib/safety/standing.ts';

const BAN: Ban = { caseId: 'c1', reason: 'danger', from: 1_000, textAllowed: false, appeal: 'possible' };

test('[U94] a ban is on until it ends, and for good where it has no end', () => {
  const ban = { ...BAN, until: 5_000 };
  expect(banAt({ ban }, 4_999)).toBe(ban);
  expect(banAt({ ban }, 5_000)).toBeUndefined();
  expect(banAt({ ban: BAN }, Number.MAX_SAFE_INTEGER)).toBe(BAN);
  expect(banAt({}, 0)).toBeUndefined();
});
