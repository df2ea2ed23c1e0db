import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type TestServer, startTestServer } from './support/server.ts';

/** A client on a line of its own. */
async function connected({ url }: TestServer): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function askToUpgrade(socket: Socket, path: string): void {
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      'host: a',
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
      '\r\n',
    ].join('\r\n'),
  );
}

function uncaught(): Error[] {
  const errors: Error[] = [];
  const note = (error: Error) => errors.push(error);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  return errors;
}

const CLIENTS = 400;
const OURS = '/socket.io/?EIO=4&transport=websocket';

test('[N8] who asks for an upgrade and resets the line at once, as many do at a time, disturbs nobody', async () => {
  const server = await startTestServer();
  const errors = uncaught();
  const ann = server.ours('ann');
  await ann.next('session:welcome');
  const clients = new Map<number | undefined, Socket>();
  const closings: Promise<unknown>[] = [];
  // Node lets go of a line as it tells of an upgrade; a reset before that is its own to handle.
  server.server.io.httpServer.on('upgrade', (_request, line: Socket) => {
    closings.push(new Promise((resolve) => line.once('close', resolve)));
    clients.get(line.remotePort)?.resetAndDestroy();
  });
  for (let count = 0; count < CLIENTS; count++) {
    const socket = await connected(server);
    clients.set(socket.localPort, socket);
  }
  // All at once: so many have to wait for their turn.
  const paths = [OURS, OURS, OURS, '/elsewhere'];
  for (const [index, socket] of [...clients.values()].entries())
    askToUpgrade(socket, paths[index % 4] ?? '/');
  await expect.poll(() => closings.length).toBe(CLIENTS);
  await Promise.all(closings);
  expect(errors).toEqual([]);
  expect(await ann.ask('session:ack', { upTo: 0 })).toEqual({ ok: true });
});

test('[N8] an upgrade to anything but ours is closed without an answer', async () => {
  const server = await startTestServer();
  const socket = await connected(server);
  askToUpgrade(socket, '/elsewhere');
  await once(socket, 'close');
  expect(socket.bytesRead).toBe(0);
});
