import { tracingChannel } from 'node:diagnostics_channel';
import type { AddressInfo, Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { answerParent } from '../child.ts';

// Loaded ahead of a server (`--import`), which so needs to know nothing of being measured: tells the
// parent the port that the server listens on, and what it has used of the machine.

/** Bytes, when all garbage is collected. */
export interface Memory {
  /** Objects, and what they hold outside of the heap. */
  held: number;
  /** All that the process has in memory. */
  resident: number;
}

// A type alias: an interface would not be taken for a record.
export type Measured = {
  /** Microseconds of CPU since the start, user and system, all threads. */
  cpu(): number;
  memory(): Promise<Memory>;
};

const measured: Measured = {
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  async memory() {
    if (!globalThis.gc) throw new Error('run with --expose-gc');
    // What finalizers and closed handles let go of is garbage for the next pass only.
    for (let pass = 0; pass < 5; pass++) {
      await setImmediate();
      globalThis.gc();
    }
    const { heapUsed, external, rss } = process.memoryUsage();
    return { held: heapUsed + external, resident: rss };
  },
};

/** What is published when a server listens; there are no types for it. */
interface Listening {
  server: Server;
}

tracingChannel<unknown, Listening>('net.server.listen').asyncEnd.subscribe((message) => {
  const { port } = (message as Listening).server.address() as AddressInfo;
  answerParent(port, measured);
});
