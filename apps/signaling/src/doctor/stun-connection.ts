import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  type Attribute,
  type Method,
  type StunMessage,
  decode,
  encodeRequest,
  messageLength,
} from './stun-message.ts';

export type Transport = 'udp' | 'tcp' | 'tls';

export interface StunServer {
  transport: Transport;
  host: string;
  port: number;
  /** Whom to trust beside the usual authorities (PEM); for `tls`. */
  ca?: string | undefined;
}

/** An answer, and its bytes as they came, which a signature is about. */
export interface StunAnswer {
  message: StunMessage;
  bytes: Buffer;
}

const CONNECT_MS = 4_000;
/** RFC 8489 section 6.2.1 has seven attempts in 40 s; whoever looks at a terminal waits for less. */
const RESEND_AFTER_MS = [500, 1_000, 2_000];
const ANSWER_MS = 5_000;
/** An answer is far smaller. */
const BUFFER_MAX = 65_536;

/** One connection to a STUN or TURN server: sends requests and finds the answers to them. */
export class StunConnection {
  readonly #write: (bytes: Buffer) => void;
  readonly #end: () => void;
  readonly #isReliable: boolean;
  readonly #open = new Map<string, { resolve(answer: StunAnswer): void; reject(error: Error): void }>();
  #failure: Error | undefined;

  private constructor(isReliable: boolean, write: (bytes: Buffer) => void, end: () => void) {
    this.#isReliable = isReliable;
    this.#write = write;
    this.#end = end;
  }

  /** Rejects where nobody listens, within some seconds. */
  static async open(server: StunServer): Promise<StunConnection> {
    return server.transport === 'udp' ? StunConnection.#openUdp(server) : StunConnection.#openStream(server);
  }

  static async #openUdp({ host, port }: StunServer): Promise<StunConnection> {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
    // Connected, so that nobody else's packets are taken and a closed port is told.
    socket.connect(port, host);
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) }).catch((error: unknown) => {
      socket.close();
      throw error;
    });
    const connection = new StunConnection(
      false,
      (bytes) => socket.send(bytes),
      () => socket.close(),
    );
    socket.on('message', (bytes) => connection.#receive(bytes));
    socket.on('error', (error) => connection.#fail(error));
    return connection;
  }

  static async #openStream({ transport, host, port, ca }: StunServer): Promise<StunConnection> {
    const socket: Socket =
      transport === 'tls'
        ? connectTls({ host, port, ...(!isIPv6(host) && { servername: host }), ...(ca && { ca }) })
        : connectTcp({ host, port });
    const ready = transport === 'tls' ? 'secureConnect' : 'connect';
    await once(socket, ready, { signal: AbortSignal.timeout(CONNECT_MS) }).catch((error: unknown) => {
      socket.destroy();
      throw error;
    });
    const connection = new StunConnection(
      true,
      (bytes) => socket.write(bytes),
      () => socket.destroy(),
    );
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      // RFC 8489 section 6.2.2: messages follow one another, each with its length in its header.
      for (let length = messageLength(rest); length && length <= rest.length; length = messageLength(rest)) {
        connection.#receive(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
      if (rest.length > BUFFER_MAX) socket.destroy(new Error('the answer is no STUN'));
    });
    socket.on('error', (error) => connection.#fail(error));
    socket.on('close', () => connection.#fail(new Error('the connection was closed')));
    return connection;
  }

  /** Sends a request and resolves with its answer, be it a refusal; rejects if none comes in five seconds. */
  async request(
    method: Method,
    attributes: (transactionId: Buffer) => Attribute[],
    key?: Buffer,
  ): Promise<StunAnswer> {
    if (this.#failure) throw this.#failure;
    const transactionId = randomBytes(12);
    const name = transactionId.toString('hex');
    const bytes = encodeRequest(method, transactionId, attributes(transactionId), key);
    const { promise, resolve, reject } = Promise.withResolvers<StunAnswer>();
    this.#open.set(name, { resolve, reject });
    const timers = [setTimeout(() => reject(new Error('no answer')), ANSWER_MS)];
    if (!this.#isReliable) {
      let after = 0;
      for (const ms of RESEND_AFTER_MS) timers.push(setTimeout(() => this.#write(bytes), (after += ms)));
    }
    try {
      this.#write(bytes);
      return await promise;
    } finally {
      timers.forEach(clearTimeout);
      this.#open.delete(name);
    }
  }

  close(): void {
    this.#fail(new Error('the connection was closed'));
    this.#end();
  }

  #receive(bytes: Buffer): void {
    const message = decode(bytes);
    if (message) this.#open.get(message.transactionId.toString('hex'))?.resolve({ message, bytes });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#open.values()) reject(error);
  }
}
