import type { Ack, WelcomePayload } from '@passerby/protocol';
import type { OpenSocket } from '../src/socket-session.ts';
import type { SignalingSocket } from '../src/wire.ts';

type Options = Parameters<OpenSocket>[1];

export interface Emission {
  name: string;
  args: readonly unknown[];
  /** Acknowledges it. */
  reply(ack: Ack & Record<string, unknown>): void;
}

/** One socket, whose server is the test. */
export class FakeSocket {
  connected = false;
  readonly url: string;
  readonly options: Options;
  readonly emitted: Emission[] = [];
  readonly #listeners = new Map<string, (...args: unknown[]) => void>();

  constructor(url: string, options: Options) {
    this.url = url;
    this.options = options;
  }

  on(name: string, listener: (...args: unknown[]) => void): void {
    this.#listeners.set(name, listener);
  }

  emit(name: string, ...args: unknown[]): void {
    const last = args.at(-1);
    const reply = typeof last === 'function' ? (last as (ack: Ack) => void) : undefined;
    this.emitted.push({ name, args: reply ? args.slice(0, -1) : args, reply: (ack) => reply?.(ack) });
  }

  /** It said goodbye. */
  goodbye = false;
  readonly io = { engine: { transport: { close: () => void (this.connected = false) } } };

  disconnect(): void {
    this.goodbye = this.connected;
    this.connected = false;
  }

  /** The server says something. */
  say(name: string, ...args: unknown[]): void {
    this.#listeners.get(name)?.(...args);
  }

  welcome(more: Partial<WelcomePayload> = {}): void {
    this.connected = true;
    this.say('session:welcome', {
      sessionId: 'session-one',
      resumeToken: 'resume-token-number-one',
      resumed: 'none',
      state: { status: 'idle' },
      iceServers: [],
      tokenLeftMs: 3_600_000,
      ...more,
    } satisfies WelcomePayload);
  }

  refuse(code?: string): void {
    this.say(
      'connect_error',
      Object.assign(new Error('refused'), code ? { data: { code, retry: false } } : {}),
    );
  }

  /** The line breaks. */
  drop(): void {
    this.connected = false;
    this.say('disconnect', 'transport close');
  }

  /** Names of what was emitted, acknowledgements of events left out. */
  get names(): string[] {
    return this.emitted.map(({ name }) => name).filter((name) => name !== 'session:ack');
  }

  get acks(): unknown[] {
    return this.emitted.filter(({ name }) => name === 'session:ack').map(({ args }) => args[0]);
  }

  find(name: string): Emission {
    const found = this.emitted.findLast((emission) => emission.name === name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  }
}

/** Stands in for Socket.IO's `io` and remembers every socket it made. */
export function makeFakeIo(): { io: OpenSocket; sockets: FakeSocket[] } {
  const sockets: FakeSocket[] = [];
  const io: OpenSocket = (url, options) => {
    const socket = new FakeSocket(url, options);
    sockets.push(socket);
    return socket as unknown as SignalingSocket;
  };
  return { io, sockets };
}
