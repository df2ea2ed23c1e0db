import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { instrument } from '@socket.io/admin-ui';
import { Server } from 'socket.io';
import type { Namespace, Socket } from 'socket.io';
import type { Log } from '../core/ports.ts';
import { createAdminLogin } from './admin-login.ts';
import type { AdminCredentials, AdminSession } from './admin-login.ts';
import { isLoopbackAddress, isOwnOrigin } from './admin-origin.ts';
import { createAdminPage } from './admin-page.ts';

export interface AdminUiOptions {
  /** The public server, already attached to its http.Server. It is observed, never changed. */
  io: Server;
  auth: { type: 'basic' } & AdminCredentials;
  /** A loopback address; anything else is refused. */
  host: string;
  /** 0: any free port. */
  port: number;
  log: Log;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface AdminUi {
  port: number;
  /** Ends the operators' connections, all timers and the listener. */
  close(): Promise<void>;
}

const NAMESPACE = '/admin';
const MESSAGE_MAX = 4096;
const CONNECTIONS_MAX = 100;
const LOGIN_TIMEOUT_MS = 15_000;

/**
 * Serves the Socket.IO admin UI for `io` on a port of its own, read-only and with counts only.
 *
 * The port has its own Socket.IO server, which nobody but operators connects to. So there is no admin
 * namespace on the public port and no default namespace of the public server on this one: nothing has
 * to be guarded that is not there. [O1] [O2]
 *
 * Rejects if the host is not loopback, the hash is not one of bcrypt, or the port is taken.
 */
export async function startAdminUi({ io, auth, host, port, log, now }: AdminUiOptions): Promise<AdminUi> {
  if (!isLoopbackAddress(host)) throw new Error('the admin UI may only listen on a loopback address');
  if (!io.engine) throw new Error('the admin UI needs a Socket.IO server that is attached already');
  const login = createAdminLogin(auth, { log, now });
  const http = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, await createAdminPage());
  http.maxConnections = CONNECTIONS_MAX;

  const server = new Server(http, {
    serveClient: false,
    maxHttpBufferSize: MESSAGE_MAX,
    connectTimeout: LOGIN_TIMEOUT_MS,
    allowRequest: (request, decide) => decide(null, isOwnOrigin(request)),
  });
  server.use((_socket, next) => next(new Error('Invalid namespace')));

  const operators = server.of(NAMESPACE);
  const sessions = new WeakMap<Socket, AdminSession>();
  operators.use((socket, next) => {
    void login.admit(socket.handshake.auth).then((admission) => {
      if (!admission.admitted) return next(new Error(admission.message));
      sessions.set(socket, admission);
      // Whatever an operator sends ends here, before any listener the package may have put up. [O10]
      socket.use(() => {});
      next();
    });
  });
  operators.on('connection', (socket) => {
    const sessionId = sessions.get(socket)?.sessionId;
    // Not before the connection stands: the page listens from then on only.
    if (sessionId !== undefined) socket.emit('session', sessionId);
  });

  http.listen(port, host);
  await once(http, 'listening');
  const stopObserving = observe(
    io,
    operators,
    (operator) => now() >= (sessions.get(operator)?.expiresAt ?? 0),
  );

  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      stopObserving();
      login.close();
      server.disconnectSockets(true);
      const closed = server.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Lets the package report about `io` to the operators, though they are on another server. The package
 * expects one server that does both, so it is given a stand-in that has `io`'s figures and the
 * operators' namespace. Before each report the operators whose session is `over` are disconnected.
 *
 * @returns stops it: takes the package's listener off the engine and ends its timer.
 */
function observe(io: Server, operators: Namespace, isOver: (operator: Socket) => boolean): () => void {
  const undo: (() => void)[] = [];
  const { engine } = io;

  const standIn: Server = Object.create(io, {
    of: { value: () => namespace },
    engine: {
      value: {
        get clientsCount() {
          return engine.clientsCount;
        },
        on(event: string, listener: (...args: unknown[]) => void) {
          engine.on(event, listener);
          undo.push(() => engine.off(event, listener));
        },
      },
    },
  });
  const namespace = {
    server: standIn,
    on: operators.on.bind(operators),
    emit(event: string, ...args: unknown[]) {
      for (const socket of operators.sockets.values()) if (isOver(socket)) socket.disconnect(true);
      return operators.emit(event, ...args);
    },
  };

  // `auth: false` because the operators' namespace has its own guard, which has run before.
  const timers = timersStartedBy(() => {
    instrument(standIn, {
      auth: false,
      mode: 'production',
      readonly: true,
      namespaceName: NAMESPACE,
      serverId: `${hostname()}#${process.pid}`,
    });
  });
  undo.push(() => timers.forEach(clearInterval));

  // The package counts every packet of every client; without an operator nobody reads the count. [O12]
  const events = standIn._eventBuffer;
  const count = events.push.bind(events);
  events.push = (...args) => {
    if (operators.sockets.size > 0) count(...args);
  };

  return () => undo.forEach((step) => step());
}

/** The intervals that `run` starts, for a package that keeps them to itself. */
function timersStartedBy(run: () => void): NodeJS.Timeout[] {
  const started: NodeJS.Timeout[] = [];
  const { setInterval } = globalThis;
  // Only for the length of one synchronous call, so nobody else can meet the replacement.
  globalThis.setInterval = ((...args: Parameters<typeof setInterval>) => {
    const timer = setInterval(...args);
    started.push(timer);
    return timer;
  }) as typeof setInterval;
  try {
    run();
  } finally {
    globalThis.setInterval = setInterval;
  }
  return started;
}
