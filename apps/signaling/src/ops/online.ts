import { Hono } from 'hono';
import type { Counts, Mode } from '../core/types.ts';

/** `/api/online`: how many sessions there are, and how many of them wait or talk in each mode. */
export function onlineRoute(count: () => Promise<Counts>): Hono {
  return new Hono().get('/api/online', async (context) => {
    const { online, waiting, matched } = await count();
    const modes = Object.keys(waiting) as Mode[];
    const byMode = Object.fromEntries(modes.map((mode) => [mode, waiting[mode] + matched[mode]]));
    return context.json({ online, ...byMode }, 200, { 'cache-control': 'no-store' });
  });
}
