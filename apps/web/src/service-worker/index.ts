import { self } from '$app/service-worker';

// Keeps one page, which says that there is no connection, and what it is painted with. Nothing of a session,
// nor of any other page, ever goes into its cache.

const CACHE = 'offline';
const OFFLINE_PAGE = '/offline';

/** The offline page and its style sheets, fresh from the server. */
async function keepOfflinePage(): Promise<void> {
  const page = await fetch(OFFLINE_PAGE, { cache: 'reload' });
  if (!page.ok) throw new Error(`the offline page answered ${page.status}`);
  const html = await page.clone().text();
  const styles = [...html.matchAll(/href="([^"]+\.css)"/g)].map(
    ([, path = '']) => new URL(path, page.url).href,
  );
  const cache = await caches.open(CACHE);
  // All or none: until everything new is here, the worker before this one keeps what it has.
  await cache.addAll(styles);
  await cache.put(OFFLINE_PAGE, page);
  const fresh = new Set([...styles, new URL(OFFLINE_PAGE, self.location.href).href]);
  const stale = (await cache.keys()).filter(({ url }) => !fresh.has(url));
  await Promise.all(stale.map((request) => cache.delete(request)));
}

async function fromNetworkOr(request: Request, kept: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await caches.match(kept);
    if (answer) return answer;
    throw error;
  }
}

self.addEventListener('install', (event) => event.waitUntil(keepOfflinePage()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode === 'navigate') event.respondWith(fromNetworkOr(request, OFFLINE_PAGE));
  else if (request.destination === 'style') event.respondWith(fromNetworkOr(request, request.url));
});
