import { expect, test } from 'vitest';
import type { Authenticator } from '../src/core/ports.ts';
import { TestClock } from './support/clock.ts';
import { startTestServer, testAuthenticator } from './support/server.ts';

/** Verifies when the test says so: a provider that takes its time. */
function slowAuthenticator() {
  const inner = testAuthenticator(new TestClock());
  const waiting: (() => void)[] = [];
  let slow = false;
  const authenticator: Authenticator = {
    async verify(token) {
      if (slow) await new Promise<void>((resolve) => waiting.push(resolve));
      return inner.verify(token);
    },
  };
  return {
    authenticator,
    setSlow: (on: boolean) => (slow = on),
    pending: () => waiting.length,
    release: () => waiting.splice(0).forEach((go) => go()),
  };
}

test('[I7] a line that drops during its handshake leaves nobody to be matched with', async () => {
  const slow = slowAuthenticator();
  const server = await startTestServer({ parts: { authenticator: slow.authenticator } });
  const ann = server.ours('ann');
  const [welcome] = await ann.next('session:welcome');
  await ann.ask('peer:find', { mode: 'video' });
  ann.socket.io.engine.close();
  await until(() => server.server.io.engine.clientsCount === 0);

  slow.setSlow(true);
  const back = server.ours('ann', { resume: { token: welcome.resumeToken, offset: 1 } });
  await until(() => slow.pending() > 0);
  back.socket.io.engine.close();
  await until(() => server.server.io.engine.clientsCount === 0);
  slow.setSlow(false);
  slow.release();
  await until(() => server.log.lines.some(({ message }) => message === 'session resumed'));

  const bob = server.ours('bob');
  await bob.ask('peer:find', { mode: 'video' });
  await bob.next('peer:alone');
});

test('[I8] whose line dropped during a handshake may come in again at once', async () => {
  const slow = slowAuthenticator();
  const server = await startTestServer({ parts: { authenticator: slow.authenticator } });
  slow.setSlow(true);
  const first = server.ours('ann');
  await until(() => slow.pending() > 0);
  first.socket.io.engine.close();
  await until(() => server.server.io.engine.clientsCount === 0);
  slow.setSlow(false);
  slow.release();
  const again = server.ours('ann');
  expect((await again.next('session:welcome'))[0].resumed).toBe('none');
});

/** Waits for what the server notices by itself, one turn of the event loop at a time. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
