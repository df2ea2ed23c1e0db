import type { StunAnswer, StunConnection } from './stun-connection.ts';
import {
  ATTRIBUTE,
  type Attribute,
  type Endpoint,
  METHOD,
  type Method,
  attribute,
  decodeAddress,
  encodeAddress,
  errorOf,
  isSignedWith,
  longTermKey,
} from './stun-message.ts';

/** UDP, as the relay speaks it to peers (RFC 8656 section 18.8; the protocol number of IP). */
const UDP = 17;
const FAMILY = { IPv4: 1, IPv6: 2 } as const;

/** What a server refused, with the code of RFC 8489 or RFC 8656: 401 for credentials, 403 for an address. */
export class StunRefusal extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(`${code} ${reason}`.trim());
    this.name = 'StunRefusal';
    this.code = code;
  }
}

export interface Credentials {
  username: string;
  password: string;
}

/** The address under which the server sees us (RFC 8489 section 2). */
export async function binding(connection: StunConnection): Promise<Endpoint> {
  return endpointIn(
    succeeded(await connection.request(METHOD.binding, () => [])),
    ATTRIBUTE.xorMappedAddress,
  );
}

/** One allocation on a TURN server, with long-term credentials (RFC 8489 section 9.2). */
export class TurnClient {
  readonly #connection: StunConnection;
  readonly #credentials: Credentials;
  #challenge: { realm: Buffer; nonce: Buffer } | undefined;

  constructor(connection: StunConnection, credentials: Credentials) {
    this.#connection = connection;
    this.#credentials = credentials;
  }

  /** The relayed address (RFC 8656 section 7). Throws StunRefusal. */
  async allocate(family: keyof typeof FAMILY = 'IPv4'): Promise<Endpoint> {
    const answer = await this.#ask(METHOD.allocate, () => [
      { type: ATTRIBUTE.requestedTransport, value: Buffer.from([UDP, 0, 0, 0]) },
      ...(family === 'IPv4'
        ? []
        : [{ type: ATTRIBUTE.requestedAddressFamily, value: Buffer.from([FAMILY[family], 0, 0, 0]) }]),
    ]);
    return endpointIn(answer, ATTRIBUTE.xorRelayedAddress);
  }

  /** Lets packets pass to and from an address (RFC 8656 section 10). Throws StunRefusal, 403 where that is denied. */
  async permit(address: string): Promise<void> {
    await this.#ask(METHOD.createPermission, (transactionId) => [
      { type: ATTRIBUTE.xorPeerAddress, value: encodeAddress({ address, port: 0 }, transactionId) },
    ]);
  }

  /** Gives the allocation back (RFC 8656 section 8). */
  async release(): Promise<void> {
    await this.#ask(METHOD.refresh, () => [{ type: ATTRIBUTE.lifetime, value: Buffer.alloc(4) }]);
  }

  /** The first request is refused with what the next ones are signed with (RFC 8489 section 9.2.4). */
  async #ask(method: Method, attributes: (transactionId: Buffer) => Attribute[]): Promise<StunAnswer> {
    if (!this.#challenge) {
      const first = await this.#connection.request(method, attributes);
      const realm = attribute(first.message, ATTRIBUTE.realm);
      const nonce = attribute(first.message, ATTRIBUTE.nonce);
      if (errorOf(first.message)?.code !== 401 || !realm || !nonce) {
        succeeded(first);
        throw new Error('the server asks for no credentials');
      }
      this.#challenge = { realm, nonce };
    }
    const { realm, nonce } = this.#challenge;
    const { username, password } = this.#credentials;
    const key = longTermKey(username, realm.toString(), password);
    const signed = (transactionId: Buffer): Attribute[] => [
      ...attributes(transactionId),
      { type: ATTRIBUTE.username, value: Buffer.from(username) },
      { type: ATTRIBUTE.realm, value: realm },
      { type: ATTRIBUTE.nonce, value: nonce },
    ];
    const answer = succeeded(await this.#connection.request(method, signed, key));
    if (!isSignedWith(answer.bytes, key)) throw new Error('the answer is not signed with the secret');
    return answer;
  }
}

function succeeded(answer: StunAnswer): StunAnswer {
  if (answer.message.class === 'success') return answer;
  const { code, reason } = errorOf(answer.message) ?? { code: 0, reason: 'refused without a reason' };
  throw new StunRefusal(code, reason);
}

function endpointIn({ message }: StunAnswer, type: number): Endpoint {
  const value = attribute(message, type);
  const endpoint = value && decodeAddress(value, message.transactionId);
  if (!endpoint) throw new Error('the answer names no address');
  return endpoint;
}
