import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';

// As much of STUN (RFC 8489) and TURN (RFC 8656) as it takes to ask for a relayed address.

const HEADER_BYTES = 20;
/** RFC 8489 section 5. */
const MAGIC_COOKIE = 0x2112a442;
const INTEGRITY_BYTES = 24;

/** RFC 8489 section 18.2, RFC 8656 section 17. */
export const METHOD = { binding: 0x001, allocate: 0x003, refresh: 0x004, createPermission: 0x008 } as const;
export type Method = (typeof METHOD)[keyof typeof METHOD];

/** RFC 8489 section 5; each already in its place in the message type, which holds for methods below 16. */
const CLASS = { request: 0x000, success: 0x100, error: 0x110 } as const;
type Class = keyof typeof CLASS;

/** RFC 8489 section 18.3, RFC 8656 section 18. */
export const ATTRIBUTE = {
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  requestedTransport: 0x0019,
  xorMappedAddress: 0x0020,
} as const;

export interface Attribute {
  type: number;
  value: Buffer;
}

export interface StunMessage {
  class: Class;
  method: number;
  /** 12 bytes. */
  transactionId: Buffer;
  attributes: Attribute[];
}

export interface Endpoint {
  address: string;
  port: number;
}

/** How many bytes the message at the start of `bytes` has; undefined while its header is not there yet. */
export function messageLength(bytes: Buffer): number | undefined {
  return bytes.length < HEADER_BYTES ? undefined : HEADER_BYTES + bytes.readUInt16BE(2);
}

/** A request; with a key, signed with it (RFC 8489 section 14.5). */
export function encodeRequest(
  method: Method,
  transactionId: Buffer,
  attributes: readonly Attribute[],
  key?: Buffer,
): Buffer {
  const body = Buffer.concat(attributes.map(encodeAttribute));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(CLASS.request | method, 0);
  // The length that is signed counts the signature.
  header.writeUInt16BE(body.length + (key ? INTEGRITY_BYTES : 0), 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(header, 8);
  const message = Buffer.concat([header, body]);
  if (!key) return message;
  const value = createHmac('sha1', key).update(message).digest();
  return Buffer.concat([message, encodeAttribute({ type: ATTRIBUTE.integrity, value })]);
}

/** What the bytes say; undefined where they are no STUN message. */
export function decode(bytes: Buffer): StunMessage | undefined {
  if (messageLength(bytes) !== bytes.length || bytes.readUInt32BE(4) !== MAGIC_COOKIE) return undefined;
  const type = bytes.readUInt16BE(0);
  const found = Object.entries(CLASS).find(([, bits]) => (type & 0x110) === bits);
  if (!found) return undefined;
  const attributes: Attribute[] = [];
  for (let at = HEADER_BYTES; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    if (at + 4 + length > bytes.length) return undefined;
    attributes.push({ type: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + padded(length);
  }
  return {
    class: found[0] as Class,
    method: type & ~0x110,
    transactionId: bytes.subarray(8, HEADER_BYTES),
    attributes,
  };
}

/** Whether a message was signed by somebody who has the key. */
export function isSignedWith(bytes: Buffer, key: Buffer): boolean {
  let at = HEADER_BYTES;
  while (at + 4 <= bytes.length && bytes.readUInt16BE(at) !== ATTRIBUTE.integrity) {
    at += 4 + padded(bytes.readUInt16BE(at + 2));
  }
  if (at + INTEGRITY_BYTES > bytes.length) return false;
  // What follows the signature (a fingerprint) is counted neither by it nor in its length.
  const signed = Buffer.from(bytes.subarray(0, at));
  signed.writeUInt16BE(at - HEADER_BYTES + INTEGRITY_BYTES, 2);
  const expected = createHmac('sha1', key).update(signed).digest();
  return timingSafeEqual(expected, bytes.subarray(at + 4, at + INTEGRITY_BYTES));
}

/** The key of long-term credentials (RFC 8489 section 9.2.2). */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash('md5').update(`${username}:${realm}:${password}`).digest();
}

export function attribute({ attributes }: StunMessage, type: number): Buffer | undefined {
  return attributes.find((one) => one.type === type)?.value;
}

/** The code of an error response and its words (RFC 8489 section 14.8). */
export function errorOf(message: StunMessage): { code: number; reason: string } | undefined {
  const value = attribute(message, ATTRIBUTE.errorCode);
  if (!value || value.length < 4) return undefined;
  return { code: (value.readUInt8(2) & 0x7) * 100 + value.readUInt8(3), reason: value.toString('utf8', 4) };
}

/** An address in an XOR-… attribute (RFC 8489 section 14.2). */
export function encodeAddress({ address, port }: Endpoint, transactionId: Buffer): Buffer {
  const plain = isIPv6(address) ? bytesOfIPv6(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.from([0, plain.length === 16 ? 2 : 1, 0, 0]);
  head.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  return Buffer.concat([head, masked(plain, transactionId)]);
}

export function decodeAddress(value: Buffer, transactionId: Buffer): Endpoint | undefined {
  const family = value.at(1);
  if (!(family === 1 && value.length === 8) && !(family === 2 && value.length === 20)) return undefined;
  const plain = masked(value.subarray(4), transactionId);
  const address = family === 1 ? plain.join('.') : textOfIPv6(plain);
  return { address, port: value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16) };
}

function masked(address: Buffer, transactionId: Buffer): Buffer {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE, 0);
  transactionId.copy(mask, 4);
  return Buffer.from(address.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

function bytesOfIPv6(address: string): Buffer {
  // `::ffff:192.0.2.1` to `::ffff:c000:201`, as URLs write it.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = [], right = []] = plain
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  const bytes = Buffer.alloc(16);
  [...left, ...zeros, ...right].forEach((group, index) =>
    bytes.writeUInt16BE(parseInt(group, 16), index * 2),
  );
  return bytes;
}

function textOfIPv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function encodeAttribute({ type, value }: Attribute): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(padded(value.length) - value.length)]);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
