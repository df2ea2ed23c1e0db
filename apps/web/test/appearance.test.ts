import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accentFrom } from '../src/lib/accent.ts';
import { PAGE_GROUND, RAISED_GROUND } from '../src/lib/grounds.ts';
import { appearanceMarkup, barColour, themeCookie, toTheme, type Appearance } from '../src/lib/appearance.ts';

const page = readFileSync(new URL('../src/app.html', import.meta.url), 'utf8');
function withAppearance(html: string, appearance: Appearance): string {
  const { root, head } = appearanceMarkup(appearance);
  return html.replace('%passerby.root%', root).replace('%passerby.head%', head);
}
const usual = { theme: 'system', accent: undefined, ownLogo: false } as const;

test('[U65] a cookie holds dark or light; anything else in it means the device', () => {
  expect(toTheme('dark')).toBe('dark');
  expect(toTheme('light')).toBe('light');
  for (const text of [undefined, '', 'system', 'Dark', 'dark"><script>'])
    expect(toTheme(text)).toBe('system');
});

test('[U65] the server writes what was chosen on the root element and into the head', () => {
  const dark = withAppearance(page, { ...usual, theme: 'dark' });
  expect(dark).toMatch(/<html [^>]*data-theme="dark">/);
  expect(dark).toContain('<meta name="color-scheme" content="dark" />');
  expect(dark.match(/<meta name="theme-color"[^>]*content="#171522"/g)).toHaveLength(2);
  const system = withAppearance(page, usual);
  expect(system).toMatch(/<html [^>]*data-theme="system">/);
  expect(system).toMatch(/scheme: dark\)" content="#171522"/);
  expect(system).toMatch(/scheme: light\)" content="#f8f5ef"/);
});

test('[U65] the choice is kept for a year, and "as my device" by keeping nothing', () => {
  expect(themeCookie('light', true)).toBe(
    'passerby-theme=light; path=/; max-age=31536000; samesite=lax; secure',
  );
  expect(themeCookie('system', false)).toBe('passerby-theme=; path=/; max-age=0; samesite=lax');
});

test('[U65] the bars of the browser have the colours of the page', () => {
  const css = readFileSync(new URL('../src/app.css', import.meta.url), 'utf8');
  const [, light, dark] = /--ground: light-dark\((#\w+), (#\w+)\);/.exec(css) ?? [];
  expect([barColour('system', 'light'), barColour('system', 'dark')]).toEqual([light, dark]);
  expect([barColour('dark', 'light'), barColour('light', 'dark')]).toEqual([dark, light]);
});

test('[U66] the operator’s colour and logo stand on the root element, and only there', () => {
  const html = withAppearance(page, { ...usual, accent: accentFrom('#3ddc97'), ownLogo: true });
  expect(html).toMatch(/<html [^>]*data-logo style="--accent-fill:#3ddc97;[^"]*--logo:url\(\/logo\)">/);
  expect(html).toContain('<link rel="icon" href="/logo" />');
  expect(withAppearance(page, usual)).not.toContain('style=');
});

test('[U65] the grounds that are told to browsers and to colours are those of the style sheet', () => {
  const style = readFileSync(new URL('../src/app.css', import.meta.url), 'utf8');
  for (const [name, { dark, light }] of [
    ['ground', PAGE_GROUND],
    ['raised', RAISED_GROUND],
  ] as const) {
    expect(style).toContain(`--${name}: light-dark(${light}, ${dark});`);
  }
});
