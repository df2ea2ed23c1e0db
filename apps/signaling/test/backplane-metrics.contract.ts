import { expect, test } from 'vitest';
import { TestMetrics } from './support/metrics.ts';
import { type CreateSubject, stage } from './support/stage.ts';

/** What operators are told of matches. `stored`: there is a store behind it, whose answers are timed. */
export function metricsRules(create: CreateSubject, { stored }: { stored: boolean }): void {
  test('[G3] a match is counted once, with how long each of the two had waited', async () => {
    const metrics = new TestMetrics();
    const { enter, pass } = await stage(create, { metrics });
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await ann.find({ mode: 'voice' });
    await pass(7_000, ann, bob);
    expect(metrics.of('matched')).toEqual([]);
    await bob.find({ mode: 'voice' });
    const [[mode, waitedMs] = [], ...more] = metrics.of('matched');
    expect(more).toEqual([]);
    expect(mode).toBe('voice');
    expect([...(waitedMs as number[])].sort()).toEqual([0, 7_000]);
  });

  test('[G3] the end of a match is counted once, with what the one who stays is told', async () => {
    const metrics = new TestMetrics();
    const { backplane, enter, meet, advance } = await stage(create, { metrics });
    const [ann, bob, cid, dan] = [
      await enter('ann'),
      await enter('bob'),
      await enter('cid'),
      await enter('dan'),
    ];
    await ann.skip(await meet(ann, bob), 'failed');
    await backplane.end(ann.id, 'left');
    await meet(cid, bob, { mode: 'text' });
    await backplane.end(cid.id, 'left');
    await backplane.end(cid.id, 'left');
    const last = await meet(dan, bob);
    await advance(14_000);
    await backplane.renew(dan.id);
    await advance(14_000);
    // A failure is not believed of a match so old.
    await dan.skip(last, 'failed');
    expect(metrics.of('matchEnded')).toEqual([
      ['video', 'failed'],
      ['text', 'left'],
      ['video', 'skipped'],
    ]);
    expect(metrics.of('matched')).toHaveLength(3);
  });

  test('[G7] a store behind it is timed, each answer once', async () => {
    const metrics = new TestMetrics();
    const { backplane } = await stage(create, { metrics });
    await backplane.count();
    await backplane.count();
    expect(metrics.of('storeAnswered')).toEqual(
      stored ? Array.from({ length: 2 }, () => [expect.any(Number), true]) : [],
    );
  });
}
