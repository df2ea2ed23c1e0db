/** Pages through which people come in; the others can be read while the site is closed. */
const ENTRANCES = new Set(['/', '/(session)/login', '/(session)/chat']);

/** The page that says that the site is closed for a while. */
export const MAINTENANCE_ROUTE = '/(notice)/maintenance';

/** Where a request for a route is sent instead; undefined: it gets what it asked for. */
export function detour(route: string | null, closed: boolean): '/' | '/maintenance' | undefined {
  if (closed) return route !== null && ENTRANCES.has(route) ? '/maintenance' : undefined;
  return route === MAINTENANCE_ROUTE ? '/' : undefined;
}
