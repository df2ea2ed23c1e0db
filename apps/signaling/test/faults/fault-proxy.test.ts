import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type End, type Fate, FaultProxy, type Pace } from '../support/fault-proxy.ts';

const FOR_EVER = Infinity;

const paces: [string, Pace][] = [
  ['plain', { kind: 'plain' }],
  ['slice', { kind: 'slice', bytes: 3 }],
  ['delay', { kind: 'delay', ms: 1 }],
  ['stall', { kind: 'stall', afterBytes: 1_000, ms: 1 }],
];

test.each(paces)('[D1] at the pace %s all bytes pass, both ways and in order', async (kind, pace) => {
  const { proxy, join } = await startProxy({ pace, end: 'close', afterBytes: FOR_EVER });
  const { near, far } = await join();
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    const sent = randomBytes(5_000);
    from.socket.write(sent);
    await to.hasReceived(sent.length);
    expect(to.bytes()).toEqual(sent);
  }
  near.socket.end();
  await far.closed;
  expect(far.failed).toBeUndefined();
  expect(proxy.done).toEqual({ ...NOTHING, ...(kind === 'plain' ? {} : { [kind]: 1 }) });
});

test('[D1] slices come one by one', async () => {
  const { join } = await startProxy({
    pace: { kind: 'slice', bytes: 10 },
    end: 'close',
    afterBytes: FOR_EVER,
  });
  const { near, far } = await join();
  near.socket.write(randomBytes(1_000));
  await far.hasReceived(1_000);
  expect(far.chunks.length).toBeGreaterThan(10);
});

test('[D1] nothing moves in a stall, and another connection goes on', async () => {
  const { join } = await startProxy(
    { pace: { kind: 'stall', afterBytes: 10, ms: 3_600_000 }, end: 'close', afterBytes: FOR_EVER },
    { pace: { kind: 'plain' }, end: 'close', afterBytes: FOR_EVER },
  );
  const stalled = await join();
  stalled.near.socket.write(randomBytes(10));
  await stalled.far.hasReceived(10);
  stalled.near.socket.write(randomBytes(10));
  stalled.far.socket.write(randomBytes(10));
  const other = await join();
  await roundTrip(other);
  expect(stalled.far.bytes()).toHaveLength(10);
  expect(stalled.near.bytes()).toHaveLength(0);
});

test('[D1] a stall can be had at any moment, of the connections that stand', async () => {
  const { proxy, join } = await startProxy({ pace: { kind: 'plain' }, end: 'close', afterBytes: FOR_EVER });
  const stalled = await join();
  await roundTrip(stalled);
  proxy.stall(3_600_000);
  stalled.near.socket.write(randomBytes(10));
  await roundTrip(await join());
  expect(stalled.far.bytes()).toHaveLength(5);
  expect(proxy.done).toEqual({ ...NOTHING, stall: 1 });
});

test('[D1] what had not passed when its client hung up and began anew comes late, and then the end', async () => {
  const { join } = await startProxy(
    { pace: { kind: 'stall', afterBytes: 10, ms: 200 }, end: 'close', afterBytes: FOR_EVER },
    { pace: { kind: 'plain' }, end: 'close', afterBytes: FOR_EVER },
  );
  const { near, far } = await join();
  near.socket.write(randomBytes(10));
  await far.hasReceived(10);
  near.socket.end(randomBytes(10));
  await roundTrip(await join());
  expect(far.bytes()).toHaveLength(10);
  await far.closed;
  expect(far.bytes()).toHaveLength(20);
});

const ends: [End, string | undefined][] = [
  ['reset', 'ECONNRESET'],
  ['close', undefined],
];

test.each(ends)('[D2] a %s comes after so many bytes and not one more, to both sides', async (end, code) => {
  const { proxy, join } = await startProxy({ pace: { kind: 'plain' }, end, afterBytes: 150 });
  const { near, far } = await join();
  near.socket.write(randomBytes(100));
  await far.hasReceived(100);
  far.socket.write(randomBytes(100));
  await Promise.all([near.closed, far.closed]);
  expect([near.failed, far.failed]).toEqual([code, code]);
  // What an RST overtakes is lost.
  if (end === 'close') expect(near.bytes()).toHaveLength(50);
  else expect(near.bytes().length).toBeLessThanOrEqual(50);
  expect(proxy.done).toEqual({ ...NOTHING, [end]: 1 });
});

test.each(ends)('[D2] a %s can be had at any moment, of the connections that stand', async (end, code) => {
  const { proxy, join } = await startProxy({ pace: { kind: 'plain' }, end: 'close', afterBytes: FOR_EVER });
  const ended = await join();
  await roundTrip(ended);
  proxy.end(end);
  await Promise.all([ended.near.closed, ended.far.closed]);
  expect([ended.near.failed, ended.far.failed]).toEqual([code, code]);
  await roundTrip(await join());
  expect(proxy.done).toEqual({ ...NOTHING, [end]: 1 });
});

test('[D2] a half-open connection carries nothing any more, and neither side is told', async () => {
  const { proxy, join } = await startProxy(
    { pace: { kind: 'plain' }, end: 'half-open', afterBytes: 150 },
    { pace: { kind: 'plain' }, end: 'close', afterBytes: FOR_EVER },
  );
  const { near, far } = await join();
  near.socket.write(randomBytes(100));
  await far.hasReceived(100);
  far.socket.write(randomBytes(100));
  await near.hasReceived(50);
  near.socket.write(randomBytes(100));
  far.socket.write(randomBytes(100));
  await roundTrip(await join());
  near.socket.resetAndDestroy();
  await roundTrip(await join());
  expect([near.bytes().length, far.bytes().length]).toEqual([50, 100]);
  expect(far.socket.destroyed).toBe(false);
  expect(proxy.done).toEqual({ ...NOTHING, 'half-open': 1 });
});

test('[D2] a refused connection is reset at once', async () => {
  const { proxy } = await startProxy('refused');
  const near = new Side(connect(proxy.port, '127.0.0.1'));
  await near.closed;
  expect(near.failed).toBe('ECONNRESET');
  expect(proxy.done).toEqual({ ...NOTHING, refused: 1 });
});

test('[D2] closing leaves no connection on either side, whatever state it is in', async () => {
  const { proxy, join } = await startProxy(
    { pace: { kind: 'plain' }, end: 'half-open', afterBytes: 10 },
    { pace: { kind: 'stall', afterBytes: 0, ms: 3_600_000 }, end: 'close', afterBytes: FOR_EVER },
    { pace: { kind: 'plain' }, end: 'close', afterBytes: FOR_EVER },
  );
  const lines = [await join(), await join(), await join()];
  for (const { near } of lines) near.socket.write(randomBytes(100));
  await proxy.close();
  await Promise.all(lines.flatMap(({ near, far }) => [near.closed, far.closed]));
});

const NOTHING = { slice: 0, delay: 0, stall: 0, reset: 0, close: 0, 'half-open': 0, refused: 0 };

/** A proxy whose connections have these fates, the last one for good; `join` gives both sides of a new connection. */
async function startProxy(...fates: Fate[]) {
  const target = createServer().listen(0, '127.0.0.1');
  await once(target, 'listening');
  const { port } = target.address() as AddressInfo;
  const proxy = await FaultProxy.start(
    () => port,
    () => (fates.length > 1 ? fates.shift() : fates[0]) as Fate,
  );
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    target.close();
    await proxy.close().catch(() => {}); // some tests have closed it
  });
  const join = async () => {
    const accepted = once(target, 'connection') as Promise<[Socket]>;
    const near = connect(proxy.port, '127.0.0.1');
    const [far] = await accepted;
    sockets.push(near, far);
    return { near: new Side(near), far: new Side(far) };
  };
  return { proxy, join };
}

async function roundTrip({ near, far }: { near: Side; far: Side }): Promise<void> {
  near.socket.write('there');
  await far.hasReceived(5);
  far.socket.write('back');
  await near.hasReceived(4);
}

/** One end of a connection and what came out of it. */
class Side {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  readonly closed: Promise<unknown>;
  /** The code of the error it ended with. */
  failed: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => (this.failed = code));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  async hasReceived(count: number): Promise<void> {
    while (this.bytes().length < count) await once(this.socket, 'data');
  }
}
