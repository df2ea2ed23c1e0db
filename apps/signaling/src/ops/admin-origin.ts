import type { IncomingMessage } from 'node:http';

const LOOPBACK_ADDRESS = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Whether binding to `address` keeps other machines out. */
export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

/**
 * Whether the request names this machine as its host. A page of a foreign name that was rebound to
 * 127.0.0.1 names that name instead. The port is left open: an SSH tunnel may end on another one.
 */
export function isLoopbackHost({ headers }: IncomingMessage): boolean {
  return headers.host !== undefined && LOOPBACK_HOST.test(headers.host);
}

/**
 * Whether the request comes from the admin page itself or from a program. Browsers leave out `Origin`
 * on same-origin polling GETs but then send `Sec-Fetch-Site`; `same-site` is refused too, because for
 * `localhost` that is every other port.
 */
export function isOwnOrigin(request: IncomingMessage): boolean {
  if (!isLoopbackHost(request)) return false;
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) return origin === `http://${host?.toLowerCase()}`;
  return site === undefined || site === 'same-origin' || site === 'none';
}
