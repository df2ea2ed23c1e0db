import { Child } from './child.ts';
import type { Contestant, Done, Rate, Used } from './contest.ts';
import type { ChatLoad } from './load/chat-load.ts';
import type { Dialect } from './load/chat-client.ts';
import type { RelayLoad, RelayWire } from './load/relay-load.ts';
import { RedisServer } from '../apps/signaling/test/support/redis-server.ts';
import { processorTime } from './redis.ts';
import { type RunningServer, type ServerOptions, startServer } from './servers/start.ts';
import { guestPasses } from './tokens.ts';

export type ChatServerName = 'ours' | 'floor' | 'naive';

export interface Crowd {
  count: number;
  dialect: Dialect;
  seed: number;
}

type Act = 'skip' | 'signal' | 'talk';

/** A chat server with so many clients, all matched with one another, and what they do in a run. */
export async function chatContestant(name: ChatServerName, act: Act, crowd: Crowd): Promise<Contestant> {
  return crowded([await startServer(name)], name === 'ours', act, crowd);
}

/** The same with so many nodes of ours over one Redis, the clients taking turns at them. */
export async function nodesContestant(nodes: number, act: Act, crowd: Crowd): Promise<Contestant> {
  const redis = await RedisServer.start();
  const servers: RunningServer[] = [];
  for (let node = 0; node < nodes; node++) {
    servers.push(await startServer('ours', { env: { REDIS_URL: redis.url } }));
  }
  const contestant = await crowded(servers, true, act, crowd);
  return {
    ...contestant,
    used: async () => ({ ...(await contestant.used()), redis: 1_000_000 * (await processorTime(redis)) }),
    async close() {
      await contestant.close();
      await redis.stop();
    },
  };
}

async function crowded(
  servers: readonly RunningServer[],
  isOurs: boolean,
  act: Act,
  { count, dialect, seed }: Crowd,
): Promise<Contestant> {
  const load = await startChatLoad();
  const tokens = await guestPasses(count);
  const ports = servers.map(({ port }) => port);
  await load.ask('connect', { ports, dialect, tokens, welcomes: isOurs && dialect === 'own', seed });
  await load.ask('match');
  return {
    used: () => usedBy(servers),
    run: (rate) => load.ask(act, rate),
    async close() {
      await load.close();
      for (const server of servers) await server.close();
    },
  };
}

async function usedBy(servers: readonly RunningServer[]): Promise<Used> {
  const used = await Promise.all(servers.map((server) => server.ask('cpu')));
  return { servers: used.reduce((sum, cpu) => sum + cpu, 0), redis: 0 };
}

/** A chat server to which all clients connect anew in each run; counted are those that are in. */
export async function doorContestant(
  name: ChatServerName,
  tokens: string[],
  options: ServerOptions = {},
): Promise<Contestant & { readonly server: RunningServer; run(): Promise<Done> }> {
  const server = await startServer(name, options);
  const load = await startChatLoad();
  return {
    server,
    used: () => usedBy([server]),
    async run() {
      await load.ask('connect', {
        ports: [server.port],
        dialect: 'own',
        tokens,
        welcomes: name === 'ours',
        seed: 1,
      });
      return { count: tokens.length, p50: 0, p99: 0 };
    },
    restore: () => load.ask('disconnect'),
    async close() {
      await load.close();
      await server.close();
    },
  };
}

/** A server that only relays, with so many clients in pairs. */
export async function relayContestant(
  wire: RelayWire,
  { count, seed }: Pick<Crowd, 'count' | 'seed'>,
): Promise<Contestant> {
  const server = await startServer(wire);
  const [load] = await Child.start<RelayLoad, undefined>(new URL('./load/relay-load.ts', import.meta.url));
  await load.ask('connect', { port: server.port, wire, count, seed });
  return {
    used: () => usedBy([server]),
    run: async (rate: Rate) => ({ ...(await load.ask('signal', rate)), p50: 0, p99: 0 }),
    async close() {
      await load.close();
      await server.close();
    },
  };
}

async function startChatLoad(): Promise<Child<ChatLoad>> {
  const [load] = await Child.start<ChatLoad, undefined>(new URL('./load/chat-load.ts', import.meta.url));
  return load;
}
