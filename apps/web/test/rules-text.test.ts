import { expect, test } from 'vitest';
import { parseRules } from '../src/lib/rules-text.ts';

const run = (text: string, strong = false) => ({ text, strong });

test('[U67] paragraphs, headings, lists and strong text', () => {
  const text =
    '# House rules\r\n\r\nBe **kind**,\nalways.\n\n- one\n- two\n  and more\n1. first\n2) **second**\n';
  expect(parseRules(text)).toEqual([
    { kind: 'heading', runs: [run('House rules')] },
    { kind: 'paragraph', runs: [run('Be '), run('kind', true), run(', always.')] },
    { kind: 'unordered', items: [[run('one')], [run('two and more')]] },
    { kind: 'ordered', items: [[run('first')], [run('second', true)]] },
  ]);
});

test('[U67] a heading and a list end the paragraph above them', () => {
  expect(parseRules('a\n## b\nc\n- d').map(({ kind }) => kind)).toEqual([
    'paragraph',
    'heading',
    'paragraph',
    'unordered',
  ]);
});

test.each(['<script>alert(1)</script>', '[link](javascript:alert(1))', '#no heading', '2.5 people', '** **'])(
  '[U67] %j is text',
  (text) => {
    expect(parseRules(text)).toEqual([{ kind: 'paragraph', runs: expect.any(Array) }]);
    const [block] = parseRules(text);
    const runs = block && 'runs' in block ? block.runs : [];
    expect(runs.map((part) => part.text).join('')).toBe(text.replaceAll('**', ''));
  },
);

test('[U67] nothing is made of nothing, and much in no time', () => {
  expect(parseRules(' \n\n \t\n')).toEqual([]);
  // Quadratic in the length it would take minutes.
  expect(parseRules('** '.repeat(20_000)).length).toBe(1);
  expect(parseRules('\n \t'.repeat(20_000))).toEqual([]);
});
