import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from './run.ts';

// Paints the PNG icons of the web app from its SVG one: `node scripts/icons.ts`, after a change to that.

const folder = join(root, 'apps/web/static');
const svg = await readFile(join(folder, 'favicon.svg'), 'utf8');
/** A device cuts its own shape out of it (W3C: the inner 80 % are safe), so the ground goes to the edges. */
const maskable = svg.replace(' rx="16"', '').replace('viewBox="0 0 64 64"', 'viewBox="-4 -4 72 72"');
const ground = '#211e30';

const debian = '/usr/bin/chromium';
const browser = await chromium.launch(existsSync(debian) ? { executablePath: debian } : {});
const page = await browser.newPage();

async function paint(name: string, size: number, picture: string, background: string): Promise<void> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>body { margin: 0; background: ${background} } svg { display: block; inline-size: ${size}px }</style>${picture}`,
  );
  await page.screenshot({ path: join(folder, name), omitBackground: true });
}

await paint('icon-192.png', 192, svg, 'transparent');
await paint('icon-512.png', 512, svg, 'transparent');
await paint('icon-maskable-512.png', 512, maskable, ground);
// iOS rounds the corners itself and shows transparency as black.
await paint('icon-180.png', 180, maskable, ground);
await browser.close();
