import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

// `node emulator.ts PROJECT PORT HOST`: the Auth emulator alone, on loopback unless told otherwise, without
// Java, the other emulators or a hub, so that several can run beside one another. The path is none that firebase-tools
// promises to keep, which is why package.json names one exact version.
const { createApp } = createRequire(import.meta.url)('firebase-tools/lib/emulator/auth/server.js') as {
  createApp(projectId: string): Promise<RequestListener>;
};

const [projectId = 'demo-passerby', port = '9099', host = '127.0.0.1'] = process.argv.slice(2);
const server = createServer(await createApp(projectId));
server.on('error', ({ message }) => {
  console.error(message);
  process.exit(1);
});
server.listen(Number(port), host);
await once(server, 'listening');

const address = `${host}:${(server.address() as AddressInfo).port}`;
console.log(`Auth emulator of ${projectId} on ${address}`);
process.send?.({ host: address });

function stop(): void {
  server.close();
  server.closeAllConnections();
  if (process.connected) process.disconnect();
}
process.once('SIGTERM', stop).once('SIGINT', stop);
// Whoever started it is gone, however that came about.
process.once('disconnect', stop);
