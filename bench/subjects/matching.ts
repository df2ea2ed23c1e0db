import { MemoryBackplane } from '../../apps/signaling/src/backplane/memory.ts';
import { Pool } from '../../apps/signaling/src/backplane/pool.ts';
import type { AccountId, MatchId, Session, SessionId, Wishes } from '../../apps/signaling/src/core/types.ts';
import { DEFAULT_WISHES } from '../../packages/protocol/src/wishes.ts';
import { median, takeTurns } from '../measure.ts';
import type { Row } from '../report.ts';
import type { Scale } from '../scale.ts';

const SIZES = [1_000, 100_000, 1_000_000];
const PAIRS = 10_000;
const FINDS_MIN = 500_000;
const SHARE_MIN = 0.5;

const NOW = 1_000_000_000_000;
const OPTIONS = { now: () => NOW, random: Math.random, matchWindow: 8, interestWaitMs: 10_000 };

type Pair = readonly [first: Wishes, second: Wishes];

interface World {
  /** Lets the two of each pair come one after the other and meet. Resolves with finds a second. */
  meet(pairs: readonly Pair[]): Promise<number>;
}

const interested = (interests: string[]): Wishes => ({ ...DEFAULT_WISHES, interests });
const fan = (index: number) => interested([`band ${index}`, `book ${index}`, `game ${index}`]);

/** What the two who meet wish for. */
const KINDS: Record<string, (index: number) => Pair> = {
  'no interests': () => [DEFAULT_WISHES, DEFAULT_WISHES],
  'one shared of 3 and 5': (index) => [
    interested(['tea', 'go', 'moss'].map((name) => `${name} ${index}`)),
    interested(['jazz', 'chess', 'bread', 'ink', 'moss'].map((name) => `${name} ${index}`)),
  ],
};

function sessionOf(name: string): Session {
  const leases = { searchingMs: 15_000, matchedMs: 75_000 };
  return { id: name as SessionId, account: name as AccountId, leases };
}

/** The pool by itself: finding without sessions, events and promises. */
async function matcher(size: number): Promise<World> {
  const pool = new Pool<{ session: Session }>({ ...OPTIONS, mayMeet: () => true });
  for (let index = 0; index < size; index++) {
    pool.seek(pool.issue({ session: sessionOf(`fan ${index}`) }, fan(index), NOW));
  }
  const ann = { session: sessionOf('ann') };
  const bob = { session: sessionOf('bob') };
  return {
    async meet(pairs) {
      const started = performance.now();
      for (const [first, second] of pairs) {
        const waiting = pool.issue(ann, first, NOW);
        pool.seek(waiting);
        if (pool.seek(pool.issue(bob, second, NOW)) !== waiting) throw new Error('the wrong one was found');
      }
      pool.takeDue(); // as about once a second
      return perSecond(pairs, started);
    },
  };
}

/** The verb of the port, as the server calls it: with leases, events and mailboxes. */
async function verb(size: number): Promise<World> {
  let made = 0;
  const backplane = new MemoryBackplane({
    ...OPTIONS,
    newMatchId: () => `match ${++made}` as MatchId,
    rematchAfterMs: 30_000,
    rematchAfterFailureMs: 600_000,
    mailboxMax: 512,
  });
  const open = async (name: string) => {
    const session = sessionOf(name);
    await backplane.open(session, { takeOver: false });
    return session.id;
  };
  for (let index = 0; index < size; index++) {
    await backplane.find(await open(`fan ${index}`), { wishes: fan(index) });
  }
  return {
    async meet(pairs) {
      const people: [Pair, SessionId, SessionId][] = [];
      for (const [index, pair] of pairs.entries()) {
        people.push([pair, await open(`ann ${made} ${index}`), await open(`bob ${made} ${index}`)]);
      }
      const started = performance.now();
      for (const [[first, second], ann, bob] of people) {
        await backplane.find(ann, { wishes: first });
        await backplane.find(bob, { wishes: second });
      }
      await backplane.due();
      const speed = perSecond(pairs, started);
      const { matched } = await backplane.count();
      if (matched.video !== 2 * pairs.length) throw new Error('not everybody was found');
      for (const [, ann, bob] of people) for (const id of [ann, bob]) await backplane.end(id, 'left');
      return speed;
    },
  };
}

function perSecond(pairs: readonly Pair[], started: number): number {
  return (2 * pairs.length * 1_000) / (performance.now() - started);
}

/**
 * S6: how many finds a second there are while very many wait for something else: each of these insists on
 * three interests that nobody shares. Somebody comes and waits, and the next one meets exactly that one:
 * two finds. The sizes take turns in one process.
 */
export async function matching({ runs, share }: Scale): Promise<Row[]> {
  const sizes = SIZES.map((size) => size * share);
  const rows: Row[] = [];
  for (const [subject, create] of Object.entries({ matcher, 'verb find': verb })) {
    const worlds = new Map<string, World>();
    for (const size of sizes) worlds.set(String(size), await create(size));
    for (const [kind, pair] of Object.entries(KINDS)) {
      const speeds = await takeTurns([...worlds.keys()], runs, (size) => {
        // New wishes each time, as they come from clients.
        const pairs = Array.from({ length: PAIRS }, (_, person) => pair(person));
        return worlds.get(size)?.meet(pairs) ?? Promise.reject(new Error('no such world'));
      });
      const [least = 0, ...more] = Object.values(speeds).map(median);
      const most = more.at(-1) ?? 0;
      const ratio = most / least;
      rows.push({
        id: 'S6',
        what: `finds a second, ${subject}, ${kind}`,
        at: `${sizes.map((size) => size.toExponential(0)).join(', ')} wait`,
        unit: '/s',
        ours: most,
        others: [{ name: 'with the fewest', value: least }],
        ratio,
        bars: [
          { text: `>= ${SHARE_MIN} x with the fewest`, met: ratio >= SHARE_MIN },
          ...(subject === 'matcher' && kind === 'no interests'
            ? [{ text: `>= ${FINDS_MIN.toLocaleString('en')}/s`, met: most >= FINDS_MIN }]
            : []),
        ],
      });
    }
  }
  return rows;
}
