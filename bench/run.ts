import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { machine } from './machine.ts';
import { type Row, isMet, tableOf } from './report.ts';
import { FULL, QUICK, type Scale } from './scale.ts';
import { connecting } from './subjects/connecting.ts';
import { finding } from './subjects/finding.ts';
import { idling } from './subjects/idling.ts';
import { matching } from './subjects/matching.ts';
import { pairing } from './subjects/pairing.ts';
import { relaying } from './subjects/relaying.ts';
import { sharing } from './subjects/sharing.ts';
import { spanning } from './subjects/spanning.ts';
import { texting } from './subjects/texting.ts';

// How fast it is, beside the least that such a server can do: `node bench/run.ts [--quick] [S1 S4 …]`.
// Prints a table; a whole run of full size also writes it into results.md. Fails where a bar is missed.

const SUBJECTS: Record<string, (scale: Scale) => Promise<Row[]>> = {
  S1: pairing,
  S2: relaying,
  S3: finding,
  S4: idling,
  S5: connecting,
  S6: matching,
  S7: async (scale) => [...(await sharing(scale)), ...(await spanning(scale))],
  S8: texting,
};

const RESULTS = new URL('./results.md', import.meta.url);

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
for (const id of positionals) if (!(id in SUBJECTS)) throw new Error(`there is no subject ${id}`);
const scale = values.quick ? QUICK : FULL;
const chosen = Object.entries(SUBJECTS).filter(
  ([id]) => positionals.length === 0 || positionals.includes(id),
);

const rows: Row[] = [];
for (const [id, measure] of chosen) {
  const started = performance.now();
  rows.push(...(await measure(scale)));
  console.error(`${id} took ${Math.round((performance.now() - started) / 1_000)} s`);
  // Each time: it takes long, and what is known is known.
  if (!values.quick && positionals.length === 0) await writeFile(RESULTS, await page(tableOf(rows)));
}

console.log(tableOf(rows));
process.exitCode = rows.every(isMet) ? 0 : 1;

async function page(body: string): Promise<string> {
  const facts = [
    ...(await machine()),
    `Medians of ${scale.runs} runs (S4: 3) that took turns on one machine; a ratio is the median of the turns' ratios. Seed ${scale.seed}.`,
    new Date().toISOString().slice(0, 10),
  ];
  return [
    '# Results of the bench',
    '',
    'Written by `pnpm bench`; [README.md](README.md) says what is measured and how.',
    '',
    ...facts.map((fact) => `- ${fact}`),
    '',
    body,
    '',
  ].join('\n');
}
