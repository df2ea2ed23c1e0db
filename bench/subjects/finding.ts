import { type Cost, type Rate, contest } from '../contest.ts';
import { chatContestant } from '../contestants.ts';
import { median, ratioOf } from '../measure.ts';
import { type Row, atMost } from '../report.ts';
import { type Scale, shareOf } from '../scale.ts';

const COUNT = 2_000;
const WARM_UP: Rate = { perSecond: 1_000, ms: 2_000 };
const RUN_MS = 3_000;

/** What saturates a server is what takes all the time of one core; so much of that is asked for. */
const SHARE_OF_SATURATION = 0.5;

/** S3: how long a find takes that finds somebody, until both are told, at half of what our server could do. */
export async function finding(scale: Scale): Promise<Row[]> {
  const count = shareOf(COUNT, scale);
  const crowd = { count, dialect: 'own' as const, seed: scale.seed };
  let perSecond = 0;
  const costs = await contest(
    {
      ours: () => chatContestant('ours', 'skip', crowd),
      floor: () => chatContestant('floor', 'skip', crowd),
    },
    {
      runs: scale.runs,
      warmUps: scale.warmUps,
      warmUp: WARM_UP,
      rate({ ours }) {
        perSecond = Math.round((SHARE_OF_SATURATION * 1_000_000) / ours.cpu);
        return { perSecond, ms: RUN_MS };
      },
    },
  );
  return (['p50', 'p99'] as const).map((share) => {
    const of = (name: keyof typeof costs) => costs[name].map((cost: Cost) => cost[share]);
    const ratio = ratioOf(of('ours'), of('floor'));
    return {
      id: 'S3',
      what: `find -> both matched, ${share}`,
      at: `${count} clients, ${perSecond}/s`,
      unit: 'ms',
      ours: median(of('ours')),
      floor: median(of('floor')),
      ratio,
      bars: share === 'p99' ? [atMost(ratio, 1.5, 'floor')] : [],
    };
  });
}
