import { takeTurns } from './measure.ts';

export interface Rate {
  perSecond: number;
  ms: number;
}

/** What a run did, and how long each thing took from end to end, in milliseconds. */
export interface Done {
  count: number;
  p50: number;
  p99: number;
}

export interface Cost extends Done {
  /** Microseconds of the CPU of all its servers for each thing that was done. */
  cpu: number;
  /** Of those, Redis'; 0 where there is none. */
  redis: number;
}

/** Microseconds of CPU since the start. */
export interface Used {
  servers: number;
  redis: number;
}

/** One or several servers with what loads them. */
export interface Contestant {
  used(): Promise<Used>;
  run(rate: Rate): Promise<Done>;
  /** Puts back what a run changed, at nobody's cost. */
  restore?(): Promise<void>;
  close(): Promise<void>;
}

export interface Rules<Name extends string> {
  runs: number;
  /** How many runs come before anything counts: code is compiled by then. */
  warmUps: number;
  /** Of each of them. */
  warmUp: Rate;
  /** Of the runs that count; may depend on what came out of the last warm-up. */
  rate: (warmUp: Record<Name, Cost>) => Rate;
}

/** Starts the contestants, lets them take turns and closes them. Resolves with what each run cost, in order. */
export async function contest<Name extends string>(
  start: Record<Name, () => Promise<Contestant>>,
  { runs, warmUps, warmUp, rate }: Rules<Name>,
): Promise<Record<Name, Cost[]>> {
  const names = Object.keys(start) as Name[];
  const contestants = new Map<Name, Contestant>();
  const run = async (name: Name, at: Rate): Promise<Cost> => {
    const contestant = contestants.get(name);
    if (!contestant) throw new Error(`${name} was not started`);
    const before = await contestant.used();
    const done = await contestant.run(at);
    const after = await contestant.used();
    await contestant.restore?.();
    const redis = (after.redis - before.redis) / done.count;
    return { ...done, cpu: (after.servers - before.servers) / done.count + redis, redis };
  };
  try {
    for (const name of names) contestants.set(name, await start[name]());
    const warm = await takeTurns(names, warmUps, (name) => run(name, warmUp));
    const lasts = Object.fromEntries(names.map((name) => [name, warm[name].at(-1)])) as Record<Name, Cost>;
    const at = rate(lasts);
    return await takeTurns(names, runs, (name) => run(name, at));
  } finally {
    for (const contestant of contestants.values()) await contestant.close();
  }
}

export function cpuOf(costs: readonly Cost[]): number[] {
  return costs.map(({ cpu }) => cpu);
}
