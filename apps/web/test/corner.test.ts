import { expect, test } from 'vitest';
import { CORNERS, nearestCorner, nextCorner, toCorner } from '../src/lib/corner.ts';

const STAGE = { x: 400, y: 300 };

test('[U85] the own picture goes to the corner next to where it was let go, whichever way lines run', () => {
  const points = [
    { x: 390, y: 290 },
    { x: 10, y: 290 },
    { x: 10, y: 10 },
    { x: 390, y: 10 },
  ];
  expect(points.map((point) => nearestCorner(point, STAGE, false))).toEqual(CORNERS);
  expect(points.map((point) => nearestCorner(point, STAGE, true))).toEqual([
    'start-bottom',
    'end-bottom',
    'end-top',
    'start-top',
  ]);
});

test('[U85] a button takes it to each corner in turn', () => {
  let corner = CORNERS[0];
  const been = CORNERS.map(() => (corner = nextCorner(corner) as typeof corner));
  expect(new Set(been)).toEqual(new Set(CORNERS));
  expect(corner).toBe(CORNERS[0]);
  expect(toCorner('end-top')).toBe('end-top');
  expect(toCorner('middle')).toBeUndefined();
});
