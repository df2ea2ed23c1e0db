import { contrast, legible, mix, toColour, toHex, type Colour } from './colour.ts';
import { PAGE_GROUND, RAISED_GROUND } from './grounds.ts';

/** What an operator's one colour means on the pages. Hex values. */
export interface Accent {
  /** Ground of the button to press. */
  fill: string;
  /** The same under the pointer. */
  hover: string;
  /** Text on it. */
  ink: string;
  /** Links and focus rings, by appearance. */
  text: { dark: string; light: string };
}

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];
/** WCAG 2.2: 1.4.3 for text, 1.4.11 for what must be seen to be pressed. */
const TEXT_RATIO = 4.5;
const SHAPE_RATIO = 3;

/** Text that stands out from these does from all between. */
function groundsOf(appearance: keyof typeof PAGE_GROUND): Colour[] {
  return [PAGE_GROUND[appearance], RAISED_GROUND[appearance]].map((hex) => toColour(hex) ?? BLACK);
}

/**
 * What follows from `#rrggbb` or `#rgb`. Every text made from it has AA contrast; a colour that does not stand
 * out from the dark ground is refused with one that would.
 */
export function accentFrom(text: string): Accent {
  const colour = toColour(text);
  if (!colour) throw new Error('must be a colour such as #ffbe5c');
  const [night = BLACK] = groundsOf('dark');
  const ratio = contrast(colour, night);
  if (ratio < SHAPE_RATIO) {
    const lighter = toHex(legible(colour, WHITE, [night], SHAPE_RATIO));
    throw new Error(
      `is too dark for the dark pages: contrast ${ratio.toFixed(1)} where ${SHAPE_RATIO} is needed; ${lighter} would do`,
    );
  }
  const ink = contrast(colour, BLACK) >= contrast(colour, WHITE) ? BLACK : WHITE;
  return {
    fill: toHex(colour),
    // Away from its ink, so that this never costs contrast.
    hover: toHex(mix(colour, ink === BLACK ? WHITE : BLACK, 0.2)),
    ink: toHex(ink),
    text: {
      dark: toHex(legible(colour, WHITE, groundsOf('dark'), TEXT_RATIO)),
      light: toHex(legible(colour, BLACK, groundsOf('light'), TEXT_RATIO)),
    },
  };
}
