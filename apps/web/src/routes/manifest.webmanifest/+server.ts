import { LOGO_FILE } from '$app/env/private';
import { PUBLIC_APP_NAME } from '$app/env/public';
import { webManifest } from '#lib/web-manifest.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = () =>
  new Response(JSON.stringify(webManifest({ name: PUBLIC_APP_NAME, logo: LOGO_FILE })), {
    headers: { 'content-type': 'application/manifest+json', 'cache-control': 'no-cache' },
  });
