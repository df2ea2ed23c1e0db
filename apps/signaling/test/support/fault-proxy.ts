import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';

/** How the bytes of a connection travel while it lasts. */
export type Pace =
  | { kind: 'plain' }
  /** In pieces of so many bytes. */
  | { kind: 'slice'; bytes: number }
  /** Each piece so much later. */
  | { kind: 'delay'; ms: number }
  /** After so many bytes, both ways together, nothing moves for a while; then all of it does. */
  | { kind: 'stall'; afterBytes: number; ms: number };

/** How it ends: with an RST, with a FIN, or, as far as its two ends can tell, not at all: nothing moves any more. */
export type End = 'reset' | 'close' | 'half-open';

/** What a connection goes through: so many bytes pass, both ways together, and not one more; or it is reset at once. */
export type Fate = 'refused' | { pace: Pace; end: End; afterBytes: number };

/** What was done to connections, and how often. */
export type Done = Record<Exclude<Pace['kind'], 'plain'> | End | 'refused', number>;

/**
 * A TCP proxy on a free loopback port that gives each connection of a client its fate. What the client has
 * said on a connection comes through also when it has hung up since, or opened the next one.
 */
export class FaultProxy {
  readonly done: Done = {
    slice: 0,
    delay: 0,
    stall: 0,
    reset: 0,
    close: 0,
    'half-open': 0,
    refused: 0,
  };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #carried = new Set<Carried>();

  private constructor(nextTarget: () => number, nextFate: () => Fate) {
    this.#server = createServer((near) => {
      const fate = nextFate();
      this.#own(near);
      if (fate === 'refused') {
        this.done.refused += 1;
        near.resetAndDestroy();
        return;
      }
      const far = connect(nextTarget(), '127.0.0.1');
      this.#own(far);
      const carried = carry(near, far, fate, this.done);
      this.#carried.add(carried);
      near.on('close', () => this.#carried.delete(carried));
    });
  }

  /** In front of ports of this machine, itself at `host`. Both are asked once for each connection. */
  static async start(
    nextTarget: () => number,
    nextFate: () => Fate,
    host = '127.0.0.1',
  ): Promise<FaultProxy> {
    const proxy = new FaultProxy(nextTarget, nextFate);
    proxy.#server.listen(0, host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends the connections that stand, now and so, whatever their fate was. */
  end(how: End): void {
    for (const carried of this.#carried) carried.end(how);
  }

  /** Nothing moves on the connections that stand, for so long; then all of it does. */
  stall(ms: number): void {
    for (const carried of this.#carried) carried.stall(ms);
  }

  /** Leaves no socket behind, on either side. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay();
    socket.on('error', () => {}); // followed by `close`
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

/** What can be done to a connection beside its fate. */
interface Carried {
  end(how: End): void;
  stall(ms: number): void;
}

/** Carries bytes between the two as the fate will have it, and ends it. */
function carry(
  near: Socket,
  far: Socket,
  { pace, end, afterBytes }: Exclude<Fate, 'refused'>,
  done: Done,
): Carried {
  let passed = 0;
  let over = false;
  let stall: Promise<void> | undefined;
  if (pace.kind === 'slice' || pace.kind === 'delay') done[pace.kind] += 1;

  const finish = (how: End): void => {
    if (over) return;
    over = true;
    done[how] += 1;
    if (how === 'half-open') return;
    for (const socket of [near, far]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroySoon();
    }
  };

  const startStall = (ms: number): void => {
    done.stall += 1;
    stall = setTimeout(ms, undefined, { ref: false });
  };

  const wait = async (): Promise<void> => {
    if (pace.kind === 'slice') await setImmediate();
    if (pace.kind === 'delay') await setTimeout(pace.ms);
    if (pace.kind === 'stall' && passed >= pace.afterBytes && !stall) startStall(pace.ms);
    await stall;
  };

  const pass = (from: Socket, to: Socket): void => {
    let queue = Promise.resolve();
    const deliver = async (chunk: Buffer): Promise<void> => {
      for (const piece of pace.kind === 'slice' ? slices(chunk, pace.bytes) : [chunk]) {
        if (!over) await wait();
        if (over) return;
        const passing = piece.subarray(0, afterBytes - passed);
        passed += passing.length;
        to.write(passing);
        if (passed === afterBytes) finish(end);
      }
    };
    const hangUp = (): void => {
      if (!over) to.end();
    };
    const reset = (): void => {
      if (!over) to.resetAndDestroy();
    };
    // Also of a connection that is dead without a sign everything is taken, and nothing passed on.
    from.on('data', (chunk: Buffer) => {
      queue = queue.then(() => deliver(chunk));
    });
    from.on('end', () => {
      queue = queue.then(hangUp);
    });
    from.on('error', () => {
      queue = queue.then(reset);
    });
  };

  pass(near, far);
  pass(far, near);
  return { end: finish, stall: startStall };
}

function slices(chunk: Buffer, bytes: number): Buffer[] {
  const count = Math.ceil(chunk.length / bytes);
  return Array.from({ length: count }, (_, index) => chunk.subarray(index * bytes, (index + 1) * bytes));
}
