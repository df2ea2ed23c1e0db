import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A colour a fake camera can show, as Y, Cb, Cr (ITU-R BT.601), and how it comes out as RGB. */
const COLOURS = {
  red: [81, 90, 240],
  green: [145, 54, 34],
  blue: [41, 240, 110],
  yellow: [210, 16, 146],
} as const satisfies Record<string, readonly [number, number, number]>;

export type Colour = keyof typeof COLOURS;

const folder = mkdtempSync(join(tmpdir(), 'passerby-pictures-'));

/** Writes a YUV4MPEG2 file of one colour, for Chromium's fake camera. Returns its path. */
export function colourFile(colour: Colour, width = 640, height = 480): string {
  const [luma, blueness, redness] = COLOURS[colour];
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.alloc(width * height, luma),
    Buffer.alloc((width * height) / 4, blueness),
    Buffer.alloc((width * height) / 4, redness),
  ]);
  const file = join(folder, `${colour}.y4m`);
  writeFileSync(
    file,
    Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F20:1 Ip A1:1 C420jpeg\n`), frame, frame]),
  );
  return file;
}
