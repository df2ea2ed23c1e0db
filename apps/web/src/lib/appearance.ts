import type { Accent } from './accent.ts';
import { choiceCookie, THEME_COOKIE } from './choice-cookie.ts';
import { PAGE_GROUND } from './grounds.ts';

/** How the pages look; `system`: as the device is set. */
export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

/** What a cookie or a control holds; anything unknown means `system`. */
export function toTheme(text: string | undefined): Theme {
  return THEMES.find((theme) => theme === text) ?? 'system';
}

/** The cookie that remembers a theme, as `document.cookie` takes it. */
export function themeCookie(theme: Theme, secure: boolean): string {
  return choiceCookie(THEME_COOKIE, theme === 'system' ? undefined : theme, secure);
}

/** Colour of the browser's bars for somebody whose device asks for `scheme`. */
export function barColour(theme: Theme, scheme: keyof typeof PAGE_GROUND): string {
  return PAGE_GROUND[theme === 'system' ? scheme : theme];
}

export interface Appearance {
  theme: Theme;
  /** Undefined: our own colours. */
  accent: Accent | undefined;
  /** The operator has a logo, at `/logo`. */
  ownLogo: boolean;
}

/** Attributes of the root element: what app.css reads before anything is painted. */
function rootAttributes({ theme, accent, ownLogo }: Appearance): string {
  const properties = {
    ...(accent && {
      '--accent-fill': accent.fill,
      '--accent-hover': accent.hover,
      '--accent-ink': accent.ink,
      '--accent-text-dark': accent.text.dark,
      '--accent-text-light': accent.text.light,
    }),
    ...(ownLogo && { '--logo': 'url(/logo)' }),
  };
  const style = Object.entries(properties).map(([name, value]) => `${name}:${value}`);
  return [
    `data-theme="${theme}"`,
    ...(ownLogo ? ['data-logo'] : []),
    ...(style.length > 0 ? [`style="${style.join(';')}"`] : []),
  ].join(' ');
}

function headElements({ theme, ownLogo }: Appearance): string {
  const schemes = theme === 'system' ? 'dark light' : theme;
  const bars = (['dark', 'light'] as const).map(
    (scheme) =>
      `<meta name="theme-color" media="(prefers-color-scheme: ${scheme})" content="${barColour(theme, scheme)}" />`,
  );
  return [
    `<meta name="color-scheme" content="${schemes}" />`,
    ...bars,
    ownLogo
      ? '<link rel="icon" href="/logo" />'
      : '<link rel="icon" href="/favicon.svg" type="image/svg+xml" />',
  ].join('\n    ');
}

/** What app.html keeps places for: attributes of the root element, and elements of the head. */
export function appearanceMarkup(appearance: Appearance): { root: string; head: string } {
  return { root: rootAttributes(appearance), head: headElements(appearance) };
}
