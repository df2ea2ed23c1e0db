import { setTimeout as pause } from 'node:timers/promises';
import { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import { seededRandom } from '../../apps/signaling/test/support/random.ts';
import { DEFAULT_WISHES, type Wishes } from '../../packages/protocol/src/wishes.ts';
import type { ClientSession } from './client.ts';
import { ChatNodes } from './chat-nodes.ts';
import { bringFaults } from './faults.ts';
import type { History } from './history.ts';
import { checkHistory } from './history-checker.ts';
import { Journal } from './journal.ts';
import { checkRecords, leftovers } from './records-checker.ts';
import { readRecords } from './records.ts';
import { Worker } from './worker.ts';

export interface RunOptions {
  seed: number;
  nodes: number;
  workers: number;
  /** So many operations at least, */
  operations: number;
  /** and so many of each of these. */
  faults: Readonly<Record<string, number>>;
}

export interface RunResult {
  operations: number;
  seconds: number;
  /** How often what happened. */
  counts: Record<string, number>;
  /** What must not have happened. */
  breaches: string[];
  history: History;
}

/** Shorter than in life, so that more happens; longer than 5 s, for so seldom a lease is renewed. */
const LEASES = { searchingMs: 8_000, matchedMs: 12_000 };
const MATCHING = {
  matchWindow: 4,
  interestWaitMs: 1_000,
  rematchAfterMs: 500,
  rematchAfterFailureMs: 1_500,
  mailboxMax: 512,
};
/** Some accounts are open in two places. */
const ACCOUNTS_SHARED = 4;
/** Before a node is given up, while there are faults: shorter than in life, so that more happens. */
const PATIENCE_MS = { min: 300, max: 1_500 };
/** And with the faults over: nobody is given up. */
const CALM_MS = 20_000;
/** A lease, ten seconds in the hands of a node that died with it, again, and Redis away meanwhile. */
const LAPSED_WITHIN_MS = 30_000;
/** Insisting is over, so is being kept apart, and a sweep has looked. */
const PAIRED_WITHIN_MS = 4_000;
/** The dead node's lease, the session's, a sweep for each, and what two busy cores need. */
const TOLD_WITHIN_MS = 8_000 + LEASES.matchedMs + 2_000 + 8_000;

/** One run: workers and faults, then quiet, in which everybody must be paired, told and forgotten. */
export async function runHistory({ seed, ...options }: RunOptions): Promise<RunResult> {
  const random = seededRandom(seed);
  const redis = await RedisServer.start({ keeps: true });
  const journal = new Journal();
  const bug = (what: string) => journal.breach('a node logs an error', what);
  const deployment = await ChatNodes.start(redis, options.nodes, {
    leases: LEASES,
    matching: MATCHING,
    bug,
  });
  try {
    const workers: Worker[] = Array.from({ length: options.workers }, (_, index) => {
      const own = seededRandom(seed * 1_000 + index);
      return new Worker({
        name: `worker-${String(index).padStart(9, '0')}`,
        account: `account-${index % (options.workers - ACCOUNTS_SHARED)}`,
        random: own,
        nodes: () => deployment.nodes,
        journal,
        patienceMs: () =>
          isOver() ? CALM_MS : PATIENCE_MS.min + own() * (PATIENCE_MS.max - PATIENCE_MS.min),
        strangersToken: (account) => {
          const others = workers.filter(({ client }) => client.account !== account);
          return others[Math.floor(own() * others.length)]?.client.session?.token;
        },
      });
    });
    const started = performance.now();
    const isOver = () =>
      journal.breaches.length > 0 ||
      (journal.history.operations.length >= options.operations &&
        Object.entries(options.faults).every(([what, times]) => (journal.counts[what] ?? 0) >= times));
    const look = async () => {
      const found = checkRecords(await readRecords(redis, deployment.prefix), {
        lapsedWithinMs: LAPSED_WITHIN_MS,
      });
      journal.breaches.push(...found);
      journal.count('looks');
    };
    const faults = bringFaults({
      deployment,
      redis,
      random,
      count: (what) => journal.count(what),
      forgot: () => journal.forget(),
      look,
      isOver,
    });
    await Promise.all([faults, ...workers.map((worker) => worker.run(isOver))]);
    if (journal.breaches.length === 0) await comeToRest({ workers, deployment, redis, journal, random });
    const { history, counts } = journal;
    const operations = history.operations.length;
    const seconds = (performance.now() - started) / 1_000;
    const breaches = [...journal.breaches, ...checkHistory(history, MATCHING)];
    return { operations, seconds, counts, breaches, history };
  } finally {
    await deployment.stop();
    await redis.stop();
  }
}

interface Rest {
  workers: readonly Worker[];
  deployment: ChatNodes;
  redis: RedisServer;
  journal: Journal;
  random(): number;
}

/** With the faults over. [M6] */
async function comeToRest({ workers, deployment, redis, journal, random }: Rest): Promise<void> {
  const records = () => readRecords(redis, deployment.prefix);
  // One place for each account.
  const accounts = workers.map(({ client }) => client.account);
  const present = workers.filter((_, index) => accounts.indexOf(accounts[index] ?? '') === index);
  for (const worker of workers) if (!present.includes(worker)) await worker.client.goodbye();
  const clients = present.map(({ client }) => client);
  await Promise.all(present.map((worker) => worker.searches(wishes(random))));
  await pause(PAIRED_WITHIN_MS);
  const paired = await records();
  journal.breaches.push(...checkRecords(paired, { lapsedWithinMs: LAPSED_WITHIN_MS }));
  for (const [mode, ids] of paired.waiting) {
    if (ids.length > 1) journal.breach('M6: no two wait who may meet', [mode, ids]);
  }
  for (const { session } of clients) {
    const match = paired.sessions.get(session?.id ?? '')?.match;
    if ((session?.match ?? '') !== match) journal.breach('M6: who is matched knows it', [session, match]);
  }

  // Some vanish with their node, some by themselves.
  const [dead] = deployment.nodes;
  const vanishing = clients.filter((client, index) => client.line?.node === dead || index % 5 === 0);
  const staying = clients.filter((client) => !vanishing.includes(client));
  const bereaved = staying.filter(({ session }) => vanishing.some((other) => isPair(session, other.session)));
  for (const client of vanishing) if (client.line?.node !== dead) client.drop();
  if (dead) await deployment.kill(dead);
  const isTold = () => bereaved.every(({ session }) => session?.match === undefined);
  const areGone = async () => (await records()).sessions.size <= staying.length;
  const until = performance.now() + TOLD_WITHIN_MS;
  while (performance.now() < until && !(isTold() && (await areGone()))) {
    await pause(100);
    await Promise.all(
      present.filter(({ client }) => staying.includes(client)).map((worker) => worker.isIn()),
    );
  }
  for (const { session } of bereaved) {
    journal.count('bereaved');
    if (session?.match) journal.breach('M6: the partner of who vanished is told', session);
  }
  await Promise.all(staying.map((client) => client.goodbye()));
  const remains = leftovers(await records());
  if (remains.length > 0) journal.breach('M6: nothing outlives its lease', remains);
}

function isPair(one: ClientSession | undefined, other: ClientSession | undefined): boolean {
  return one?.match !== undefined && one.match === other?.match;
}

function wishes(random: () => number): Wishes {
  const interests = [['tea'], ['go'], []][Math.floor(random() * 3)] ?? [];
  return { ...DEFAULT_WISHES, mode: random() < 0.7 ? 'video' : 'text', interests };
}
