import type { Page } from 'playwright/test';

/** How it goes with the tokens of a page. */
export interface Tokens {
  /** When each that Firebase gave ends, in milliseconds since 1970. */
  readonly ends: readonly number[];
  /** How many the server has taken for an older one, over the line of a session. */
  readonly renewed: number;
}

/** From now on Firebase's tokens for this page end so many seconds after they were given. The emulator signs none. */
export async function endsAfter(page: Page, seconds: number): Promise<Tokens> {
  const ends: number[] = [];
  const asked = new Set<string>();
  let renewed = 0;

  const shorten = (token: string): string => {
    const [header, payload = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const exp = Math.floor(Date.now() / 1_000) + seconds;
    ends.push(exp * 1_000);
    return `${header}.${Buffer.from(JSON.stringify({ ...claims, exp })).toString('base64url')}.`;
  };

  await page.route(/accounts:signUp|securetoken.*\/token/, async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as Record<string, string>;
    // One token, by whichever of its names, and in how many seconds it ends.
    const given = answer['idToken'] ?? answer['id_token'];
    if (given === undefined) return route.fulfill({ response });
    const token = shorten(given);
    for (const name of ['idToken', 'id_token', 'access_token']) if (name in answer) answer[name] = token;
    for (const name of ['expiresIn', 'expires_in']) if (name in answer) answer[name] = String(seconds);
    return route.fulfill({ response, json: answer });
  });
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const [, id] = /^42(\d+)\["session:renew-token"/.exec(String(payload)) ?? [];
      if (id !== undefined) asked.add(id);
    });
    socket.on('framereceived', ({ payload }) => {
      const [, id = '', ok] = /^43(\d+)\[\{("ok":true)?/.exec(String(payload)) ?? [];
      if (asked.delete(id) && ok) renewed += 1;
    });
  });
  return {
    ends,
    get renewed() {
      return renewed;
    },
  };
}
