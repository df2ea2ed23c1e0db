import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './run.ts';
import { ensureWebBuild } from './web-build.ts';

// What a page makes a browser load before it can be used, in bytes after gzip, against what it may. It is read
// from the build's manifest: all that is imported without a click, and the words of the largest language.
// What only some people need (Firebase) is imported later and does not count.

const LAYOUT = 'src/routes/+layout.svelte';
const BUDGETS = [
  {
    page: 'landing',
    parts: ['site'],
    components: [LAYOUT, 'src/routes/+page.svelte'],
    js: 50_000,
    css: 12_000,
  },
  {
    page: 'session',
    parts: ['site', 'session'],
    components: [LAYOUT, 'src/routes/(session)/chat/+page.svelte'],
    js: 130_000,
    css: 20_000,
  },
] as const;

/** An entry of Vite's manifest. */
interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

const KIT = join(root, 'apps/web/.svelte-kit');
const NODES = 'generated/build/client-optimized/nodes';

await ensureWebBuild();
const manifest = JSON.parse(await readFile(join(KIT, 'output/client/.vite/manifest.json'), 'utf8')) as Record<
  string,
  Chunk
>;

function chunk(key: string): Chunk {
  const found = manifest[key];
  if (!found) throw new Error(`the build has no ${key}`);
  return found;
}

/** Keys of SvelteKit's own entries, which every page has. */
const RUNTIME = Object.keys(manifest).filter((key) =>
  /client-optimized\/app\.js$|runtime\/client\/(entry|client-entry)\.js$/.test(key),
);
if (RUNTIME.length !== 3) throw new Error('the build is not what this script knows');

/** SvelteKit's node of each component that is a layout or a page. */
const nodeOf = new Map<string, string>();
for (const file of await readdir(join(KIT, NODES))) {
  const source = await readFile(join(KIT, NODES, file), 'utf8');
  const [, component] = /component } from "(?:\.\.\/)*([^"]+)"/.exec(source) ?? [];
  if (component) nodeOf.set(component, `.svelte-kit/${NODES}/${file}`);
}

/** All that these entries import, and they themselves. */
function closure(keys: readonly string[], seen = new Set<string>()): Set<string> {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    closure(chunk(key).imports ?? [], seen);
  }
  return seen;
}

async function weigh(files: Iterable<string>): Promise<number> {
  let bytes = 0;
  for (const file of new Set(files)) {
    bytes += gzipSync(await readFile(join(KIT, 'output/client', file)), { level: 9 }).length;
  }
  return bytes;
}

/** The words of one part of the site, in the language that has most of them. */
async function heaviestWords(part: string): Promise<string> {
  const keys = Object.keys(manifest).filter((key) => key.endsWith(`.ts?${part}`));
  const weighed = await Promise.all(
    keys.map(async (key) => ({ key, bytes: await weigh([chunk(key).file]) })),
  );
  const [heaviest] = weighed.toSorted((one, other) => other.bytes - one.bytes);
  if (!heaviest) throw new Error(`the build has no words of the part ${part}`);
  return heaviest.key;
}

for (const { page, parts, components, js, css } of BUDGETS) {
  const nodes = components.map((component) => {
    const node = nodeOf.get(component);
    if (!node) throw new Error(`the build has no ${component}`);
    return node;
  });
  const words = await Promise.all(parts.map(heaviestWords));
  const keys = [...closure([...RUNTIME, ...nodes, ...words])];
  const found = {
    js: await weigh(keys.map((key) => chunk(key).file)),
    css: await weigh(keys.flatMap((key) => chunk(key).css ?? [])),
  };
  console.log(`${page}: ${found.js} of ${js} bytes of JavaScript, ${found.css} of ${css} of CSS, after gzip`);
  if (found.js > js || found.css > css) {
    console.error(`the ${page} page is too heavy`);
    process.exitCode = 1;
  }
}
