/** A figure beside ours. */
export interface Other {
  name: string;
  value: number;
}

/** What a figure has to stay within. */
export interface Bar {
  /** As in the table: `<= 1.25 x floor`. */
  text: string;
  met: boolean;
}

/** One line of the table. */
export interface Row {
  /** Of the subject, S1 … */
  id: string;
  what: string;
  /** Of what size and at what rate. */
  at: string;
  unit: string;
  ours: number;
  floor?: number;
  others?: readonly Other[];
  /** Ours by the floor's, or by what `what` says. */
  ratio?: number;
  bars: readonly Bar[];
}

const HEADERS = ['id', 'what', 'at', 'ours', 'floor', 'others', 'ratio', 'bar', 'met'];

export function isMet({ bars }: Row): boolean {
  return bars.every(({ met }) => met);
}

/** The table as Markdown, which a terminal can show as well. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [HEADERS, ...rows.map(cellsOf)];
  const widths = HEADERS.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function cellsOf(row: Row): string[] {
  const { id, what, at, unit, ours, floor, others = [], ratio, bars } = row;
  return [
    id,
    what,
    at,
    `${figure(ours)} ${unit}`,
    floor === undefined ? '' : figure(floor),
    others.map(({ name, value }) => `${name} ${figure(value)}`).join(', '),
    ratio === undefined ? '' : ratio.toFixed(2),
    bars.map(({ text }) => text).join(', '),
    bars.length === 0 ? '' : isMet(row) ? 'yes' : 'no',
  ];
}

/** Three digits say enough. */
function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

export function atMost(ratio: number, most: number, of: string): Bar {
  return { text: `<= ${most} x ${of}`, met: ratio <= most };
}
