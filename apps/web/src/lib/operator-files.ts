import { readFileSync } from 'node:fs';
import { parseRules, type Block } from './rules-text.ts';

// Files that an operator names, read once, when the server starts. Validators of src/env.ts: each throws a
// sentence for the operator. On the server alone.

const LOGO_BYTES_MAX = 262_144;
const RULES_BYTES_MAX = 65_536;
const PNG_SIGNATURE = '89504e470d0a1a0a';
/** Where a PNG says its width and its height, each in four bytes. */
const PNG_SIZE_AT = { width: 16, height: 20 };

// As XML has it, and nothing else before the drawing. Each character can be read in one way only, so a file
// that is none is refused at once.
const XML_DECLARATION = String.raw`<\?xml\s[^>]*>`;
const GAP = String.raw`(?:\s|<!--(?:(?!-->)[^])*-->)*`;
/** With the entities that some programs declare in it. */
const DOCUMENT_TYPE = String.raw`<!DOCTYPE\s+svg(?=[\s>[])[^>[]*(?:\[[^\]]*\]\s*)?>`;
const SVG_START = new RegExp(`^(?:\\s*${XML_DECLARATION})?${GAP}(?:${DOCUMENT_TYPE}${GAP})?<svg[\\s/>]`);

export interface LogoFile {
  type: 'image/svg+xml' | 'image/png';
  bytes: Buffer<ArrayBuffer>;
  /** As a web app manifest wants it: `any`, or width x height in pixels. */
  sizes: string;
}

/** Undefined: none is named, and our own is shown. */
export function readLogo(path: string | undefined): LogoFile | undefined {
  const bytes = read(path, LOGO_BYTES_MAX);
  if (!bytes) return undefined;
  if (bytes.subarray(0, 8).toString('hex') === PNG_SIGNATURE && bytes.length > PNG_SIZE_AT.height + 4) {
    const [width, height] = [bytes.readUInt32BE(PNG_SIZE_AT.width), bytes.readUInt32BE(PNG_SIZE_AT.height)];
    return { type: 'image/png', bytes, sizes: `${width}x${height}` };
  }
  if (SVG_START.test(bytes.toString('utf8'))) {
    return { type: 'image/svg+xml', bytes, sizes: 'any' };
  }
  throw new Error('must be an SVG or PNG file');
}

/** Undefined: none is named, and our own rules are shown. */
export function readRules(path: string | undefined): readonly Block[] | undefined {
  const bytes = read(path, RULES_BYTES_MAX);
  if (!bytes) return undefined;
  const blocks = parseRules(bytes.toString('utf8'));
  if (blocks.length === 0) throw new Error('names a file without any text');
  return blocks;
}

function read(path: string | undefined, bytesMax: number): Buffer<ArrayBuffer> | undefined {
  const name = path?.trim();
  if (!name) return undefined;
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = readFileSync(name);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Error(`names a file that cannot be read (${code}): ${name}`, { cause: error });
  }
  if (bytes.length > bytesMax) throw new Error(`names a file of more than ${bytesMax} bytes: ${name}`);
  return bytes;
}
