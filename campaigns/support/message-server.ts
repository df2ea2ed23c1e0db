import type { ChatServer, ChatSocket } from '../../apps/signaling/src/transports/socket-events.ts';

type Listener = (...args: unknown[]) => void;
type Middleware = (socket: ChatSocket, next: (error?: Error) => void) => void;

/** What a client hears of its line. */
export interface Far {
  event(name: string, args: unknown[]): void;
  /** The handshake was refused. */
  refused(code: string): void;
  /** The server has hung up. */
  closed(): void;
}

/**
 * The part of Socket.IO that the transport stands on, without connections: a line is opened, spoken on and
 * closed by calls, so that hundreds of thousands of commands are affordable. Everything above is the real server.
 */
export class MessageServer {
  #admit: Middleware = (_, next) => next();
  #connected: (socket: ChatSocket) => void = () => {};

  /** For `serveSocketIo`. */
  readonly io = {
    use: (middleware: Middleware) => {
      this.#admit = middleware;
    },
    on: (_name: 'connection', listener: (socket: ChatSocket) => void) => {
      this.#connected = listener;
    },
  } as unknown as ChatServer;

  /** A client comes, with this as its `handshake.auth`. */
  open(auth: unknown, far: Far): MessageLine {
    const line = new MessageLine(auth, far);
    const socket = line as unknown as ChatSocket;
    this.#admit(socket, (error) => {
      if (error) far.refused((error as Error & { data: { code: string } }).data.code);
      // Who hung up during its handshake is not shown.
      else if (!line.isClosed) this.#connected(socket);
    });
    return line;
  }
}

/** A socket as the transport sees it, and the end of it that the client holds. */
class MessageLine {
  readonly handshake: { auth: unknown };
  readonly request = {};
  /** Nothing waits here to be read: the client always reads. */
  readonly conn = { writeBuffer: [], once: () => {} };
  readonly #far: Far;
  #receive: (packet: unknown[]) => void = () => {};
  #dropped: Listener = () => {};
  #isClosed = false;

  constructor(auth: unknown, far: Far) {
    this.handshake = { auth };
    this.#far = far;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  use(middleware: (packet: unknown[]) => void): void {
    this.#receive = middleware;
  }

  on(_name: 'disconnect', listener: Listener): void {
    this.#dropped = listener;
  }

  emit(name: string, ...args: unknown[]): void {
    if (!this.#isClosed) this.#far.event(name, args);
  }

  disconnect(): void {
    if (this.#isClosed) return;
    this.close('server namespace disconnect');
    this.#far.closed();
  }

  /** The client says something and may want an answer. */
  receive(name: string, args: unknown[], answer: Listener): void {
    if (!this.#isClosed) this.#receive([name, ...args, answer]);
  }

  /** The line is down. */
  close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dropped(reason);
  }
}
export type { MessageLine };
