import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLogo, readRules } from '../src/lib/operator-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'passerby-'));
function file(content: string | Buffer): string {
  const path = join(folder, `file-${Math.random()}`);
  writeFileSync(path, content);
  return path;
}
const icon = new URL('../static/icon-192.png', import.meta.url).pathname;
const drawing = new URL('../static/favicon.svg', import.meta.url).pathname;

test('[F9] without a file our own logo and rules are shown', () => {
  for (const path of [undefined, '', '  ']) {
    expect(readLogo(path)).toBeUndefined();
    expect(readRules(path)).toBeUndefined();
  }
});

test('[F9] a logo is an SVG or a PNG, by what is in it', () => {
  expect(readLogo(icon)).toMatchObject({ type: 'image/png', sizes: '192x192' });
  expect(readLogo(drawing)).toMatchObject({ type: 'image/svg+xml', sizes: 'any' });
  expect(readLogo(file('<?xml version="1.0"?>\n<!-- ours -->\n<svg/>'))?.type).toBe('image/svg+xml');
  const drawn = (before: string) =>
    readLogo(file(`${before}<svg xmlns="http://www.w3.org/2000/svg"/>`))?.type;
  const documentType = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/TR/svg11.dtd">';
  for (const before of [
    `\uFEFF<?xml version="1.0"?>\n<!-- drawn > by -->\n\n<!-- hand -->${documentType}\n<!-- <html> -->\n`,
    documentType,
    '<!DOCTYPE svg [\n\t<!ENTITY ns_svg "http://www.w3.org/2000/svg">\n]>',
    '<!-- a -->'.repeat(20_000),
  ]) {
    expect(drawn(before)).toBe('image/svg+xml');
  }
  for (const before of [
    '<!DOCTYPE html>',
    '<!DOCTYPE svgs>',
    documentType + documentType,
    '<script/>',
    'text',
    `${'<!-- a -->'.repeat(20_000)}<!--`,
  ]) {
    expect(() => drawn(before), before.slice(0, 60)).toThrow('SVG or PNG');
  }
  for (const content of ['', 'GIF89a', '<html><svg></svg></html>', Buffer.from('89504e470d0a1a0a', 'hex')]) {
    expect(() => readLogo(file(content))).toThrow('SVG or PNG');
  }
});

test('[F9] what cannot be read or is too large is refused with its path', () => {
  const missing = join(folder, 'missing');
  expect(() => readLogo(missing)).toThrow(missing);
  expect(() => readRules(folder)).toThrow('EISDIR');
  expect(() => readRules(file(Buffer.alloc(65_537, 'a')))).toThrow('more than 65536 bytes');
  expect(() => readRules(file(' \n'))).toThrow('without any text');
});
