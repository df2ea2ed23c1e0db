import { error } from '@sveltejs/kit';
import { LOGO_FILE } from '$app/env/private';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = () => {
  if (!LOGO_FILE) error(404);
  return new Response(LOGO_FILE.bytes, {
    headers: {
      'content-type': LOGO_FILE.type,
      'cache-control': 'max-age=300',
      // An SVG opened by itself is a page of ours: nothing in it may run.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    },
  });
};
