import { setTimeout as pause } from 'node:timers/promises';
import type { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import type { ChatNodes } from './chat-nodes.ts';

export interface FaultParts {
  deployment: ChatNodes;
  redis: RedisServer;
  /** Uniform in [0, 1). */
  random(): number;
  count(what: string): void;
  /** Redis has lost everything. */
  forgot(): void;
  /** Called again and again while Redis is there. */
  look(): Promise<void>;
  isOver(): boolean;
}

/** How long a node lives without being heard of, in milliseconds. */
const NODE_LEASE_MS = 8_000;
const LOOK_EVERY_MS = 200;

/**
 * Nodes are killed and replaced, stopped for a moment and for longer than they are trusted; Redis freezes, dies
 * and comes back with what it knew, and without. These go on side by side until it is over; then all are there.
 */
export async function bringFaults(parts: FaultParts): Promise<void> {
  await Promise.all([killNodes(parts), stopNodes(parts), hurtRedis(parts)]);
}

async function killNodes({ deployment, random, count, isOver }: FaultParts): Promise<void> {
  while (!isOver()) {
    await pause(500 + random() * 3_000);
    const node = pick(
      deployment.nodes.filter(({ isPaused }) => !isPaused),
      random,
    );
    if (!node) continue;
    if (random() < 0.5) {
      count('nodes stopped for a moment');
      await node.pauseFor(100 + random() * 2_000);
    } else {
      count('nodes killed');
      await deployment.kill(node);
      await pause(random() * 1_000);
      await deployment.add();
    }
  }
}

async function stopNodes({ deployment, random, count, isOver }: FaultParts): Promise<void> {
  while (!isOver()) {
    await pause(500 + random() * 2_000);
    const node = pick(
      deployment.nodes.filter(({ isPaused }) => !isPaused),
      random,
    );
    if (!node) continue;
    count('nodes stopped past their lease');
    await node.pauseFor(NODE_LEASE_MS + 1_000 + random() * 1_500);
  }
}

async function hurtRedis({ redis, random, count, forgot, look, isOver }: FaultParts): Promise<void> {
  for (let round = 0; !isOver(); round++) {
    const until = performance.now() + 3_000 + random() * 3_000;
    while (performance.now() < until && !isOver()) {
      await look();
      await pause(LOOK_EVERY_MS);
    }
    switch (round % 3) {
      case 0:
        count('Redis frozen');
        redis.freeze();
        await pause(200 + random() * 2_500);
        redis.thaw();
        break;
      case 1:
        count('Redis restarted');
        await redis.kill();
        await pause(random() * 1_000);
        await redis.start();
        break;
      default:
        count('Redis emptied');
        await redis.kill();
        redis.forget();
        await pause(random() * 1_000);
        forgot();
        await redis.start();
    }
  }
}

function pick<T>(from: readonly T[], random: () => number): T | undefined {
  return from[Math.floor(random() * from.length)];
}
