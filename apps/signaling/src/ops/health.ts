import { Hono } from 'hono';

/** `/health` (the process answers) and `/ready` (it can pair people). For load balancers. */
export function healthRoutes(ready: () => Promise<boolean>): Hono {
  const app = new Hono();
  app.get('/health', (context) => context.text('ok'));
  app.get('/ready', async (context) =>
    (await ready()) ? context.text('ready') : context.text('not ready', 503),
  );
  return app;
}
