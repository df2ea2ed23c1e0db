/** Holds the theme where somebody chose one. */
export const THEME_COOKIE = 'passerby-theme';
/** Holds the language where somebody chose one. */
export const LANGUAGE_COOKIE = 'language';

const YEAR_S = 31_536_000;

/**
 * A cookie that tells the server with every page what somebody chose here, as `document.cookie` takes it; kept for
 * a year. `value`: undefined forgets the choice. `secure`: whether this page came over https.
 */
export function choiceCookie(name: string, value: string | undefined, secure: boolean): string {
  const age = value === undefined ? 0 : YEAR_S;
  return `${name}=${value ?? ''}; path=/; max-age=${age}; samesite=lax${secure ? '; secure' : ''}`;
}
