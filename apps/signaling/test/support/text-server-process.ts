import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { createChat } from '../../src/core/chat.ts';
import type { Log } from '../../src/core/ports.ts';
import { createServer } from '../../src/server.ts';
import { chatParts, memoryBackplane } from './chat-parts.ts';
import { TestClock } from './clock.ts';
import { TestTimers } from './timers.ts';

// A server with the text API in a process of its own, so that its memory is its own, too. Run with
// `--expose-gc`; does what its parent says, one thing after another (see `text-server-child.ts`).

/** What the parent may ask for. */
export interface Asked {
  /** Resolves when that many timers of the server are set: polls that wait. */
  waiting(count: number): Promise<void>;
  /** The time of the server's timers passes. */
  pass(ms: number): Promise<void>;
  /** Bytes in use once every connection is closed and all garbage collected. */
  memory(): Promise<number>;
}

const clock = new TestClock();
const timers = new TestTimers();
const silent = () => {};
const log: Log = { debug: silent, info: silent, warn: silent, error: (fields) => console.error(fields) };
const OFF = { perMinute: 0, burst: 1 };
const chat = createChat(chatParts({ log, backplane: memoryBackplane({ now: clock.now }) }));
const server = createServer({
  chat,
  authenticator: { verify: () => Promise.reject(new Error('nobody signs in here')) },
  now: clock.now,
  log,
  allowedOrigins: new Set(),
  trustedHops: 0,
  messageBytesMax: 40_960,
  connectionsPerAddressMax: 0,
  guestsPerMinute: 0,
  countMin: 0,
  textApi: { pollMs: 25_000, startsPerMinute: 0, strangeIdsPerMinute: 0 },
  after: timers.after,
  rates: { connection: OFF, find: OFF, description: OFF, signal: OFF, message: OFF, other: OFF },
});

let open = 0;
const { httpServer } = server.io;
httpServer.on('connection', (socket) => {
  open += 1;
  socket.once('close', () => {
    open -= 1;
    if (open === 0) httpServer.emit('deserted');
  });
});

const asked: Asked = {
  waiting: (count) => timers.reached(count),
  async pass(ms) {
    clock.advance(ms);
    timers.pass(ms);
  },
  async memory() {
    if (open > 0) await once(httpServer, 'deserted');
    if (!globalThis.gc) throw new Error('run with --expose-gc');
    // What finalizers and closed handles let go of is garbage for the next pass only.
    for (let pass = 0; pass < 5; pass++) {
      await setImmediate();
      globalThis.gc();
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
};

async function answer([name, argument]: [keyof Asked, number]): Promise<void> {
  process.send?.((await asked[name](argument)) ?? null);
}

process.on('message', (message) => void answer(message as [keyof Asked, number]));
process.on('disconnect', () => process.exit());
process.send?.(await server.listen(0, '127.0.0.1'));
