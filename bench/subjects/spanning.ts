import { type Rate, contest, cpuOf } from '../contest.ts';
import { chatContestant, nodesContestant } from '../contestants.ts';
import { median, ratioOf } from '../measure.ts';
import { type Row, atMost } from '../report.ts';
import { type Scale, shareOf } from '../scale.ts';

const COUNT = 2_000;
const RATE: Rate = { perSecond: 500, ms: 3_000 };
const WARM_UP: Rate = { perSecond: 1_000, ms: 2_000 };

const NODES = { one: 'one node', two: 'two nodes' } as const;

/** S7: what a pair costs where nodes share a Redis, all of them and Redis together, beside one node by itself. */
export async function spanning(scale: Scale): Promise<Row[]> {
  const count = shareOf(COUNT, scale);
  const crowd = { count, dialect: 'own' as const, seed: scale.seed };
  const costs = await contest(
    {
      memory: () => chatContestant('ours', 'skip', crowd),
      one: () => nodesContestant(1, 'skip', crowd),
      two: () => nodesContestant(2, 'skip', crowd),
    },
    { runs: scale.runs, warmUps: scale.warmUps, warmUp: WARM_UP, rate: () => RATE },
  );
  return (['one', 'two'] as const).map((name) => {
    const ratio = ratioOf(cpuOf(costs[name]), cpuOf(costs.memory));
    return {
      id: 'S7',
      what: `CPU a pair over Redis, ${NODES[name]}`,
      at: `${count} clients, ${RATE.perSecond}/s`,
      unit: 'µs',
      ours: median(cpuOf(costs[name])),
      others: [
        { name: 'in memory', value: median(cpuOf(costs.memory)) },
        { name: 'of it Redis', value: median(costs[name].map(({ redis }) => redis)) },
      ],
      ratio,
      bars: [atMost(ratio, 2.5, 'in memory')],
    };
  });
}
