import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Triple = readonly [number, number, number];

/** A colour a fake camera can show, as Y, Cb, Cr (ITU-R BT.601), and how it comes out as RGB. */
const COLOURS = {
  red: { camera: [81, 90, 240], screen: [255, 0, 0] },
  green: { camera: [145, 54, 34], screen: [0, 255, 0] },
  blue: { camera: [41, 240, 110], screen: [0, 0, 255] },
  yellow: { camera: [210, 16, 146], screen: [255, 255, 0] },
} as const satisfies Record<string, { camera: Triple; screen: Triple }>;

export type Colour = keyof typeof COLOURS;

/** Which of them an RGB colour is nearest to, black included: a picture that fades counts as one of them. */
export function nearestColour(rgb: Triple): Colour | 'black' {
  const names = Object.keys(COLOURS) as Colour[];
  let nearest: { name: Colour | 'black'; distance: number } = { name: 'black', distance: Math.hypot(...rgb) };
  for (const name of names) {
    const distance = Math.hypot(...COLOURS[name].screen.map((value, index) => value - (rgb[index] ?? 0)));
    if (distance < nearest.distance) nearest = { name, distance };
  }
  return nearest.name;
}

const folder = mkdtempSync(join(tmpdir(), 'passerby-pictures-'));

/** Writes a YUV4MPEG2 file of one colour, for Chromium's fake camera. Returns its path. */
export function colourFile(colour: Colour, { width, height }: { width: number; height: number }): string {
  const [luma, blueness, redness] = COLOURS[colour].camera;
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.alloc(width * height, luma),
    Buffer.alloc((width * height) / 4, blueness),
    Buffer.alloc((width * height) / 4, redness),
  ]);
  const file = join(folder, `${colour}-${width}x${height}.y4m`);
  writeFileSync(
    file,
    Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F20:1 Ip A1:1 C420jpeg\n`), frame, frame]),
  );
  return file;
}
