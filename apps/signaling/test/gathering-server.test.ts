import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { GatheringServer } from '../src/transports/gathering-server.ts';

/** A connection, both of its ends, and what was received so far. */
async function connect() {
  const http = createServer().listen(0, '127.0.0.1');
  const server = new GatheringServer({ noServer: true, clientTracking: false });
  const accepted = new Promise<{ line: WebSocket; stream: Socket }>((resolve) => {
    http.on('upgrade', (request, stream: Socket, head) => {
      server.handleUpgrade(request, stream, head, (line) => resolve({ line, stream }));
    });
  });
  await once(http, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.terminate();
    http.close();
  });
  const received: string[] = [];
  client.on('message', (data) => received.push((data as Buffer).toString()));
  await once(client, 'open');
  return { client, received, ...(await accepted) };
}

test('[S26] what is sent in one turn is written at once', async () => {
  const { line, stream, client, received } = await connect();
  const writes = [vi.spyOn(stream, '_write'), vi.spyOn(stream, '_writev' as never)];
  const count = () => writes.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  const done = vi.fn();
  for (const text of ['one', 'two', 'three']) line.send(text, done);
  expect(done).toHaveBeenCalledTimes(3);
  expect(count()).toBe(0);
  await setImmediate();
  await setImmediate();
  expect(count()).toBe(1);
  line.close();
  await once(client, 'close');
  expect(received).toEqual(['one', 'two', 'three']);
});

test('[S26] every size and script arrives as it was sent, in order', async () => {
  const { line, client, received } = await connect();
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 200_000];
  const texts = sizes.flatMap((size) => ['a'.repeat(size), 'ß'.repeat(size / 2), '😀'.repeat(size / 4)]);
  for (const text of texts) line.send(text, () => {});
  line.send(Buffer.from('bytes'));
  line.close();
  await once(client, 'close');
  expect(received).toEqual([...texts, 'bytes']);
});

test('[S26] to a client that does not read no more is sent than it takes', async () => {
  const { line, client, received } = await connect();
  client.pause();
  const text = 'x'.repeat(10_000);
  let sent = 0;
  /** Resolves when the next one may be sent: false where that was not at once. */
  const send = () =>
    new Promise<void>((resolve) => {
      sent++;
      line.send(text, () => resolve());
    });
  let held: Promise<void> | undefined;
  while (!held) {
    const next = send();
    if (!(await Promise.race([next.then(() => true), setImmediate(false)]))) held = next;
    if (sent > 10_000) throw new Error('nothing held it up');
  }
  client.resume();
  await held;
  line.close();
  await once(client, 'close');
  expect(received).toHaveLength(sent);
});

test('[S26] a line that is closed takes nothing more, and says so', async () => {
  const { line, client } = await connect();
  client.terminate();
  await once(line, 'close');
  const done = vi.fn();
  line.send('late', done);
  await setImmediate();
  expect(done.mock.calls[0]?.[0]).toBeInstanceOf(Error);
});

test('[N9] a message in more parts than any client of ours makes ends the connection', async () => {
  const { line, client } = await connect();
  line.on('error', () => undefined);
  const heard = once(line, 'message');
  for (let part = 1; part < 16; part++) client.send('a', { fin: false });
  client.send('b', { fin: true });
  expect(`${String((await heard)[0])}`).toBe(`${'a'.repeat(15)}b`);
  for (let part = 1; part <= 17; part++) client.send('a', { fin: false });
  expect((await once(client, 'close'))[0]).toBe(1008);
});
