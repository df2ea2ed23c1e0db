/** Where the own picture stands on the stage: start or end of the line, top or bottom. */
export const CORNERS = ['end-bottom', 'start-bottom', 'start-top', 'end-top'] as const;
export type Corner = (typeof CORNERS)[number];

/** A point or a size, in CSS pixels. */
interface Extent {
  x: number;
  y: number;
}

/** The corner next to a point of the stage. `rightToLeft`: lines begin on the right. */
export function nearestCorner(point: Extent, stage: Extent, rightToLeft: boolean): Corner {
  const onLeft = point.x < stage.x / 2;
  return `${onLeft === rightToLeft ? 'end' : 'start'}-${point.y < stage.y / 2 ? 'top' : 'bottom'}`;
}

/** Once around, for those who cannot drag. */
export function nextCorner(corner: Corner): Corner {
  return CORNERS[(CORNERS.indexOf(corner) + 1) % CORNERS.length] ?? corner;
}

export function toCorner(text: string | undefined): Corner | undefined {
  return CORNERS.find((corner) => corner === text);
}
