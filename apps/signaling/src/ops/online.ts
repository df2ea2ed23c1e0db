import { Hono } from 'hono';
import type { Counts, Mode } from '../core/types.ts';

/**
 * `/api/online`: how many sessions there are, and how many of them wait or talk in each mode. `shown`
 * says whether pages tell it: a small number would keep people away. The numbers are true either way.
 */
export function onlineRoute(count: () => Promise<Counts>, countMin: number): Hono {
  return new Hono().get('/api/online', async (context) => {
    const { online, waiting, matched } = await count();
    const modes = Object.keys(waiting) as Mode[];
    const byMode = Object.fromEntries(modes.map((mode) => [mode, waiting[mode] + matched[mode]]));
    return context.json({ online, shown: online >= countMin, ...byMode }, 200, {
      'cache-control': 'no-store',
    });
  });
}
