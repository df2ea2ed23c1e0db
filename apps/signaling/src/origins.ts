import type { IncomingHttpHeaders } from 'node:http';

export interface OriginRule {
  /** Origins beside our own that may use the server, as `https://host[:port]`. */
  allowed: ReadonlySet<string>;
  /** Whether a proxy of ours sets `X-Forwarded-Host` and `X-Forwarded-Proto`. */
  trustProxy: boolean;
}

/**
 * Whether a request may use the server. CORS does not cover WebSocket, so this is asked at every
 * handshake. Browsers send no Origin with same-origin GETs and programs send none at all: a missing
 * one passes unless the browser says that the request is cross-site.
 */
export function isOriginAllowed(headers: IncomingHttpHeaders, { allowed, trustProxy }: OriginRule): boolean {
  const { origin } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] !== 'cross-site';
  if (allowed.has(origin)) return true;
  const url = URL.parse(origin);
  // `url.origin !== origin` refuses what only looks like one: a path, credentials, upper case, a trailing dot list.
  if (!url || url.origin !== origin || !/^https?:$/.test(url.protocol)) return false;
  const host = (trustProxy ? first(headers['x-forwarded-host']) : undefined) ?? headers.host;
  const downgraded =
    trustProxy && first(headers['x-forwarded-proto']) === 'https' && url.protocol === 'http:';
  return host !== undefined && !downgraded && URL.parse(`${url.protocol}//${host}`)?.origin === origin;
}

function first(header: string | string[] | undefined): string | undefined {
  const value = Array.isArray(header) ? header[0] : header;
  return value?.split(',', 1)[0]?.trim() || undefined;
}
