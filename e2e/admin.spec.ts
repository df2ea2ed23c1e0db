import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'playwright/test';
import { io as connect } from 'socket.io-client';
import { startAdminUi } from '../apps/signaling/src/ops/admin-ui.ts';
import type { AdminUiOptions } from '../apps/signaling/src/ops/admin-ui.ts';

// The package is a dependency of the signaling app alone.
const { Server } = createRequire(new URL('../apps/signaling/package.json', import.meta.url))('socket.io') as {
  Server: new (http: HttpServer) => AdminUiOptions['io'];
};

const USERNAME = 'operator';
const PASSWORD = 'correct horse battery';
const PASSWORD_HASH = '$2b$10$7flTzU5ZO3waO5hnnjkYKujmzpNReNOTf5QcuAtJWhNAM5DNI2OmS';
const CLIENTS = 3;

async function runServers() {
  const http = createServer();
  const io = new Server(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const silent = () => {};
  const admin = await startAdminUi({
    io,
    auth: { type: 'basic', username: USERNAME, passwordHash: PASSWORD_HASH },
    host: '127.0.0.1',
    port: 0,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    now: Date.now,
  });
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const clients = Array.from({ length: CLIENTS }, () =>
    connect(address, { forceNew: true, transports: ['websocket'] }),
  );
  await Promise.all(clients.map((client) => new Promise<void>((resolve) => client.once('connect', resolve))));

  return {
    origin: `http://127.0.0.1:${admin.port}`,
    async close() {
      for (const client of clients) client.disconnect();
      await admin.close();
      await io.close();
    },
  };
}

let servers: Awaited<ReturnType<typeof runServers>>;
test.beforeEach(async () => {
  servers = await runServers();
});
test.afterEach(async () => {
  await servers.close();
});

test('[O17] an operator logs in through the page and sees the number of clients, icons included', async ({
  page,
}, testInfo) => {
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url().replace(/^ws/, 'http')));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.goto(`${servers.origin}/admin`);
  await expect(page).toHaveURL(`${servers.origin}/admin/#/`);
  await expect(page.getByLabel('Server URL')).toHaveValue(servers.origin);
  await expect(page.getByText(/error|invalid/i)).toHaveCount(0);

  await page.getByLabel('Username').fill(USERNAME);
  await page.getByLabel('Password').fill('something else');
  await page.getByRole('button', { name: 'Connect' }).click();
  await expect(page.getByText('Invalid credentials')).toBeVisible();

  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Connect' }).click();
  const clients = page.getByRole('row', { name: /^WebSocket/ }).getByRole('heading');
  await expect(clients).toHaveText(String(CLIENTS));

  // A glyph is blank if its class is unknown to the icon sheet or the icon font did not arrive.
  const glyphs = await page.locator('.mdi').evaluateAll((icons) =>
    icons.map((icon) => {
      const { content, fontFamily } = getComputedStyle(icon, '::before');
      return content !== 'none' && document.fonts.check(`24px ${fontFamily}`, content.slice(1, -1));
    }),
  );
  expect(glyphs.length).toBeGreaterThan(3);
  expect(glyphs).not.toContain(false);
  const loaded = await page.evaluate(() =>
    [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family),
  );
  expect(loaded.join()).toMatch(/Material Design Icons/);
  expect(loaded.join()).toMatch(/Roboto/);
  await page.screenshot({ path: testInfo.outputPath('dashboard.png') });

  // The stored session logs in again without the form.
  await page.reload();
  await expect(clients).toHaveText(String(CLIENTS));
  await expect(page.getByLabel('Password')).toBeHidden();

  expect(asked.filter((url) => new URL(url).origin !== servers.origin)).toEqual([]);
  expect(asked.some((url) => url.includes('/admin/mdi/fonts/') && url.includes('.woff2'))).toBe(true);
  expect(complaints).toEqual([]);
});
