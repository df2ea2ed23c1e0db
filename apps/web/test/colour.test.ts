import { expect, test } from 'vitest';
import { accentFrom } from '../src/lib/accent.ts';
import { contrast, toColour, toHex, type Colour } from '../src/lib/colour.ts';

function colour(hex: string): Colour {
  const found = toColour(hex);
  if (!found) throw new Error(`${hex} is no colour`);
  return found;
}

test('[U66] contrast is that of WCAG', () => {
  expect(contrast(colour('#fff'), colour('#000000'))).toBeCloseTo(21);
  expect(contrast(colour('#777777'), colour('#ffffff'))).toBeCloseTo(4.48, 2);
  expect(contrast(colour('#777777'), colour('#777'))).toBe(1);
});

test('[U66] a colour is three or six hexadecimal digits and nothing else', () => {
  expect(toHex(colour('#FB0'))).toBe('#ffbb00');
  for (const text of ['red', 'ffbb00', '#ffbb0', '#ffbb0011', 'url(x)', '#ff"bb0', '']) {
    expect(toColour(text), text).toBeUndefined();
    expect(() => accentFrom(text)).toThrow('#ffbe5c');
  }
});

test('[U66] whatever colour is taken, what is written in it or on it has AA contrast', () => {
  let taken = 0;
  for (let red = 0; red < 256; red += 51) {
    for (let green = 0; green < 256; green += 51) {
      for (let blue = 0; blue < 256; blue += 51) {
        const hex = toHex([red, green, blue]);
        let accent;
        try {
          accent = accentFrom(hex);
        } catch {
          expect(contrast(colour(hex), colour('#171522'))).toBeLessThan(3);
          continue;
        }
        taken += 1;
        for (const ground of [accent.fill, accent.hover]) {
          expect(contrast(colour(accent.ink), colour(ground)), hex).toBeGreaterThanOrEqual(4.5);
        }
        for (const ground of ['#171522', '#211e30', '#2d2942']) {
          expect(contrast(colour(accent.text.dark), colour(ground)), hex).toBeGreaterThanOrEqual(4.5);
        }
        for (const ground of ['#f8f5ef', '#fffdf9', '#ece6da']) {
          expect(contrast(colour(accent.text.light), colour(ground)), hex).toBeGreaterThanOrEqual(4.5);
        }
      }
    }
  }
  expect(taken).toBeGreaterThan(100);
});

test('[U66] a colour that does not stand out in the dark is refused with one that does', () => {
  let message = '';
  try {
    accentFrom('#222244');
  } catch (error) {
    message = String(error);
  }
  const [, better = ''] = /(#[\da-f]{6}) would do/.exec(message) ?? [];
  expect(accentFrom(better).fill).toBe(better);
});
