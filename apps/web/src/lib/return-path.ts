// Only its origin and path rules matter; no such host is ever asked.
const BASE = 'https://page.invalid';

/**
 * Where to go after signing in: a path of this site, or `fallback`. The value comes from the address bar,
 * so it must never lead to another origin (`//host`, `/\host`, `https:…`, `javascript:…`).
 */
export function returnPath(value: string | null, fallback: string): string {
  if (!value?.startsWith('/')) return fallback;
  const url = URL.canParse(value, BASE) ? new URL(value, BASE) : undefined;
  if (url?.origin !== BASE) return fallback;
  // Back to the login page would be a loop.
  if (url.pathname === '/login') return fallback;
  return url.pathname + url.search + url.hash;
}
