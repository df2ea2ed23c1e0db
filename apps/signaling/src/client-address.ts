import type { IncomingHttpHeaders } from 'node:http';

/**
 * The key under which a client's address is limited: an IPv4 address, or the /64 of an IPv6 one.
 *
 * `trustedHops` is the number of proxies of ours in front; with 0 the forwarding header is ignored.
 * Each hop appended one entry to `X-Forwarded-For`, so the client's stands that many from the right;
 * a header with fewer entries did not come through them all, and the connection's own address counts.
 */
export function clientAddress(
  headers: IncomingHttpHeaders,
  remoteAddress: string | undefined,
  trustedHops: number,
): string {
  const own = remoteAddress ?? '';
  if (trustedHops === 0) return addressKey(own);
  const forwarded = headers['x-forwarded-for'];
  const entries = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',');
  return addressKey(entries.at(-trustedHops)?.trim() || own);
}

function addressKey(address: string): string {
  // Some proxies write the port behind the address: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  const bare = address.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  const plain = bare.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
