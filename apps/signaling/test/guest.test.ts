import { createHmac } from 'node:crypto';
import { ChatError } from '@passerby/protocol';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { createGuestAuth } from '../src/auth/guest.ts';
import type { GuestAuth, GuestAuthOptions } from '../src/auth/guest.ts';
import { guestRoute } from '../src/auth/guest-route.ts';

const KEY = new Uint8Array(32).fill(7);
const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function setUp(options: Partial<GuestAuthOptions> = {}): { guest: GuestAuth; clock: { now: number } } {
  const clock = { now: START };
  return { guest: createGuestAuth({ key: KEY, now: () => clock.now, ...options }), clock };
}

/** The code a promise is refused with; fails if it is not refused by a ChatError. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => expect.fail('was not refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ChatError);
  return (error as ChatError).code;
}

/** The pass with some claims or header fields replaced, and the old signature or the one of `key`. */
function tampered(
  token: string,
  change: { header?: object; claims?: object; key?: string | Uint8Array },
): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const [, , signature] = token.split('.');
  const head = encode({ ...decodeProtectedHeader(token), ...change.header });
  const signed = `${head}.${encode({ ...decodeJwt(token), ...change.claims })}`;
  if (change.key === undefined) return `${signed}.${signature}`;
  return `${signed}.${createHmac('sha256', change.key).update(signed).digest('base64url')}`;
}

describe('guest pass', () => {
  it('[A1] a pass speaks for its own account until it ends', async () => {
    const { guest, clock } = setUp();
    const pass = await guest.issue();
    expect(pass.expiresAt).toBe(START + HOUR);
    const principal = await guest.verify(pass.token);
    expect(principal).toEqual({
      account: expect.stringMatching(/^guest:[\w-]{22}$/),
      expiresAt: pass.expiresAt,
    });
    clock.now = pass.expiresAt - 1000;
    expect(await guest.verify(pass.token)).toEqual(principal);
    clock.now = pass.expiresAt;
    expect(await refusal(guest.verify(pass.token))).toBe('token-expired');
  });

  it('[A1] two passes are two accounts', async () => {
    const { guest } = setUp();
    const [one, other] = await Promise.all([guest.issue(), guest.issue()]);
    expect((await guest.verify(one.token)).account).not.toBe((await guest.verify(other.token)).account);
  });

  it('[A2] a pass carries when its holder stated to be 18 or older', async () => {
    const { guest } = setUp();
    expect(decodeJwt((await guest.issue()).token)).toMatchObject({ adult: START / 1000 });
  });

  it('[A3] renewing keeps the account and the time of the statement', async () => {
    const { guest, clock } = setUp();
    const old = await guest.issue();
    clock.now += HOUR / 2;
    const renewed = await guest.issue(old.token);
    expect(renewed.expiresAt).toBe(clock.now + HOUR);
    expect((await guest.verify(renewed.token)).account).toBe((await guest.verify(old.token)).account);
    expect(decodeJwt(renewed.token)).toMatchObject({ adult: START / 1000, iat: clock.now / 1000 });
  });

  it('[A3] an expired pass is renewed for seven days, and no longer', async () => {
    const { guest, clock } = setUp();
    const old = await guest.issue();
    clock.now = old.expiresAt + 7 * DAY - 1000;
    const renewed = await guest.issue(old.token);
    expect((await guest.verify(renewed.token)).account).toBe(decodeJwt(old.token).sub);
    clock.now = old.expiresAt + 7 * DAY;
    expect(await refusal(guest.issue(old.token))).toBe('token-invalid');
  });

  it('[A4] a pass that this deployment did not sign is refused, and renews nothing', async () => {
    const { guest } = setUp();
    const { token } = await guest.issue();
    const elsewhere = createGuestAuth({ key: new Uint8Array(32).fill(8), now: () => START });
    const none = tampered(token, { header: { alg: 'none' } });
    const forged = {
      'another account': tampered(token, { claims: { sub: 'guest:somebody-else' } }),
      'a later end': tampered(token, { claims: { exp: START / 1000 + 1_000_000 } }),
      'signed with the deployment key itself': tampered(token, { key: KEY }),
      'signed with an empty key': tampered(token, { key: '' }),
      'another deployment': (await elsewhere.issue()).token,
      'alg none': none,
      'alg none without signature': none.slice(0, none.lastIndexOf('.') + 1),
      'without signature': token.slice(0, token.lastIndexOf('.') + 1),
      'another algorithm': tampered(token, { header: { alg: 'HS512' } }),
      'unknown critical header': tampered(token, { header: { crit: ['x'], x: 1 } }),
      empty: '',
      'no token at all': 'null',
      dots: '..',
      'four parts': `${token}.x`,
      'blank around': ` ${token} `,
      huge: 'a'.repeat(8192),
    };
    for (const [name, candidate] of Object.entries(forged)) {
      expect(await refusal(guest.verify(candidate)), name).toBe('token-invalid');
      expect(await refusal(guest.issue(candidate)), name).toBe('token-invalid');
    }
  });

  it('[A4] of all tokens the deployment signs, only guest passes are passes', async () => {
    const { guest } = setUp();
    const { token } = await guest.issue();
    const signingKey = await signingKeyOf(token);
    expect((await guest.verify(tampered(token, { key: signingKey }))).account).toBe(decodeJwt(token).sub);
    const others = {
      type: { header: { typ: 'JWT' } },
      'no type': { header: { typ: undefined } },
      issuer: { claims: { iss: 'somebody' } },
      audience: { claims: { aud: 'something' } },
      'no end': { claims: { exp: undefined } },
      'no account': { claims: { sub: undefined } },
      'no statement': { claims: { adult: undefined } },
    };
    for (const [name, change] of Object.entries(others)) {
      const other = tampered(token, { ...change, key: signingKey });
      expect(await refusal(guest.verify(other)), name).toBe('token-invalid');
    }
  });
});

/** The derived key, worked out here anew; a mistake in either place shows as a signature that differs. */
async function signingKeyOf(token: string): Promise<Uint8Array> {
  const material = await crypto.subtle.importKey('raw', KEY, 'HKDF', false, ['deriveBits']);
  const info = new TextEncoder().encode('passerby/guest-pass/1');
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  const key = new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256));
  expect(tampered(token, { key })).toBe(token);
  return key;
}

describe('POST /api/guest', () => {
  async function post(
    body: string | null,
    headers: Record<string, string> = {},
    { guest } = setUp(),
  ): Promise<{ status: number; body: unknown; cacheControl: string | null }> {
    const response = await guestRoute(guest).request('/api/guest', { method: 'POST', body, headers });
    return {
      status: response.status,
      body: await response.json(),
      cacheControl: response.headers.get('cache-control'),
    };
  }

  it('[A5] the statement of being 18 or older is answered with a pass that no cache keeps', async () => {
    const parts = setUp();
    const answer = await post('{"adult": true}', {}, parts);
    expect(answer).toEqual({
      status: 200,
      body: { token: expect.any(String), expiresAt: START + HOUR },
      cacheControl: 'no-store',
    });
    const { token } = answer.body as { token: string };
    expect((await parts.guest.verify(token)).expiresAt).toBe(START + HOUR);
  });

  it('[A5] an old pass as bearer keeps the account', async () => {
    const parts = setUp();
    const { token } = await parts.guest.issue();
    const { account } = await parts.guest.verify(token);
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`]) {
      const { body } = await post('{"adult":true}', { authorization }, parts);
      expect((await parts.guest.verify((body as { token: string }).token)).account).toBe(account);
    }
  });

  it('[A5] a header of another scheme, such as a proxy asks for, changes nothing', async () => {
    expect(await post('{"adult":true}', { authorization: 'Basic YTpi' })).toMatchObject({ status: 200 });
  });

  it.each([
    ['nothing', null, 400, 'payload-invalid'],
    ['no JSON', 'adult=true', 400, 'payload-invalid'],
    ['null', 'null', 400, 'payload-invalid'],
    ['a bare true', 'true', 400, 'payload-invalid'],
    ['an empty object', '{}', 403, 'adult-statement-required'],
    ['false', '{"adult":false}', 403, 'adult-statement-required'],
    ['a text', '{"adult":"true"}', 403, 'adult-statement-required'],
    ['a number', '{"adult":1}', 403, 'adult-statement-required'],
    ['a list', '[true]', 403, 'adult-statement-required'],
    ['a prototype', '{"__proto__":{"adult":true}}', 403, 'adult-statement-required'],
    ['more than 1 KiB', `{"adult":true,"x":"${'x'.repeat(1024)}"}`, 413, 'payload-too-large'],
  ])('[A6] %s is refused with a code', async (_name, body, status, error) => {
    expect(await post(body)).toMatchObject({ status, body: { error, retry: false } });
  });

  it('[A6] a body of unknown length is cut at 1 KiB', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(512).fill(0x20));
      },
    });
    const request = { method: 'POST', body: endless, duplex: 'half' } satisfies RequestInit & {
      duplex: string;
    };
    const response = await guestRoute(setUp().guest).request('/api/guest', request);
    expect([response.status, await response.json()]).toEqual([
      413,
      { error: 'payload-too-large', retry: false },
    ]);
    expect(pulled).toBeLessThan(8);
  });

  it.each(['Bearer', 'Bearer x', 'Bearer a.b.c', 'Bearer eyJhbGciOiJub25lIn0.e30.'])(
    '[A6] the bearer %j is refused with a code',
    async (authorization) => {
      expect(await post('{"adult":true}', { authorization })).toMatchObject({
        status: 401,
        body: { error: 'token-invalid', retry: false },
      });
    },
  );
});
