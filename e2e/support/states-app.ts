import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { STATES_BUILD } from '../../scripts/web-build.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** The page of all states on a free port; nothing else is behind it. */
export async function startStates(): Promise<{ url: string; stop(): Promise<void> }> {
  process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
  const root = new URL('../..', import.meta.url).pathname;
  const { handler } = (await import(join(root, STATES_BUILD, 'handler.js'))) as { handler: Handler };
  const server = createServer((request, response) => {
    request.headers['x-forwarded-proto'] = 'http';
    handler(request, response, () => response.writeHead(404).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
