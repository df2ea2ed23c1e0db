import type { MemoryBackplaneOptions } from '../../src/backplane/memory.ts';
import type { ServerParts } from '../../src/server.ts';
import { type NodeParts, type TestServer, startTestServer } from './server.ts';
import { TestTimers } from './timers.ts';

export const POLL_MS = 25_000;
export const PAUSE_MS = 500;

/** An id of the text API and what its client can do with it. */
interface HttpStranger {
  readonly id: string;
  /** The reply's text to a request about this id. */
  ask(path: string, fields?: Record<string, string>): Promise<string>;
  /** The reply to a poll, parsed. */
  poll(): Promise<unknown>;
}

export interface TextServer extends TestServer {
  timers: TestTimers;
  /** A request as it stands; a string is a form body. */
  request(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body?: string): Promise<Response>;
  stranger(id: string): HttpStranger;
  /** Starts a conversation: without a query in the protocol of 2010. */
  start(query?: string): Promise<HttpStranger>;
  startLater(): Promise<HttpStranger & { events: [string, ...unknown[]][] }>;
}

/** A server with the text API on, without limits, whose timers are the test's. */
export async function startTextServer(
  parts: Partial<ServerParts> = {},
  backplane: Partial<MemoryBackplaneOptions> = {},
  shared?: NodeParts,
): Promise<TextServer> {
  const timers = new TestTimers();
  const server = await startTestServer({
    backplane,
    ...(shared && { shared }),
    parts: {
      textApi: { pollMs: POLL_MS, startsPerMinute: 0, strangeIdsPerMinute: 0 },
      after: timers.after,
      ...parts,
    },
  });
  const request = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  const post = (path: string, body = '') =>
    request(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const stranger = (id: string): HttpStranger => {
    const ask = async (path: string, fields: Record<string, string> = {}) =>
      (await post(path, new URLSearchParams({ id, ...fields }).toString())).text();
    return { id, ask, poll: async () => JSON.parse(await ask('/events')) };
  };
  return {
    ...server,
    timers,
    request,
    post,
    stranger,
    start: async (query = '') => stranger((await (await post(`/start${query}`)).json()) as string),
    async startLater() {
      const { clientID, events } = (await (await post('/start?rcs=1&firstevents=1')).json()) as {
        clientID: string;
        events: [string, ...unknown[]][];
      };
      return { ...stranger(clientID), events };
    },
  };
}

/** Two in a match, the one who waited first; what they were told so far is read. */
export async function pair(server: TextServer, ...dialects: ('seed' | 'later')[]) {
  const [first = 'later', second = 'later'] = dialects;
  const come = (dialect: string) => (dialect === 'seed' ? server.start() : server.startLater());
  const ann = await come(first);
  const bob = await come(second);
  await ann.poll();
  if (second === 'seed') await bob.poll();
  return { ann, bob };
}
