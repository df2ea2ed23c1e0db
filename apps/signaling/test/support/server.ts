import { ChatError } from '@passerby/protocol';
import { type ManagerOptions, type Socket, type SocketOptions, io } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { MemoryBackplaneOptions } from '../../src/backplane/memory.ts';
import { createChat } from '../../src/core/chat.ts';
import type { Metrics } from '../../src/core/metrics.ts';
import type { Authenticator, Backplane } from '../../src/core/ports.ts';
import type { AccountId, SessionId } from '../../src/core/types.ts';
import { type ServerParts, createServer } from '../../src/server.ts';
import { TestLog, chatParts, memoryBackplane } from './chat-parts.ts';
import { TestClock } from './clock.ts';

const OFF = { perMinute: 0, burst: 1 };
/** No limit of any kind, to be spread under the one that a test is about. */
export const RATES_OFF = {
  connection: OFF,
  find: OFF,
  description: OFF,
  signal: OFF,
  message: OFF,
  other: OFF,
};

/** Accepts `ACCOUNT` and `ACCOUNT@EXPIRES` (milliseconds since 1970); `bad…` is refused. */
export function testAuthenticator(clock: TestClock): Authenticator {
  return {
    async verify(token) {
      const [account = '', expires] = token.split('@');
      if (account.startsWith('bad')) throw new ChatError('token-invalid');
      const expiresAt = expires === undefined ? clock.now() + 3_600_000 : Number(expires);
      if (expiresAt <= clock.now()) throw new ChatError('token-expired');
      return { account: account as AccountId, expiresAt };
    },
  };
}

/** What makes a server one of several nodes. */
export interface NodeParts {
  backplane: Backplane;
  clock: TestClock;
  newSessionId(): SessionId;
}

export interface TestServer {
  url: string;
  clock: TestClock;
  log: TestLog;
  /** A plain client of the wire protocol, closed with the test. */
  plain(account: string, options?: Partial<ManagerOptions & SocketOptions>): Client;
  /** A client that speaks what our own one does. */
  ours(account: string, auth?: Record<string, unknown>): Client;
  server: ReturnType<typeof createServer>;
  chat: ReturnType<typeof createChat>;
}

/** A server on a free loopback port without limits, closed with the test. */
export async function startTestServer(
  options: {
    parts?: Partial<ServerParts>;
    backplane?: Partial<MemoryBackplaneOptions>;
    /** Instead of one in memory. */
    shared?: NodeParts;
    metrics?: Metrics;
  } = {},
): Promise<TestServer> {
  const clock = options.shared?.clock ?? new TestClock();
  const log = new TestLog();
  const { metrics } = options;
  const chat = createChat(
    chatParts({
      log,
      metrics,
      iceServers: (tag) => [
        { urls: ['stun:stun.test'] },
        ...(tag === undefined ? [] : [{ urls: ['turn:turn.test'], username: tag, credential: 'c' }]),
      ],
      ...(options.shared && { newSessionId: options.shared.newSessionId }),
      backplane:
        options.shared?.backplane ?? memoryBackplane({ now: clock.now, metrics, ...options.backplane }),
    }),
  );
  const server = createServer({
    chat,
    authenticator: testAuthenticator(clock),
    now: clock.now,
    log,
    metrics,
    allowedOrigins: new Set(['https://chat.test']),
    trustedHops: 0,
    messageBytesMax: 40_960,
    connectionsPerAddressMax: 0,
    guestsPerMinute: 0,
    countMin: 0,
    rates: RATES_OFF,
    ...options.parts,
  });
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  const clients: Client[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.socket.disconnect();
    await server.close();
  });
  const connect = (auth: Record<string, unknown>, more: Partial<ManagerOptions & SocketOptions> = {}) => {
    const socket = io(url, {
      auth,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...more,
    });
    const client = new Client(socket);
    clients.push(client);
    return client;
  };
  return {
    url,
    clock,
    log,
    server,
    chat,
    plain: (account, more) => connect({ token: account }, more),
    ours: (account, auth) => connect({ token: account, protocol: 1, ...auth }),
  };
}

interface Received {
  name: string;
  args: unknown[];
}

/** A socket whose events are kept in order until a test takes them. */
export class Client {
  readonly socket: Socket;
  readonly received: Received[] = [];
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    const keep = (name: string, ...args: unknown[]) => {
      this.received.push({ name, args });
      for (const wake of this.#waiting.splice(0)) wake();
    };
    socket.onAny(keep);
    socket.on('connect_error', (error) => keep('connect_error', error));
    socket.on('disconnect', (reason) => keep('disconnect', reason));
    socket.on('connect', () => keep('connect'));
  }

  /** The arguments of the next event of this name; earlier ones of other names are passed over. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read fields of many shapes
  async next(name: string): Promise<any[]> {
    for (;;) {
      const at = this.received.findIndex((event) => event.name === name);
      if (at >= 0) return this.received.splice(0, at + 1).at(-1)?.args ?? [];
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  send(name: string, ...args: unknown[]): void {
    this.socket.emit(name, ...args);
  }

  /** Sends with an acknowledgement and waits for it. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the acknowledgement's shape is what is tested
  ask(name: string, ...args: unknown[]): Promise<any> {
    return this.socket.emitWithAck(name, ...args);
  }

  /** All that the server has to say to what was sent so far has arrived when this resolves. */
  async settled(): Promise<void> {
    await this.ask('no-such-event');
    await this.ask('no-such-event');
  }

  names(): string[] {
    return this.received.map((event) => event.name);
  }
}
