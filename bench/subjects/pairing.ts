import { type Rate, contest, cpuOf } from '../contest.ts';
import { chatContestant } from '../contestants.ts';
import type { Dialect } from '../load/chat-client.ts';
import { median, ratioOf } from '../measure.ts';
import { type Row, atMost } from '../report.ts';
import { type Scale, shareOf } from '../scale.ts';

const RATE: Rate = { perSecond: 500, ms: 3_000 };
const WARM_UP: Rate = { perSecond: 1_000, ms: 2_000 };

const SIZES: readonly { count: number; dialect: Dialect }[] = [
  { count: 500, dialect: 'own' },
  { count: 2_000, dialect: 'own' },
  { count: 5_000, dialect: 'own' },
  { count: 2_000, dialect: 'plain' },
];

/** S1: what a pair costs the server, from find to matched on both sides, while people skip one another. */
export async function pairing(scale: Scale): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { dialect, ...size } of SIZES) {
    const count = shareOf(size.count, scale);
    const crowd = { count, dialect, seed: scale.seed };
    const costs = await contest(
      {
        ours: () => chatContestant('ours', 'skip', crowd),
        floor: () => chatContestant('floor', 'skip', crowd),
        naive: () => chatContestant('naive', 'skip', crowd),
      },
      { runs: scale.runs, warmUps: scale.warmUps, warmUp: WARM_UP, rate: () => RATE },
    );
    const ratio = ratioOf(cpuOf(costs.ours), cpuOf(costs.floor));
    rows.push({
      id: 'S1',
      what: `CPU a pair, ${dialect} client`,
      at: `${count} clients, ${RATE.perSecond}/s`,
      unit: 'µs',
      ours: median(cpuOf(costs.ours)),
      floor: median(cpuOf(costs.floor)),
      others: [{ name: 'naive', value: median(cpuOf(costs.naive)) }],
      ratio,
      bars: [atMost(ratio, 1.25, 'floor')],
    });
  }
  return rows;
}
