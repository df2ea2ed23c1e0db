import { ChatError, type ErrorCode, ERRORS } from '@passerby/protocol';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Chat } from '../core/chat.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Log } from '../core/ports.ts';
import type { AccountId, Leases, Unsubscribe, Wishes } from '../core/types.ts';
import { KeyedBuckets, type Rate, TokenBucket } from './rate-limit.ts';
import type { Dialect, TextEvent } from './text-api-events.ts';
import { Parameters, readBody } from './text-api-form.ts';
import { type Json, type Reply, json, send, text } from './text-api-reply.ts';
import { TextSession } from './text-api-session.ts';
import { toWishes } from './text-api-wishes.ts';

export interface TextApiParts {
  chat: Chat;
  log: Log;
  metrics?: Metrics | undefined;
  now(): number;
  /** Runs something later; the returned function calls it off. */
  after(ms: number, run: () => void): Unsubscribe;
  addressOf(request: IncomingMessage): string;
  allowedOrigins: ReadonlySet<string>;
  /** How long a poll waits for something to say. */
  pollMs: number;
  /** Of one address. 0: as many as one likes. */
  startsPerMinute: number;
  /** Requests of one address with ids that do not exist or that another address started. */
  strangeIdsPerMinute: number;
  conversationsPerAddressMax: number;
  rates: { message: Rate; other: Rate };
}

export interface TextApi {
  /** Answers a request for one of its paths; false: it is not for here. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Forgets allowances that are full again. */
  sweep(): void;
  /** Answers the polls that wait and ends the conversations. */
  close(): Promise<void>;
}

/** An id that made no request for so long is gone. */
const LEASES: Leases = { searchingMs: 75_000, matchedMs: 75_000 };
/** Before a dead id or a refusal is answered: there are clients that ask again at once, for ever. */
const PAUSE_MS = 500;

/** A request that was read. */
interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  parameters: Parameters;
  address: string;
}

interface Route {
  get: boolean;
  /** The reply; nothing where it has been sent or the client has gone. */
  answer(call: Call): Promise<Reply | undefined>;
}

/** The HTTP text API: the six endpoints of 2010 and what later clients need, for one chat. */
export function serveTextApi(parts: TextApiParts): TextApi {
  const { chat, log, now, after } = parts;
  const sessions = new Map<string, TextSession>();
  const conversations = new Map<string, number>();
  const starts = perMinute(parts.startsPerMinute);
  const strangeIds = perMinute(parts.strangeIdsPerMinute);

  const pause = () => new Promise<void>((resolve) => void after(PAUSE_MS, resolve));

  async function refuse(retryInMs: number): Promise<Reply> {
    await pause();
    return { ...refusal(parts, 'rate-limited', 429), retryAfterSeconds: Math.ceil(retryInMs / 1_000) };
  }

  function unusedId(dialect: Dialect): string {
    for (;;) {
      const id = dialect === 'seed' ? characters(6) : `shard1:${characters(30)}`;
      if (!sessions.has(id)) return id;
    }
  }

  async function open(
    dialect: Dialect,
    address: string,
    wishes: Wishes,
  ): Promise<{ id: string; session: TextSession }> {
    const account = `http:${randomBytes(16).toString('base64url')}` as AccountId;
    const started = await chat.start({ account, leases: LEASES, resumable: false, takeOver: false });
    const id = unusedId(dialect);
    conversations.set(address, (conversations.get(address) ?? 0) + 1);
    const session = new TextSession(started.id, {
      chat,
      now,
      dialect,
      address,
      after,
      pollMs: parts.pollMs,
      messages: new TokenBucket(parts.rates.message, now()),
      others: new TokenBucket(parts.rates.other, now()),
      onOver: () => {
        sessions.delete(id);
        const left = (conversations.get(address) ?? 1) - 1;
        if (left === 0) conversations.delete(address);
        else conversations.set(address, left);
      },
      onBug: (error) => {
        if (error instanceof ChatError) return;
        log.error({ err: error, where: 'text api' }, 'unexpected failure');
      },
    });
    sessions.set(id, session);
    await orEnd(session, chat.find(started.id, wishes));
    return { id, session };
  }

  /** Nobody may meet a stranger who was never told its id. */
  async function orEnd<T>(session: TextSession, step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      await Promise.allSettled([session.end()]);
      throw error;
    }
  }

  async function start({ request, response, parameters, address }: Call): Promise<Reply | undefined> {
    // Other sites' pages cannot read the answer, but could make their visitors start conversations.
    const { origin = '' } = request.headers;
    if (request.headers['sec-fetch-site'] === 'cross-site' && !parts.allowedOrigins.has(origin)) {
      return refusal(parts, 'origin-refused', 403);
    }
    const retryInMs = starts.take(address, now());
    if (retryInMs > 0) return refuse(retryInMs);
    const most = parts.conversationsPerAddressMax;
    if (most > 0 && (conversations.get(address) ?? 0) >= most) return refuse(60_000);
    const { id, session } = await open(parameters.isEmpty ? 'seed' : 'later', address, toWishes(parameters));
    if (!parameters.has('firstevents')) {
      if (!(await send(response, json(id)))) await session.end();
      return undefined;
    }
    const [first, current] = await orEnd(session, Promise.all([session.firstEvents(), status()]));
    const events = withStatus(first.list, current);
    if (await send(response, json({ clientID: id, events }))) await first.told();
    // Nobody knows this id.
    else await session.end();
    return undefined;
  }

  async function status(): Promise<Json> {
    return {
      count: (await chat.count()).online,
      antinudeservers: ['waw1.omegle.com'],
      spyQueueTime: 0,
      rtmfp: '',
      antinudepercent: 0,
      spyeeQueueTime: 0,
      timestamp: now() / 1_000,
      servers: ['front1'],
    };
  }

  /** A route about one conversation; `unknown` is the answer for an id that does not exist. */
  function about(
    allowance: 'messages' | 'others' | undefined,
    answer: (session: TextSession, call: Call) => Promise<Reply | undefined>,
    unknown: (id: string) => Promise<Reply> | Reply,
  ): Route {
    return {
      get: false,
      async answer(call) {
        const id = call.parameters.get('id');
        const session = sessions.get(id);
        // The id is the only credential. Whoever guesses must not learn more from the ids that exist.
        if (session?.address !== call.address) {
          const retryInMs = strangeIds.take(call.address, now());
          if (retryInMs > 0) return refuse(retryInMs);
        }
        if (!session || !(await session.seen())) return unknown(id);
        const retryInMs = allowance ? session[allowance].take(now()) : 0;
        if (retryInMs > 0) return refuse(retryInMs);
        return answer(session, call);
      },
    };
  }

  const win = () => text('win');
  const typing = (to: (session: TextSession) => boolean | 'switch') =>
    about('others', async (session) => (await session.typing(to(session)), win()), win);
  const stoppedTyping = typing(() => false);
  const spoken = (dialect: Dialect, passed: boolean) =>
    text(dialect === 'seed' ? '' : passed ? 'win' : 'fail');

  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/start', { get: true, answer: start }],
    ['/count', { get: true, answer: async () => json((await chat.count()).online) }],
    ['/status', { get: true, answer: async () => json(await status()) }],
    ['/check', { get: false, answer: async () => text('ok') }],
    [
      '/events',
      about(
        undefined,
        async (session, { response }) => (await session.poll(response), undefined),
        async () => (await pause(), json(null)),
      ),
    ],
    [
      '/send',
      about(
        'messages',
        async (session, { parameters }) => spoken(session.dialect, await session.say(parameters.get('msg'))),
        (id) => spoken(dialectOf(id), false),
      ),
    ],
    ['/typing', typing(({ dialect }) => (dialect === 'seed' ? 'switch' : true))],
    ['/stoppedtyping', stoppedTyping],
    ['/stoptyping', stoppedTyping],
    ['/stoplookingforcommonlikes', about('others', async (session) => (await session.widen(), win()), win)],
    [
      '/recaptcha',
      about(
        'others',
        async () => text('fail'),
        () => text('fail'),
      ),
    ],
    ['/disconnect', about(undefined, async (session) => (await session.end(), win()), win)],
  ]);

  async function serve(route: Route, call: Omit<Call, 'parameters'>, query: URLSearchParams): Promise<void> {
    const { request, response } = call;
    const body = await readBody(request);
    if ('failed' in body) {
      if (body.failed === 'too-large') await send(response, refusal(parts, 'payload-too-large', 413));
      return;
    }
    const reply = await route.answer({ ...call, parameters: new Parameters(body.text, query) });
    if (reply) await send(response, reply);
  }

  return {
    handle(request, response) {
      const url = URL.parse(request.url ?? '/', 'http://local');
      const route = url && routes.get(url.pathname.toLowerCase());
      if (!route) return false;
      const { method = '' } = request;
      if (method !== 'POST' && !(route.get && method === 'GET')) {
        // A browser that opens this path wants a page of the web app.
        if (method === 'GET' && request.headers.accept?.startsWith('text/html')) return false;
        response.setHeader('allow', route.get ? 'GET, POST' : 'POST');
        request.resume();
        void send(response, refusal(parts, 'method-not-allowed', 405));
        return true;
      }
      serve(route, { request, response, address: parts.addressOf(request) }, url.searchParams).catch(
        async (error: unknown) => {
          if (error instanceof ChatError) {
            await pause();
            if (!response.headersSent) await send(response, refusal(parts, error.code, 503));
            return;
          }
          log.error({ err: error, where: 'text api' }, 'unexpected failure');
          if (!response.headersSent) await send(response, refusal(parts, 'internal', 500));
        },
      );
      return true;
    },
    sweep() {
      starts.sweep(now());
      strangeIds.sweep(now());
      for (const session of sessions.values()) session.sweep(LEASES.matchedMs);
    },
    async close() {
      // An id means something to this node alone.
      await Promise.allSettled([...sessions.values()].map((session) => session.end()));
    },
  };
}

/** `statusInfo` stands behind the first news and never last in its batch after `connected`. */
function withStatus(events: readonly TextEvent[], status: Json): TextEvent[] {
  const rest = events.findIndex(([name]) => name === 'identDigests');
  const at = rest === -1 ? events.length : rest;
  return [...events.slice(0, at), ['statusInfo', status], ...events.slice(at)];
}

/** Ids that are over have the form of their dialect still. */
function dialectOf(id: string): Dialect {
  return id.includes(':') ? 'later' : 'seed';
}

/** Unguessable characters of `a-zA-Z0-9_-`, which no form has to escape. */
function characters(count: number): string {
  return randomBytes(count).toString('base64url').slice(0, count);
}

function perMinute(count: number): KeyedBuckets {
  return new KeyedBuckets({ perMinute: count, burst: count });
}

/** What a refused request is answered; it is counted here. */
function refusal({ metrics }: TextApiParts, code: ErrorCode, status: number): Reply {
  metrics?.refused(code);
  return json({ error: code, retry: ERRORS[code].retry }, status);
}
