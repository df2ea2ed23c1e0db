import type { TextStore } from '../storage.ts';
import { AuthError, type AuthClient, type Token } from './auth-client.ts';

export interface GuestParts {
  /** Origin of the signaling server. */
  origin: string;
  fetch: typeof globalThis.fetch;
  /** Belongs to the tab, so that two tabs are two people. */
  store: TextStore;
  /** Milliseconds since 1970. */
  now: () => number;
}

const NAME = 'guest-pass';
/** A pass with less than this left is renewed before it is shown. */
const RENEW_BEFORE_MS = 60_000;

function readPass(text: string | undefined): Token | undefined {
  if (text === undefined) return undefined;
  try {
    const { token, expiresAt } = JSON.parse(text) as Partial<Token>;
    return typeof token === 'string' && typeof expiresAt === 'number' ? { token, expiresAt } : undefined;
  } catch {
    return undefined;
  }
}

/** Guests with a signed pass of the signaling server (`POST /api/guest`). */
export function createGuestAuth({ origin, fetch, store, now }: GuestParts): AuthClient {
  let renewal: Promise<Token> | undefined;

  /** A new account, or with `old` a fresh pass for the same one. */
  async function requestPass(old?: Token): Promise<Token> {
    let response: Response;
    try {
      response = await fetch(new URL('/api/guest', origin), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(old && { authorization: `Bearer ${old.token}` }),
        },
        body: JSON.stringify({ adult: true }),
      });
    } catch (cause) {
      throw new AuthError('unreachable', { cause });
    }
    if (response.status === 429) throw new AuthError('too-many-attempts');
    if (response.status >= 500) throw new AuthError('unreachable');
    if (!response.ok) throw new AuthError('refused');
    const pass = readPass(await response.text());
    if (!pass) throw new AuthError('unreachable');
    store.set(NAME, JSON.stringify(pass));
    return pass;
  }

  async function renew(pass: Token): Promise<Token> {
    try {
      return await requestPass(pass);
    } catch (error) {
      if (!(error instanceof AuthError && error.reason === 'refused')) throw error;
      store.remove(NAME);
      throw new AuthError('signed-out', { cause: error });
    }
  }

  return {
    accounts: undefined,
    isSignedIn: async () => readPass(store.get(NAME)) !== undefined,
    async token({ fresh = false } = {}) {
      const pass = readPass(store.get(NAME));
      if (!pass) throw new AuthError('signed-out');
      if (!fresh && pass.expiresAt - now() > RENEW_BEFORE_MS) return pass;
      // One renewal at a time, however many ask for it.
      renewal ??= renew(pass).finally(() => (renewal = undefined));
      return renewal;
    },
    async continueAsGuest() {
      await requestPass();
    },
    async signOut() {
      store.remove(NAME);
    },
  };
}
