import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

const SOURCES = new URL('../src', import.meta.url).pathname;

function sources(ending: RegExp): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => ending.test(file));
}

/** A node of the syntax tree, of which more is known when it is asked. */
interface Node {
  type: string;
  [name: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function nodesIn(value: unknown): Node[] {
  return (Array.isArray(value) ? value : [value]).filter(isNode);
}

/** What a reader meets as words. */
const READ = /^(aria-label|aria-description|aria-roledescription|title|placeholder|alt|content|label)$/;

/** Texts in the markup of a component, and in the attributes that are read, which no language can change. */
function wordsIn(component: string): string[] {
  const words: string[] = [];
  const look = (text: unknown): void => {
    if (typeof text === 'string' && /\p{L}/u.test(text)) words.push(text.trim());
  };
  /** An expression where it becomes text: what is compared, called or looked up does not. */
  const expression = ({ type, ...node }: Node): void => {
    if (type === 'Literal') look(node['value']);
    if (type === 'TemplateLiteral') {
      for (const quasi of nodesIn(node['quasis'])) look((quasi['value'] as { cooked?: string }).cooked);
    }
    const parts = {
      ConditionalExpression: ['consequent', 'alternate'],
      LogicalExpression: ['left', 'right'],
      TemplateLiteral: ['expressions'],
    }[type];
    for (const part of parts ?? []) nodesIn(node[part]).forEach(expression);
  };
  const value = (node: Node): void => {
    if (node.type === 'Text') look(node['data']);
    if (node.type === 'ExpressionTag') nodesIn(node['expression']).forEach(expression);
  };
  const walk = (node: Node): void => {
    value(node);
    for (const attribute of nodesIn(node['attributes'])) {
      if (attribute.type === 'Attribute' && READ.test(String(attribute['name']))) {
        nodesIn(attribute['value']).forEach(value);
      }
    }
    for (const part of [
      'fragment',
      'nodes',
      'body',
      'fallback',
      'consequent',
      'alternate',
      'pending',
      'then',
    ]) {
      nodesIn(node[part]).forEach(walk);
    }
  };
  walk(parse(component, { modern: true }).fragment as unknown as Node);
  return words;
}

test('[U44] I01 no component holds words of its own', () => {
  const components = sources(/\.svelte$/);
  expect(components.length).toBeGreaterThan(30);
  const found = components.flatMap((file) =>
    wordsIn(readFileSync(join(SOURCES, file), 'utf8')).map((words) => `${file}: ${words}`),
  );
  expect(found).toEqual([]);
});

test.each([
  '<p>Hello</p>',
  '{#if a}<b>{#each c as d}<i>Hello</i>{/each}</b>{/if}',
  '{#if a}1{:else}Hello{/if}',
  '<button aria-label="Hello"></button>',
  '<input placeholder={a ? m.b : "Hello"} />',
  '<p>{a ?? "Hello"}</p>',
  '<p title="{a} Hello"></p>',
  '<p>{`${a} Hello`}</p>',
  '{#snippet a()}Hello{/snippet}',
  '<svelte:head><title>Hello</title></svelte:head>',
  '{#key a}Hello{/key}',
  '<A><B>Hello</B></A>',
])('[U44] words are found in %s', (component) => {
  expect(wordsIn(component)).toEqual(['Hello']);
});

test('[U44] what is no word is not taken for one', () => {
  expect(wordsIn('<p class="a" lang={a}>{a === "b" ? m.c : m.d(e("f"))} · 1</p>')).toEqual([]);
});

/** Styles that know left from right. */
const PHYSICAL = [
  /(?<![\w-])(margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right)\b/,
  /(?<![\w-])border-(top|bottom)-(left|right)-radius\b/,
  /(?<![\w-])(left|right)\s*:/,
  /(?<![\w-])(text-align|float|clear|caption-side)\s*:\s*(left|right)\b/,
  /\btranslateX\(/,
];
/** Four values, the second and the fourth of which are not the same. */
const SIDES = /(?<![\w-])(margin|padding|inset|border-width)\s*:\s*([^;}]+)/g;

function physicalIn(style: string): string[] {
  const plain = style.replaceAll(/\/\*[^]*?\*\//g, '');
  const found = PHYSICAL.flatMap((pattern) => pattern.exec(plain)?.[0] ?? []);
  for (const [whole, , values = ''] of plain.matchAll(SIDES)) {
    // Spaces within brackets are no ends of values. The edges of a device are where they are.
    const [, right, , left] = values.trim().split(/\s+(?![^()]*(?:\([^()]*\)[^()]*)*\))/);
    if (right !== left && left !== undefined && !values.includes('safe-area-inset')) found.push(whole);
  }
  return found;
}

function stylesOf(file: string): string {
  const source = readFileSync(join(SOURCES, file), 'utf8');
  return file.endsWith('.css') ? source : (/<style>([^]*)<\/style>/.exec(source)?.[1] ?? '');
}

test('[U45] I01 no style knows left from right', () => {
  const found = sources(/\.(svelte|css)$/).flatMap((file) =>
    physicalIn(stylesOf(file)).map((style) => `${file}: ${style}`),
  );
  expect(found).toEqual([]);
});

test.each([
  'a { margin-left: 1px }',
  'a { left: 0 }',
  'a { text-align: right }',
  'a { border-top-left-radius: 1px }',
  'a { padding: 1px 2px 3px 4px }',
  'a { margin: 0 calc(1px + 2px) 0 calc(1px + (2px * 3)) }',
  'a { transform: translateX(1px) }',
])('[U45] a side is found in %s', (style) => {
  expect(physicalIn(style)).toHaveLength(1);
});

test.each([
  'a { margin: 1px 2px 3px 2px; padding-inline: 1px 2px; text-align: start }',
  'a { margin: calc(1px + 2px) auto 0 }',
  'a { padding: 0 env(safe-area-inset-right) 0 env(safe-area-inset-left) }',
  '/* left: 0 */',
])('[U45] no side is found in %s', (style) => {
  expect(physicalIn(style)).toEqual([]);
});
