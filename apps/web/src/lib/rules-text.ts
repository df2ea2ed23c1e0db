/** A run of text; `strong` where it is emphasised. */
export interface Run {
  text: string;
  strong: boolean;
}

/** A part of an operator's rules, ready to be shown as text. */
export type Block =
  | { kind: 'heading' | 'paragraph'; runs: readonly Run[] }
  | { kind: 'ordered' | 'unordered'; items: readonly (readonly Run[])[] };

const ITEM = /^(?:([-*])|\d{1,3}[.)])\s+/;

/**
 * Plain paragraphs, headings (`# `), lists (`- `, `1. `) and `**strong**`: that much of Markdown. Everything
 * else, links and HTML too, is text. Blank lines part paragraphs; a line break within one does not.
 */
export function parseRules(text: string): Block[] {
  return text
    .replaceAll('\r', '')
    .split(/\n(?:[ \t]*\n)+/)
    .flatMap((part) => blocksOf(part.split('\n').map((line) => line.trim())));
}

/** The blocks of lines without a blank one among them. */
function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let items: { kind: 'ordered' | 'unordered'; texts: string[] } | undefined;

  const close = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', runs: runsOf(paragraph.join(' ')) });
    if (items) blocks.push({ kind: items.kind, items: items.texts.map(runsOf) });
    paragraph = [];
    items = undefined;
  };

  for (const line of lines) {
    const heading = /^#{1,6}\s+(.+)$/.exec(line);
    const item = ITEM.exec(line);
    if (line === '') continue;
    if (heading) {
      close();
      blocks.push({ kind: 'heading', runs: runsOf(heading[1] ?? '') });
    } else if (item) {
      const kind = item[1] === undefined ? 'ordered' : 'unordered';
      if (items?.kind !== kind) {
        close();
        items = { kind, texts: [] };
      }
      items.texts.push(line.slice(item[0].length));
    } else if (items) {
      // A line that goes on with the item above it.
      items.texts.push(`${items.texts.pop() ?? ''} ${line}`);
    } else {
      paragraph.push(line);
    }
  }
  close();
  return blocks;
}

function runsOf(text: string): Run[] {
  return text
    .split(/\*\*(.+?)\*\*/)
    .map((part, index) => ({ text: part, strong: index % 2 === 1 }))
    .filter((run) => run.text !== '');
}
