import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = new URL('../src', import.meta.url).pathname;

test('[U37] S05 no component makes HTML of anything', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  const components = files.filter((file) => /\.(svelte|ts)$/.test(file));
  expect(components).toContain(join('lib', 'components', 'ChatLine.svelte'));
  const makers = /\{@html|innerHTML|outerHTML|insertAdjacentHTML|DOMParser|createContextualFragment/;
  expect(components.filter((file) => makers.test(readFileSync(join(SOURCES, file), 'utf8')))).toEqual([]);
});
