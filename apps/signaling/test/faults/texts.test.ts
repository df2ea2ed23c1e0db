import type { Clock } from '@passerby/call';
import { expect, onTestFinished, test } from 'vitest';
import type { AccountId } from '../../src/core/types.ts';
import { type Done, FaultProxy } from '../support/fault-proxy.ts';
import { seededRandom } from '../support/random.ts';
import { startTestServer } from '../support/server.ts';
import { randomFates } from './random-fates.ts';
import { Texter } from './texter.ts';

// `FAULT_TEXTS`, `FAULT_CUTS` and `FAULT_SEED` make it another run. The seed gives each connection the same
// fate again; when the bytes come lies with the network.
const TEXTS = Number(process.env.FAULT_TEXTS ?? 10_000);
const CUTS = Number(process.env.FAULT_CUTS ?? 200);
const SEED = Number(process.env.FAULT_SEED ?? 1);
const PEOPLE = 40;
const EACH = Math.ceil(TEXTS / PEOPLE);
/**
 * With all that belongs to it a text makes some 600 bytes on the two lines it takes. A connection carries half
 * of this on average, so there are half as many cuts again as are asked for.
 */
const BYTES_MAX = (800 * TEXTS) / CUTS;
/** The client's clock goes so much faster than the machine's. */
const TIMES_FASTER = 20;

test(
  '[D3] whatever happens to their connections, all texts arrive once and in order, and are known to have arrived',
  async () => {
    const server = await startTestServer({
      backplane: { now: Date.now },
      parts: {
        now: Date.now,
        authenticator: { verify: async (token) => ({ account: token as AccountId, expiresAt: Infinity }) },
      },
    });
    // A dead line is seen sooner than by the 14 seconds of a real server.
    Object.assign(server.server.io.engine.opts, { pingInterval: 400, pingTimeout: 800 });
    const target = Number(new URL(server.url).port);
    const people: { texter: Texter; proxy: FaultProxy }[] = [];
    for (let index = 0; index < PEOPLE; index++) {
      const random = seededRandom(SEED * 1_000 + index);
      const proxy = await FaultProxy.start(target, randomFates(random, BYTES_MAX));
      const url = `http://127.0.0.1:${proxy.port}`;
      people.push({
        proxy,
        texter: new Texter({ name: `p${index}`, url, clock: fastClock, random, texts: EACH }),
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
    await Promise.all(texters.map((texter) => texter.isThrough(EACH)));
    through = true;

    for (const texter of texters) {
      const partner = texters.find((other) => other !== texter && other.matchId === texter.matchId);
      expect(texter.heard).toEqual(partner?.said);
    }
    const texts = sum(texters.map(({ said }) => said.length));
    const cuts = sum(texters.map((texter) => texter.cuts));
    const done = total(people.map(({ proxy }) => proxy.done));
    console.log(`FAULT_SEED=${SEED}: ${texts} texts over ${cuts} cuts; connections: ${JSON.stringify(done)}`);
    expect(texts).toBeGreaterThanOrEqual(TEXTS);
    expect(cuts).toBeGreaterThanOrEqual(CUTS);
    for (const times of Object.values(done)) expect(times).toBeGreaterThanOrEqual(CUTS / 20);
  },
  60_000 + TEXTS * 10,
);

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
