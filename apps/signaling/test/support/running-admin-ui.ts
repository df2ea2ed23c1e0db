import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io as connect } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { Server } from 'socket.io';
import { onTestFinished, vi } from 'vitest';
import { startAdminUi } from '../../src/ops/admin-ui.ts';

export const USERNAME = 'operator';
export const PASSWORD = 'correct horse battery';
/** Of PASSWORD, at the lowest cost there is: these tests are not about bcrypt. */
export const PASSWORD_HASH = '$2b$04$zX0auXMF9exsG2KiQPQl9ecVTICsYyUAgX1WVu1FzXTAih6YHDIc.';

interface LogLine {
  level: string;
  fields: Record<string, unknown>;
  message: string;
}

/**
 * A bare public server and the admin UI beside it, both gone when the test is over. Reports are sent
 * when `report` is called; login times follow `clock`; sockets run in real time.
 */
export async function runAdminUi() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const http = createServer();
  const io = new Server(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const lines: LogLine[] = [];
  const clock = { now: 1_000_000 };
  const write = (level: string) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, fields, message });
  };
  const admin = await startAdminUi({
    io,
    auth: { type: 'basic', username: USERNAME, passwordHash: PASSWORD_HASH },
    host: '127.0.0.1',
    port: 0,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    now: () => clock.now,
  });
  onTestFinished(async () => {
    await admin.close();
    await io.close();
    vi.useRealTimers();
  });
  const report = () => void vi.advanceTimersByTime(2000);
  return { io, admin, clock, lines, report, publicPort: (http.address() as AddressInfo).port };
}

/** A client that is disconnected when the test is over. It has been told to connect, no more. */
export function clientOf(port: number, namespace: string, auth: Record<string, unknown> = {}): Socket {
  const socket = connect(`http://127.0.0.1:${port}${namespace}`, {
    auth,
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
  });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

/** `undefined` if the connection was made, else the message it was refused with. */
export function outcomeOf(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('connect_error', (error) => resolve(error.message));
  });
}

/** Resolves with the arguments of the next event of that name. */
export function next(socket: Socket, event: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    socket.once(event, (...args: unknown[]) => resolve(args));
  });
}
