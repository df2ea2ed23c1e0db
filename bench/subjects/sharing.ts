import { randomBytes } from 'node:crypto';
import { RedisBackplane } from '../../apps/signaling/src/backplane/redis.ts';
import type { AccountId, MatchId, SessionId, Wishes } from '../../apps/signaling/src/core/types.ts';
import { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import { DEFAULT_WISHES } from '../../packages/protocol/src/wishes.ts';
import { median } from '../measure.ts';
import { processorTime } from '../redis.ts';
import type { Row } from '../report.ts';
import type { Scale } from '../scale.ts';

// How many pairs a second Redis can make: one of its own on loopback, and this process as the node that asks it,
// with many verbs under way at once. In each round everybody leaves the match of the round before and finds
// somebody else, in random order, so a pair is two finds, of which one also ends a match. Then everybody reads and
// acknowledges its mailbox; that is timed by itself. By the wall the two processes count, on a core each; what the
// scripts can do by themselves is said by the processor time of Redis, in which all that it does is counted.

const PEOPLE = 4_000;
const UNDER_WAY = 256;
const PLAIN = 'no interests';
/** Pairs for each second of processor time of Redis, in the median round, where nobody names interests. */
const PAIRS_MIN = 20_000;

interface Person {
  readonly id: SessionId;
  readonly wishes: Wishes;
  /** The match it is in, or was in last. */
  match: MatchId | undefined;
  read: number;
}

const TOPICS = Array.from({ length: 40 }, (_, index) => `interest ${index}`);

const KINDS: Record<string, () => Wishes> = {
  [PLAIN]: () => DEFAULT_WISHES,
  'three of forty interests': () => ({ ...DEFAULT_WISHES, interests: shuffled(TOPICS).slice(0, 3) }),
};

const log = { debug() {}, info() {}, warn: console.warn, error: console.error };

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** Lets some of these be under way at once until all are done. */
async function pipelined<T>(values: readonly T[], act: (value: T) => Promise<unknown>): Promise<void> {
  const left = values.values();
  const worker = async () => {
    for (const value of left) await act(value);
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, worker));
}

interface Cost {
  wallMs: number;
  redisMs: number;
}

async function timed(redis: RedisServer, act: () => Promise<void>): Promise<Cost> {
  const [before, started] = [await processorTime(redis), performance.now()];
  await act();
  const wallMs = performance.now() - started;
  return { wallMs, redisMs: 1_000 * ((await processorTime(redis)) - before) };
}

/** Lets people in and runs all rounds. Resolves with what each round cost, and how many pairs it made. */
async function measure(redis: RedisServer, wishesOf: () => Wishes, count: number, roundsMax: number) {
  const backplane = new RedisBackplane({
    url: redis.url,
    prefix: `{${randomBytes(4).toString('hex')}}`,
    random: Math.random,
    newMatchId: () => randomBytes(16).toString('base64url') as MatchId,
    matchWindow: 8,
    interestWaitMs: 10_000,
    rematchAfterMs: 30_000,
    rematchAfterFailureMs: 600_000,
    mailboxMax: 512,
    log,
  });
  await backplane.ready;
  const people = Array.from({ length: count }, (): Person => ({
    id: randomBytes(12).toString('base64url') as SessionId,
    wishes: wishesOf(),
    match: undefined,
    read: 0,
  }));
  const leases = { searchingMs: 600_000, matchedMs: 600_000 };
  await pipelined(people, ({ id }) =>
    backplane.open({ id, account: `guest:${id}` as AccountId, leases }, { takeOver: false }),
  );

  const find = async ({ id, wishes, match }: Person) =>
    backplane.find(id, match ? { wishes, ending: match } : { wishes });
  let matched = 0;
  const read = async (person: Person) => {
    const events = await backplane.drain(person.id, person.read);
    for (const { offset, event } of events) {
      person.read = offset;
      if (event.type !== 'matched') continue;
      person.match = event.matchId;
      matched++;
    }
  };

  const rounds: { pairs: number; finds: Cost; reads: Cost }[] = [];
  for (let round = 0; round <= roundsMax; round++) {
    const order = shuffled(people);
    matched = 0;
    const finds = await timed(redis, () => pipelined(order, find));
    const reads = await timed(redis, () => pipelined(order, read));
    // In the first nobody has anything to end.
    if (round > 0) rounds.push({ pairs: matched / 2, finds, reads });
  }
  await backplane.close();
  return rounds;
}

/** S7: pairs a second that the nodes of a deployment can have made for them. */
export async function sharing({ runs, share }: Scale): Promise<Row[]> {
  const people = PEOPLE * share;
  const redis = await RedisServer.start();
  try {
    const rows: Row[] = [];
    for (const [kind, wishesOf] of Object.entries(KINDS)) {
      const rounds = await measure(redis, wishesOf, people, 2 * runs);
      const each = (of: 'finds' | 'reads', ms: keyof Cost) =>
        median(rounds.map(({ pairs, [of]: cost }) => (1_000 * pairs) / cost[ms]));
      const alone = each('finds', 'redisMs');
      rows.push({
        id: 'S7',
        what: `pairs a second over Redis, ${kind}`,
        at: `${people} people`,
        unit: '/s',
        ours: alone,
        others: [
          { name: 'by the wall', value: each('finds', 'wallMs') },
          { name: 'mailboxes read', value: 2 * each('reads', 'redisMs') },
        ],
        bars:
          kind === PLAIN ? [{ text: `>= ${PAIRS_MIN.toLocaleString('en')}/s`, met: alone >= PAIRS_MIN }] : [],
      });
    }
    return rows;
  } finally {
    await redis.stop();
  }
}
