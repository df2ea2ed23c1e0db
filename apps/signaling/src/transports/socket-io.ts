import {
  ChatError,
  ERRORS,
  TOKEN_INVALID_MESSAGE,
  TOKEN_MISSING_MESSAGE,
  PROTOCOL_VERSION,
  handshakeSchema,
  tokenSchema,
} from '@passerby/protocol';
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { Chat } from '../core/chat.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Authenticator, Log } from '../core/ports.ts';
import type { Leases, SessionId } from '../core/types.ts';
import { KeyedBuckets, type Rate } from './rate-limit.ts';
import type { ChatServer, ChatSocket } from './socket-events.ts';
import { type Admitted, SocketLine } from './socket-line.ts';
import { Turnstile } from './turnstile.ts';

export interface SocketIoParts {
  chat: Chat;
  authenticator: Authenticator;
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  log: Log;
  metrics?: Metrics | undefined;
  leases: Leases;
  rates: { connection: Rate; find: Rate; description: Rate; signal: Rate; message: Rate; other: Rate };
  /** Key of the address a request comes from. */
  addressOf(request: IncomingMessage): string;
}

/** How often leases are renewed and tokens that have run out are looked for. */
const TICK_MS = 5_000;
/** When this node closes, one of its clients returns in so long on average. */
const RETURN_EVERY_MS = 2;
/** However many they are, the last one returns by then. */
const RETURN_WITHIN_MS = 5_000;

export interface SocketIoTransport {
  /** Matching pauses, or goes on. */
  pause(paused: boolean): void;
  /** Sends everybody away, to come back over some time, and stops. */
  close(): Promise<void>;
}

/** Serves the chat over Socket.IO's default namespace. */
export function serveSocketIo(io: ChatServer, parts: SocketIoParts): SocketIoTransport {
  const { now } = parts;
  const lines = new Map<SessionId, SocketLine>();
  const findBuckets = new KeyedBuckets(parts.rates.find);
  const attempts = new KeyedBuckets(parts.rates.connection);
  const turnstile = new Turnstile();
  const admissions = new WeakMap<ChatSocket, Admitted>();
  /** Raw connections that have asked once: each shows one session. */
  const asked = new WeakSet<object>();

  io.use((socket, next) => {
    const again = asked.has(socket.conn);
    asked.add(socket.conn);
    const limited = again || attempts.take(parts.addressOf(socket.request), now()) > 0;
    turnstile.pass(() => {
      const admission = limited
        ? Promise.reject(new ChatError('rate-limited'))
        : admit(socket.handshake.auth, parts);
      admission.then(
        (admitted) => {
          admissions.set(socket, admitted);
          next();
        },
        (error: unknown) => next(toHandshakeError(error, parts)),
      );
    });
  });

  io.on('connection', (socket) => {
    const admitted = admissions.get(socket);
    if (!admitted) throw new Error('a socket came past the handshake');
    const { id, principal } = admitted;
    const finds = {
      take: (at: number) => findBuckets.take(principal.account, at),
      giveBack: () => findBuckets.giveBack(principal.account),
    };
    const line = new SocketLine(socket, admitted, { ...parts, finds });
    lines.get(id)?.supersede();
    lines.set(id, line);
    socket.on('disconnect', (reason) => {
      if (lines.get(id) === line) lines.delete(id);
      line.dropped(reason);
    });
    line.open();
  });

  const timer = setInterval(() => {
    findBuckets.sweep(now());
    attempts.sweep(now());
    for (const line of lines.values()) line.tick();
  }, TICK_MS);

  return {
    pause(paused) {
      for (const line of lines.values()) line.pause(paused);
    },
    async close() {
      clearInterval(timer);
      const closing = [...lines.values()];
      // So that whoever takes them over meets them one after another.
      const spreadMs = Math.min(closing.length * RETURN_EVERY_MS, RETURN_WITHIN_MS);
      await Promise.all(closing.map((line) => line.close(Math.floor(parts.random() * spreadMs))));
    },
  };
}

/** From `handshake.auth` to a session: the old one where a resume token or the proof of its match holds, else a new one. */
async function admit(auth: unknown, { authenticator, chat, leases }: SocketIoParts): Promise<Admitted> {
  if (!hasToken(auth)) throw new ChatError('token-missing');
  if (!v.is(tokenSchema, auth.token)) throw new ChatError('token-invalid');
  // Ahead of the rest, whose form is another one in another version.
  if (hasVersion(auth) && auth.protocol !== PROTOCOL_VERSION) {
    throw new ChatError(auth.protocol < PROTOCOL_VERSION ? 'protocol-outdated' : 'protocol-ahead');
  }
  const handshake = v.safeParse(handshakeSchema, auth);
  if (!handshake.success) throw new ChatError('payload-invalid');
  const { token, protocol, client, resume, restore, takeOver } = handshake.output;
  const principal = await authenticator.verify(token);
  const resumed = resume && (await chat.resume(principal.account, resume.token, client));
  if (resumed) return { principal, client, ...resumed, resumed: 'replayed', offset: resume.offset };
  const { account } = principal;
  const restored = restore && (await chat.restore({ account, ...restore, leases, client }));
  if (restored) return { principal, client, ...restored, resumed: 'restored', offset: 0 };
  const plain = protocol === undefined;
  // A plain client cannot ask for it; it takes its account over as it always did.
  const options = {
    account,
    leases,
    resumable: !plain,
    takeOver: plain || takeOver,
    away: true,
    client,
  };
  return { principal, client, ...(await chat.start(options)), resumed: 'none', offset: 0 };
}

function hasToken(auth: unknown): auth is { token: unknown } {
  return typeof auth === 'object' && auth !== null && 'token' in auth && Boolean(auth.token);
}

function hasVersion(auth: object): auth is { protocol: number } {
  return 'protocol' in auth && Number.isSafeInteger(auth.protocol);
}

/** The refusal a client meets as `connect_error`: the plain protocol's text, our code in `data`. */
function toHandshakeError(error: unknown, { log, metrics }: Pick<SocketIoParts, 'log' | 'metrics'>): Error {
  if (!(error instanceof ChatError)) log.error({ err: error, where: 'handshake' }, 'unexpected failure');
  const code = error instanceof ChatError ? error.code : 'internal';
  metrics?.refused(code);
  let message: string = code;
  if (code === 'token-missing') message = TOKEN_MISSING_MESSAGE;
  else if (code === 'token-invalid' || code === 'token-expired') message = TOKEN_INVALID_MESSAGE;
  return Object.assign(new Error(message), { data: { code, retry: ERRORS[code].retry } });
}
