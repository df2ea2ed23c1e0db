import type { Clock } from '@passerby/call';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AccountId, SessionId } from '../../src/core/types.ts';
import { memoryBackplane, numbered } from '../support/chat-parts.ts';
import { TestClock } from '../support/clock.ts';
import { type Done, FaultProxy } from '../support/fault-proxy.ts';
import { seededRandom } from '../support/random.ts';
import { deployment } from '../support/redis-node.ts';
import { RedisServer } from '../support/redis-server.ts';
import { type NodeParts, startTestServer } from '../support/server.ts';
import { randomFates } from './random-fates.ts';
import { Texter } from './texter.ts';

// `FAULT_TEXTS`, `FAULT_CUTS` and `FAULT_SEED` make it another run. The seed gives each connection the same
// fate again; when the bytes come lies with the network.
const TEXTS = Number(process.env.FAULT_TEXTS ?? 10_000);
const CUTS = Number(process.env.FAULT_CUTS ?? 200);
const SEED = Number(process.env.FAULT_SEED ?? 1);
/** The client's clock goes so much faster than the machine's. */
const TIMES_FASTER = 20;

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.stop());

test(
  '[D3] whatever happens to their connections, all texts arrive once and in order, and are known to have arrived',
  async () => {
    const backplane = memoryBackplane({ now: Date.now });
    const node = { backplane, clock: new TestClock(), newSessionId: numbered<SessionId>('session') };
    await campaign({ nodes: [node], people: 40, texts: TEXTS, cuts: CUTS });
  },
  60_000 + TEXTS * 10,
);

test('[D3] the same where each connection comes to either of two nodes', { timeout: 120_000 }, async () => {
  const join = deployment(redis, { now: Date.now });
  await campaign({ nodes: [await join(), await join()], people: 20, texts: 1_000, cuts: 60 });
});

test(
  '[D4] the same while what the nodes share is emptied again and again',
  { timeout: 120_000 },
  async () => {
    const join = deployment(redis, { now: Date.now });
    const nodes = [await join(), await join()];
    const disaster = async () => void (await redis.ask('FLUSHALL'));
    await campaign({ nodes, people: 20, texts: 1_000, cuts: 30, disaster });
  },
);

interface Campaign {
  nodes: NodeParts[];
  people: number;
  /** So many texts at least, over so many lost lines. */
  texts: number;
  cuts: number;
  /** Happens when another quarter of the texts has been heard, and all know of their matches: three times. */
  disaster?(): Promise<void>;
}

async function campaign({ nodes, people: size, texts, cuts, disaster }: Campaign): Promise<void> {
  let overtaken = 0;
  for (const { backplane } of nodes) {
    const open = backplane.open.bind(backplane);
    backplane.open = async (...args) => {
      const opened = await open(...args);
      if (opened === 'overtaken') overtaken += 1;
      return opened;
    };
  }
  const ports = await Promise.all(nodes.map(start));
  const each = Math.ceil(texts / size);
  // With all that belongs to it a text makes some 600 bytes on the two lines it takes. A connection carries
  // half of this on average, so there are half as many cuts again as are asked for.
  const bytesMax = (800 * texts) / cuts;
  const people: { texter: Texter; proxy: FaultProxy }[] = [];
  let heard = 0;
  const disasters: Promise<void>[] = [];
  const onheard = () => {
    heard += 1;
    if (!disaster || disasters.length === 3 || heard < ((disasters.length + 1) * texts) / 4) return;
    // Whoever has not been told of its match yet could not prove it.
    if (people.every(({ texter }) => texter.matchId !== undefined)) disasters.push(disaster());
  };
  for (let index = 0; index < size; index++) {
    const random = seededRandom(SEED * 1_000 + index);
    const nextPort = () => ports[Math.floor(random() * ports.length)] as number;
    const proxy = await FaultProxy.start(nextPort, randomFates(random, bytesMax));
    const url = `http://127.0.0.1:${proxy.port}`;
    people.push({
      proxy,
      texter: new Texter({
        name: `p${index}`,
        url,
        clock: fastClock,
        // When it draws lies with the network: the fates must not come from the same sequence.
        random: seededRandom(SEED * 1_000 + size + index),
        texts: each,
        onheard,
      }),
    });
  }
  const texters = people.map(({ texter }) => texter);
  let through = false;
  onTestFinished(async () => {
    if (!through) console.error(`FAULT_SEED=${SEED}\n${texters.join('\n')}`);
    for (const texter of texters) texter.close();
    await Promise.all(people.map(({ proxy }) => proxy.close()));
  });

  for (const texter of texters) texter.start();
  await Promise.all(texters.map((texter) => texter.isThrough(each)));
  through = true;
  await Promise.all(disasters);

  for (const texter of texters) {
    const partner = texters.find((other) => other !== texter && other.matchId === texter.matchId);
    expect(texter.heard).toEqual(partner?.said);
  }
  const said = sum(texters.map((texter) => texter.said.length));
  const lost = sum(texters.map((texter) => texter.cuts));
  const done = total(people.map(({ proxy }) => proxy.done));
  const restores = sum(texters.map((texter) => texter.restores));
  const connections = JSON.stringify({ ...done, overtaken, restores });
  console.log(`FAULT_SEED=${SEED}: ${said} texts over ${lost} cuts; connections: ${connections}`);
  expect(said).toBeGreaterThanOrEqual(texts);
  expect(lost).toBeGreaterThanOrEqual(cuts);
  for (const times of Object.values(done)) expect(times).toBeGreaterThanOrEqual(cuts / 20);
  // How many handshakes came behind a newer one lies with the network; B42 and S24 make them come so.
  if (disaster) expect(restores).toBeGreaterThanOrEqual(size / 2);
}

/** A server of this node; the port it listens on. */
async function start(node: NodeParts): Promise<number> {
  const server = await startTestServer({
    shared: node,
    parts: {
      now: Date.now,
      authenticator: { verify: async (token) => ({ account: token as AccountId, expiresAt: Infinity }) },
    },
  });
  // A dead line is seen sooner than by the 14 seconds of a real server.
  Object.assign(server.server.io.engine.opts, { pingInterval: 400, pingTimeout: 800 });
  return Number(new URL(server.url).port);
}

const began = Date.now();
const fastClock: Clock = {
  now: () => began + (Date.now() - began) * TIMES_FASTER,
  after(ms, run) {
    const timer = setTimeout(run, ms / TIMES_FASTER);
    return () => clearTimeout(timer);
  },
};

function total(all: readonly Done[]): Done {
  const kinds = Object.keys(all[0] ?? {}) as (keyof Done)[];
  return Object.fromEntries(kinds.map((kind) => [kind, sum(all.map((done) => done[kind]))])) as Done;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
