import { setTimeout as sleep } from 'node:timers/promises';
import { type ChatServerName, doorContestant } from '../contestants.ts';
import { median, ratioOf, takeTurns } from '../measure.ts';
import { type Row, atMost } from '../report.ts';
import { type Scale, shareOf } from '../scale.ts';
import type { Memory } from '../servers/measured.ts';
import { guestPasses } from '../tokens.ts';

const COUNT = 8_000;
const RUNS = 3;
/** Everybody has been asked for a sign of life by then. */
const SETTLED_MS = 9_000;
const KIB_MAX = 26;

/** S4: what a session holds that is signed in and does nothing, connection included. */
export async function idling(scale: Scale): Promise<Row[]> {
  const count = shareOf(COUNT, scale);
  const tokens = await guestPasses(count);
  const memories = await takeTurns(['ours', 'floor'], RUNS, (name) => memoryOf(name, tokens));
  return (['held', 'resident'] as const).map((kind) => {
    const of = (name: keyof typeof memories) => memories[name].map((memory) => memory[kind] / 1_024);
    const ours = median(of('ours'));
    const ratio = ratioOf(of('ours'), of('floor'));
    return {
      id: 'S4',
      what: `memory an idle session, ${kind}`,
      at: `${count} sessions`,
      unit: 'KiB',
      ours,
      floor: median(of('floor')),
      ratio,
      bars: [atMost(ratio, 1.5, 'floor'), { text: `<= ${KIB_MAX} KiB`, met: ours <= KIB_MAX }],
    };
  });
}

/** Bytes for each session. */
async function memoryOf(name: ChatServerName, tokens: string[]): Promise<Memory> {
  const contestant = await doorContestant(name, tokens);
  try {
    const before = await contestant.server.ask('memory');
    await contestant.run();
    await sleep(SETTLED_MS);
    const after = await contestant.server.ask('memory');
    const each = (kind: keyof Memory) => (after[kind] - before[kind]) / tokens.length;
    return { held: each('held'), resident: each('resident') };
  } finally {
    await contestant.close();
  }
}
