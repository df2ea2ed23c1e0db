import { getRequestListener } from '@hono/node-server';
import { ChatError, type ErrorCode, ERRORS } from '@passerby/protocol';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { guestRoute } from './auth/guest-route.ts';
import type { GuestAuth } from './auth/guest.ts';
import { clientAddress } from './client-address.ts';
import type { Chat } from './core/chat.ts';
import type { Metrics } from './core/metrics.ts';
import type { Authenticator, Log } from './core/ports.ts';
import { healthRoutes } from './ops/health.ts';
import { iceRoute } from './ops/ice.ts';
import { onlineRoute } from './ops/online.ts';
import { statusPage } from './ops/status-page.ts';
import { isOriginAllowed } from './origins.ts';
import { ConnectionCap } from './transports/connection-cap.ts';
import { GatheringServer } from './transports/gathering-server.ts';
import { KeyedBuckets, type Rate } from './transports/rate-limit.ts';
import type { ChatServer } from './transports/socket-events.ts';
import { Turnstile } from './transports/turnstile.ts';
import { serveSocketIo } from './transports/socket-io.ts';
import { type TextApiParts, serveTextApi } from './transports/text-api.ts';

/** A request handler that passes on what is not its own. */
export type WebHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

export interface ServerParts {
  chat: Chat;
  authenticator: Authenticator;
  /** Present where guests may sign in with a pass of ours. */
  guest?: GuestAuth;
  /** The web app; absent: a status page at `/`. */
  web?: WebHandler;
  now(): number;
  log: Log;
  metrics?: Metrics | undefined;
  allowedOrigins: ReadonlySet<string>;
  trustedHops: number;
  messageBytesMax: number;
  connectionsPerAddressMax: number;
  guestsPerMinute: number;
  /** From how many on pages tell how many are online. */
  countMin: number;
  /** Present where the HTTP text API is on. */
  textApi?: Pick<TextApiParts, 'pollMs' | 'startsPerMinute' | 'strangeIdsPerMinute'> | undefined;
  /** Runs something later; the returned function calls it off. Absent: a timer. */
  after?: TextApiParts['after'];
  rates: { connection: Rate; find: Rate; description: Rate; signal: Rate; message: Rate; other: Rate };
}

export interface RunningServer {
  readonly io: ChatServer;
  /** Resolves with the port that was bound (0 asks for any). */
  listen(port: number, host: string): Promise<number>;
  close(): Promise<void>;
}

/** Lease of our own client: 15 s without a line while it searches, 75 s in a match. */
const LEASES = { searchingMs: 15_000, matchedMs: 75_000 };
/** A silent client is seen as gone after 8 + 6 seconds. */
const PING = { pingInterval: 8_000, pingTimeout: 6_000 };
const SWEEP_MS = 1_000;
const SOCKET_IO_PATH = '/socket.io/';

/** One http.Server with Socket.IO, the HTTP endpoints and the web app on it. Tests start this. */
export function createServer(parts: ServerParts): RunningServer {
  const { chat, log, trustedHops } = parts;
  const addressOf = (request: IncomingMessage) =>
    clientAddress(request.headers, request.socket.remoteAddress, trustedHops);
  const cap = new ConnectionCap(parts.connectionsPerAddressMax, addressOf);
  const originRule = { allowed: parts.allowedOrigins, trustProxy: trustedHops > 0 };

  const textApi =
    parts.textApi &&
    serveTextApi({
      ...parts,
      ...parts.textApi,
      after: parts.after ?? after,
      addressOf,
      conversationsPerAddressMax: parts.connectionsPerAddressMax,
    });
  let closing = false;
  const ready = () =>
    chat.count().then(
      () => !closing,
      () => false,
    );
  const endpoints = httpEndpoints(parts, addressOf, ready);
  const web = parts.web;
  const http = createHttpServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    // Also for files that the web app serves past its own hooks.
    response.setHeader('x-content-type-options', 'nosniff');
    if (textApi?.handle(request, response)) return;
    const path = URL.parse(request.url ?? '/', 'http://local')?.pathname ?? '/';
    // The pages are read and nothing else: another method is ours to answer, and at once.
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !endpoints.paths.has(path);
    if (!web || !isPage) {
      void endpoints.listener(request, response);
      return;
    }
    // SvelteKit builds its URLs from this header; only a proxy of ours may set it.
    if (trustedHops === 0) request.headers['x-forwarded-proto'] = 'http';
    web(request, response, () => void endpoints.listener(request, response));
  });

  http.on('upgrade', ({ url = '' }, line) => {
    // Node lets go of the line here, and Engine.IO takes it up a while later: an error in between would be nobody's, and
    // end the process.
    line.on('error', () => line.destroy());
    if (!url.startsWith(SOCKET_IO_PATH)) line.destroy();
  });
  const turnstile = new Turnstile();
  const io: ChatServer = new Server(http, {
    ...PING,
    path: SOCKET_IO_PATH,
    // What is none of ours is closed above, at once.
    destroyUpgrade: false,
    serveClient: false,
    connectTimeout: 5_000,
    maxHttpBufferSize: parts.messageBytesMax,
    perMessageDeflate: false,
    wsEngine: GatheringServer,
    cors: { origin: [...parts.allowedOrigins] },
    allowRequest: (request, decide) => {
      const refuse = (code: 'origin-refused' | 'too-many-connections') => {
        parts.metrics?.refused(code);
        decide(code, false);
      };
      if (!isOriginAllowed(request.headers, originRule)) refuse('origin-refused');
      else if (!cap.admits(request)) refuse('too-many-connections');
      else turnstile.pass(() => decide(null, true));
    },
  });
  io.engine.on('connection', (connection: Parameters<ConnectionCap['count']>[0]) => cap.count(connection));
  const socketIo = serveSocketIo(io, { ...parts, addressOf, leases: LEASES, random: Math.random });

  const sweeper = setInterval(() => {
    textApi?.sweep();
    chat.sweep().then(
      () => socketIo.pause(false),
      (error: unknown) => {
        if (error instanceof ChatError) socketIo.pause(true);
        else log.error({ err: error }, 'sweep failed');
      },
    );
  }, SWEEP_MS);

  return {
    io,
    async listen(port, host) {
      http.listen(port, host);
      await once(http, 'listening');
      return (http.address() as AddressInfo).port;
    },
    async close() {
      closing = true;
      clearInterval(sweeper);
      await Promise.all([socketIo.close(), textApi?.close()]);
      const closed = io.close();
      // Whoever keeps an idle connection open must not keep the process.
      http.closeAllConnections();
      await closed;
    },
  };
}

/** The HTTP side: everything but the pages and the text API. Every path answers at once. */
function httpEndpoints(
  parts: ServerParts,
  addressOf: (request: IncomingMessage) => string,
  ready: () => Promise<boolean>,
) {
  const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();

  // Pages of other origins that may use the server must be able to sign in and to ask, too.
  app.use(
    '/api/*',
    cors({ origin: [...parts.allowedOrigins], allowHeaders: ['authorization', 'content-type'] }),
  );
  app.route('/', healthRoutes(ready));
  for (const path of ['/api/guest', '/api/ice']) {
    const asked = new KeyedBuckets({ perMinute: parts.guestsPerMinute, burst: parts.guestsPerMinute });
    app.use(path, async (context, next) => {
      asked.sweep(parts.now());
      const retryInMs = asked.take(addressOf(context.env.incoming), parts.now());
      if (retryInMs === 0) return next();
      context.header('retry-after', String(Math.ceil(retryInMs / 1_000)));
      return context.json(refusal(parts, 'rate-limited'), 429);
    });
  }
  if (parts.guest) app.route('/', guestRoute(parts.guest, parts.metrics));
  // Whoever tries a connection alone has no session yet: its TURN user is nobody's.
  app.route(
    '/',
    iceRoute(parts.authenticator, () => parts.chat.iceServers(randomUUID()), parts.metrics),
  );
  app.route(
    '/',
    onlineRoute(() => parts.chat.count(), parts.countMin),
  );
  if (!parts.web)
    app.route(
      '/',
      statusPage(() => parts.chat.count()),
    );

  // A known path with another method says which ones it knows.
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue;
    const known = methods.get(path) ?? methods.set(path, new Set()).get(path);
    known?.add(method);
    if (method === 'GET') known?.add('HEAD');
  }
  app.notFound((context) => {
    const known = methods.get(context.req.path);
    if (!known) return context.json(refusal(parts, 'not-found'), 404);
    context.header('allow', [...known].join(', '));
    return context.json(refusal(parts, 'method-not-allowed'), 405);
  });
  app.onError((error, context) => {
    if (error instanceof ChatError) return context.json(refusal(parts, error.code), 503);
    parts.log.error({ err: error, where: context.req.path }, 'unexpected failure');
    return context.json(refusal(parts, 'internal'), 500);
  });
  return { listener: getRequestListener(app.fetch), paths: new Set(methods.keys()) };
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** What a refused request is answered; it is counted here. */
function refusal({ metrics }: ServerParts, code: ErrorCode) {
  metrics?.refused(code);
  return { error: code, retry: ERRORS[code].retry };
}
