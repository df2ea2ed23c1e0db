import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readLogo } from '../src/lib/operator-files.ts';
import { webManifest } from '../src/lib/web-manifest.ts';

test('[U68] C04 the manifest has the name, and icons whose files are what it says', () => {
  const manifest = webManifest({ name: 'Campus Chat', logo: undefined });
  expect(manifest).toMatchObject({ name: 'Campus Chat', start_url: '/', display: 'standalone' });
  // What browsers ask for before they offer to install.
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
  for (const { src, sizes, type } of manifest.icons) {
    const file = new URL(`../static${src}`, import.meta.url).pathname;
    expect(readLogo(file)).toMatchObject({ sizes, type });
  }
  expect(readFileSync(new URL('../src/app.html', import.meta.url), 'utf8')).toContain('icon-180.png');
});

test('[U68] where the operator has a logo it is the icon', () => {
  const { icons } = webManifest({ name: 'Campus Chat', logo: { type: 'image/png', sizes: '256x256' } });
  expect(icons).toEqual([{ src: '/logo', sizes: '256x256', type: 'image/png' }]);
});
