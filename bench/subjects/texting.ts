import { type Cost, type Rate, contest } from '../contest.ts';
import { chatContestant } from '../contestants.ts';
import { median, ratioOf } from '../measure.ts';
import { type Row, atMost } from '../report.ts';
import { type Scale, shareOf } from '../scale.ts';

const COUNT = 2_000;
const RUN_MS = 3_000;

/** S8: what a text costs the server and how long it takes to its reader; each pair says something once a second. */
export async function texting(scale: Scale): Promise<Row[]> {
  const count = shareOf(COUNT, scale);
  const rate: Rate = { perSecond: count / 2, ms: RUN_MS };
  const crowd = { count, dialect: 'own' as const, seed: scale.seed };
  const costs = await contest(
    {
      ours: () => chatContestant('ours', 'talk', crowd),
      floor: () => chatContestant('floor', 'talk', crowd),
    },
    { runs: scale.runs, warmUps: scale.warmUps, warmUp: rate, rate: () => rate },
  );
  const row = (what: string, unit: string, of: (cost: Cost) => number): Row => {
    const ratio = ratioOf(costs.ours.map(of), costs.floor.map(of));
    return {
      id: 'S8',
      what,
      at: `${count / 2} pairs, 1/s each`,
      unit,
      ours: median(costs.ours.map(of)),
      floor: median(costs.floor.map(of)),
      ratio,
      bars: [atMost(ratio, 1.3, 'floor')],
    };
  };
  return [
    row('CPU a text', 'µs', ({ cpu }) => cpu),
    row('sender -> receiver, p50', 'ms', ({ p50 }) => p50),
    row('sender -> receiver, p99', 'ms', ({ p99 }) => p99),
  ];
}
