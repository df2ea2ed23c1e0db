import { Hono } from 'hono';
import type { Counts } from '../core/types.ts';

/** The page at `/` for people who open a server that does not serve the web app. */
export function statusPage(count: () => Promise<Counts>): Hono {
  const app = new Hono();
  app.get('/', async (context) => {
    const { online } = await count();
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return context.html(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Passerby signaling server</title>
<style>
  :root { color-scheme: dark light; font: 1.1rem/1.6 system-ui, sans-serif }
  body { max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem }
</style>
<h1>Passerby</h1>
<p>The signaling server is running. ${online} ${online === 1 ? 'person is' : 'people are'} online.</p>
<p>This address is for the chat's own client; there is nothing more to see here.</p>
</html>
`);
  });
  return app;
}
