import { Child } from './child.ts';
import type { Contestant, Done, Rate } from './contest.ts';
import type { ChatLoad } from './load/chat-load.ts';
import type { Dialect } from './load/chat-client.ts';
import type { RelayLoad, RelayWire } from './load/relay-load.ts';
import { type ServerOptions, startServer } from './servers/start.ts';
import { guestPasses } from './tokens.ts';

export type ChatServerName = 'ours' | 'floor' | 'naive';

export interface Crowd {
  count: number;
  dialect: Dialect;
  seed: number;
}

/** A chat server with so many clients, all matched with one another, and what they do in a run. */
export async function chatContestant(
  name: ChatServerName,
  act: 'skip' | 'signal' | 'talk',
  { count, dialect, seed }: Crowd,
): Promise<Contestant> {
  const server = await startServer(name);
  const load = await startChatLoad();
  const welcomes = name === 'ours' && dialect === 'own';
  const tokens = await guestPasses(count);
  await load.ask('connect', { port: server.port, dialect, tokens, welcomes, seed });
  await load.ask('match');
  return {
    server,
    run: (rate) => load.ask(act, rate),
    async close() {
      await load.close();
      await server.close();
    },
  };
}

/** A chat server to which all clients connect anew in each run; counted are those that are in. */
export async function doorContestant(
  name: ChatServerName,
  tokens: string[],
  options: ServerOptions = {},
): Promise<Contestant & { run(): Promise<Done> }> {
  const server = await startServer(name, options);
  const load = await startChatLoad();
  return {
    server,
    async run() {
      await load.ask('connect', {
        port: server.port,
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
    server,
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
