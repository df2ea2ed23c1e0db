import { type Rate, contest, cpuOf } from '../contest.ts';
import { chatContestant, relayContestant } from '../contestants.ts';
import { median, ratioOf } from '../measure.ts';
import { type Row, atMost } from '../report.ts';
import { type Scale, shareOf } from '../scale.ts';

const COUNT = 2_000;
const RATE: Rate = { perSecond: 3_000, ms: 2_000 };

/** S2: what an offer or a candidate costs the server that relays it. */
export async function relaying(scale: Scale): Promise<Row[]> {
  const count = shareOf(COUNT, scale);
  const crowd = { count, seed: scale.seed };
  const own = { ...crowd, dialect: 'own' as const };
  const plain = { ...crowd, dialect: 'plain' as const };
  const costs = await contest(
    {
      own: () => chatContestant('ours', 'signal', own),
      ownFloor: () => chatContestant('floor', 'signal', own),
      plain: () => chatContestant('ours', 'signal', plain),
      plainFloor: () => chatContestant('floor', 'signal', plain),
      peer: () => relayContestant('peer', crowd),
      ws: () => relayContestant('ws', crowd),
    },
    { runs: scale.runs, warmUps: scale.warmUps, warmUp: RATE, rate: () => RATE },
  );
  const figure = (name: keyof typeof costs) => median(cpuOf(costs[name]));
  return (['own', 'plain'] as const).map((dialect) => {
    const ratio = ratioOf(cpuOf(costs[dialect]), cpuOf(costs[`${dialect}Floor`]));
    const toRival = ratioOf(cpuOf(costs[dialect]), cpuOf(costs.peer));
    return {
      id: 'S2',
      what: `CPU a signal, ${dialect} client`,
      at: `${count} clients, ${RATE.perSecond}/s`,
      unit: 'µs',
      ours: figure(dialect),
      floor: figure(`${dialect}Floor`),
      others: [
        { name: 'peer', value: figure('peer') },
        { name: 'ws', value: figure('ws') },
      ],
      ratio,
      bars: [atMost(ratio, 1.25, 'floor'), { text: '< peer', met: toRival < 1 }],
    };
  });
}
