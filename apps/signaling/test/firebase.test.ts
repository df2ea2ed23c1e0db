import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChatError } from '@passerby/protocol';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFirebaseAuth } from '../src/auth/firebase.ts';
import type { FirebaseAuth, FirebaseAuthOptions } from '../src/auth/firebase.ts';
import { CERTIFICATE_HOST, startCertificateServer } from './support/certificate-server.ts';
import type { CertificateServer } from './support/certificate-server.ts';
import { createCertificateAuthority, createSelfSigned } from './support/certificates.ts';
import type { CertificateAuthority, KeyAndCertificate } from './support/certificates.ts';
import { createFirebaseIssuer, idClaims, PROJECT, unsigned, USER } from './support/firebase-issuer.ts';
import type { FirebaseIssuer } from './support/firebase-issuer.ts';

const EMULATOR_VARIABLE = 'FIREBASE_AUTH_EMULATOR_HOST';
const NOW_SECONDS = Math.floor(Date.now() / 1000);
const unsignedToken = () => `${unsigned({ alg: 'none', typ: 'JWT' }, idClaims())}.`;

let authority: CertificateAuthority;
let google: KeyAndCertificate;
let issuer: FirebaseIssuer;
let stranger: FirebaseIssuer;

beforeAll(async () => {
  [authority, issuer, stranger] = await Promise.all([
    createCertificateAuthority(),
    createFirebaseIssuer('key-1'),
    createFirebaseIssuer('key-2'),
  ]);
  google = await authority.issue(CERTIFICATE_HOST);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

async function createAuth(options: Partial<FirebaseAuthOptions>): Promise<FirebaseAuth> {
  const auth = await createFirebaseAuth({ projectId: PROJECT, ...options });
  onTestFinished(() => auth.close());
  return auth;
}

/** The production path: real TLS and real certificates, of an authority of our own. */
async function setUp(tls = google): Promise<{ auth: FirebaseAuth; server: CertificateServer }> {
  const certificates = { [issuer.keyId]: issuer.certificate };
  const server = await startCertificateServer({ certificates, tls, authority: authority.certificate });
  onTestFinished(() => server.close().catch(() => {})); // Some tests have closed it.
  return { auth: await createAuth({ httpAgent: server.agent }), server };
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

describe('tokens', () => {
  const forgedBy = (other: FirebaseIssuer, claims: object = {}) =>
    other.token({ header: { kid: issuer.keyId }, claims });
  const header = () => ({ alg: 'RS256', typ: 'JWT', kid: issuer.keyId });
  const signatureOf = (token: string) => token.slice(token.lastIndexOf('.') + 1);
  const hmacSigned = (key: string) => {
    const signed = unsigned({ ...header(), alg: 'HS256' }, idClaims());
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  };

  it('[A7] an ID token that Google signed for the project speaks for its user', async () => {
    const { auth, server } = await setUp();
    expect(await auth.verify(issuer.token({ claims: { exp: NOW_SECONDS + 60 } }))).toEqual({
      account: `firebase:${USER}`,
      expiresAt: (NOW_SECONDS + 60) * 1000,
    });
    expect(server.requests).toBe(1);
  });

  it('[A7] a service account is taken as its JSON says, and refused at once if it cannot be used', async () => {
    const { server } = await setUp();
    const credential = {
      project_id: PROJECT,
      client_email: `server@${PROJECT}.iam.gserviceaccount.com`,
      private_key: (await createSelfSigned('server')).key,
    };
    const auth = await createAuth({ credential, httpAgent: server.agent });
    expect(await auth.verify(issuer.token())).toMatchObject({ account: `firebase:${USER}` });
    const unusable = { ...credential, private_key: 'no key' };
    await expect(createFirebaseAuth({ projectId: PROJECT, credential: unusable })).rejects.toThrow(
      'private key',
    );
  });

  it('[A7] an expired token is told from a bad one', async () => {
    const { auth } = await setUp();
    const times = { iat: NOW_SECONDS - 7200, auth_time: NOW_SECONDS - 7200, exp: NOW_SECONDS - 3600 };
    expect(await refusal(auth.verify(issuer.token({ claims: times })))).toBe('token-expired');
    expect(await refusal(auth.verify(forgedBy(stranger, times)))).toBe('token-invalid');
  });

  const claims = (change: object) => () => issuer.token({ claims: change });
  const cases: Record<string, () => string> = {
    'another project': claims({ aud: 'other', iss: 'https://securetoken.google.com/other' }),
    'wrong audience': claims({ aud: 'other' }),
    'audience as a list': claims({ aud: [PROJECT] }),
    'no audience': claims({ aud: undefined }),
    'wrong issuer': claims({ iss: 'https://securetoken.google.com/other' }),
    'issuer of session cookies': claims({ iss: `https://session.firebase.google.com/${PROJECT}` }),
    'no issuer': claims({ iss: undefined }),
    'empty subject': claims({ sub: '' }),
    'no subject': claims({ sub: undefined }),
    'subject is no text': claims({ sub: { toString: 'x' } }),
    'endless subject': claims({ sub: 'u'.repeat(129) }),
    'made in the future': claims({ iat: NOW_SECONDS + 600 }),
    'no time of making': claims({ iat: undefined }),
    'signed in in the future': claims({ auth_time: NOW_SECONDS + 600 }),
    'no time of sign-in': claims({ auth_time: undefined }),
    'not valid yet': claims({ nbf: NOW_SECONDS + 600 }),
    'no end': claims({ exp: undefined }),
    'end is no number': claims({ exp: 'never' }),
    'a tenant of the project': claims({ firebase: { sign_in_provider: 'password', tenant: 'other' } }),
    'no sign-in at all': claims({ firebase: undefined }),
    'wrong key id': () => stranger.token(),
    'no key id': () => issuer.token({ header: { kid: undefined } }),
    'key id of the prototype': () => stranger.token({ header: { kid: '__proto__' } }),
    'empty key id': () => stranger.token({ header: { kid: '' } }),
    'key id is no text': () => stranger.token({ header: { kid: [issuer.keyId] } }),
    'forged signature': () => forgedBy(stranger),
    'claims exchanged': () =>
      `${unsigned(header(), { ...idClaims(), sub: 'x' })}.${signatureOf(issuer.token())}`,
    'signature cut': () => issuer.token().slice(0, -4),
    'no signature': () => `${unsigned(header(), idClaims())}.`,
    'alg none': unsignedToken,
    'alg none with key id': () => `${unsigned({ ...header(), alg: 'none' }, idClaims())}.`,
    'alg none with signature': () => issuer.token({ header: { alg: 'none' } }),
    'HS256 under the certificate': () => hmacSigned(issuer.certificate),
    'HS256 under nothing': () => hmacSigned(''),
    'another algorithm': () => issuer.token({ header: { alg: 'PS256' } }),
    'a custom token': claims({
      aud: 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit',
    }),
    'null claims': () => `${Buffer.from('{"alg":"RS256","kid":"key-1"}').toString('base64url')}.bnVsbA.x`,
    'null header': () => `bnVsbA.${signatureOf(issuer.token())}.x`,
    garbage: () => 'garbage',
    dots: () => '...',
    nothing: () => '',
    huge: () => 'a.'.repeat(4096),
  };

  it.each(Object.entries(cases))('[A8] refused: %s', async (_name, token) => {
    const { auth } = await setUp();
    expect(await refusal(auth.verify(token()))).toBe('token-invalid');
    expect(await auth.verify(issuer.token()), 'a good one after it').toMatchObject({
      account: `firebase:${USER}`,
    });
  });
});

describe('certificates', () => {
  it('[A9] are fetched once, also when everybody comes at the same time', async () => {
    const { auth, server } = await setUp();
    const everybody = Array.from({ length: 50 }, () => auth.verify(issuer.token()));
    const nobody = Array.from({ length: 50 }, () => refusal(auth.verify(stranger.token())));
    expect(new Set((await Promise.all(everybody)).map(({ account }) => account))).toEqual(
      new Set([`firebase:${USER}`]),
    );
    expect(new Set(await Promise.all(nobody))).toEqual(new Set(['token-invalid']));
    expect(server.requests).toBe(1);
  });

  it('[A9] serve for as long as they say while Google cannot be reached, and not longer', async () => {
    const { auth, server } = await setUp();
    await auth.verify(issuer.token());
    await server.close();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 21_500_000 });
    expect(await auth.verify(issuer.token())).toMatchObject({ account: `firebase:${USER}` });
    vi.setSystemTime(Date.now() + 200_000);
    expect(await refusal(auth.verify(issuer.token()))).toBe('provider-unavailable');
  });

  it('[A10] that cannot be fetched let nobody in, and later try again', async () => {
    const { auth, server } = await setUp();
    const answers = {
      'an error': (response) => response.writeHead(500).end('{"error":"x"}'),
      'no JSON': (response) => response.end('<p>Sign in to this network</p>'),
      'the line cut': (response) => response.socket?.end('nothing that is HTTP'),
    } satisfies Record<
      string,
      (response: Parameters<NonNullable<CertificateServer['answer']>>[1]) => unknown
    >;
    for (const [name, answer] of Object.entries(answers)) {
      server.answer = (_request, response) => void answer(response);
      expect(await refusal(auth.verify(issuer.token())), name).toBe('provider-unavailable');
    }
    server.answer = undefined;
    expect(await auth.verify(issuer.token())).toMatchObject({ account: `firebase:${USER}` });
  });

  it('[A10] are taken from nobody but Google', async () => {
    const { auth, server } = await setUp(await authority.issue(`not-${CERTIFICATE_HOST}`));
    expect(await refusal(auth.verify(issuer.token()))).toBe('provider-unavailable');
    expect(server.requests).toBe(0);
  });

  it('[A10] nobody listening: refused, everybody who waits at once', async () => {
    const { auth, server } = await setUp();
    await server.close();
    const everybody = Array.from({ length: 20 }, () => refusal(auth.verify(issuer.token())));
    expect(new Set(await Promise.all(everybody))).toEqual(new Set(['provider-unavailable']));
  });

  it('[A10] no answer is waited for longer than five seconds', async () => {
    const { auth, server } = await setUp();
    const asked = new Promise<void>((resolve) => (server.answer = () => resolve()));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const outcomes: string[] = [];
    const everybody = Array.from({ length: 3 }, async () =>
      outcomes.push(await refusal(auth.verify(issuer.token()))),
    );
    await asked;
    await vi.advanceTimersByTimeAsync(4_999);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(everybody);
    expect(outcomes).toEqual(Array(3).fill('provider-unavailable'));
    expect(server.requests).toBe(1);
  });
});

describe('the emulator', () => {
  interface Lookup {
    host: string;
    /** How many questions must be there before they are answered. */
    together: number;
  }

  /** Answers as the emulator does when it is asked for a user. */
  async function startLookup(users: object[]): Promise<Lookup> {
    const waiting: ServerResponse[] = [];
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (!request.url?.endsWith('/accounts:lookup')) response.statusCode = 404;
      waiting.push(response);
      if (waiting.length < lookup.together) return;
      for (const one of waiting.splice(0)) one.end(JSON.stringify({ users }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close().closeAllConnections());
    const lookup = { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, together: 1 };
    return lookup;
  }

  it('[A11] its unsigned tokens are good where it is configured', async () => {
    const auth = await createAuth({ emulatorHost: (await startLookup([{ localId: USER }])).host });
    expect(await auth.verify(unsignedToken())).toMatchObject({ account: `firebase:${USER}` });
  });

  it('[A11] once a token has passed, others are checked side by side', async () => {
    const lookup = await startLookup([{ localId: USER }]);
    const auth = await createAuth({ emulatorHost: lookup.host });
    await auth.verify(unsignedToken());
    lookup.together = 2;
    const both = await Promise.all([auth.verify(unsignedToken()), auth.verify(unsignedToken())]);
    expect(both.map(({ account }) => account)).toEqual([`firebase:${USER}`, `firebase:${USER}`]);
  });

  it('[A11] users it does not know, or has disabled, are refused', async () => {
    const unknown = await createAuth({ emulatorHost: (await startLookup([])).host });
    expect(await refusal(unknown.verify(unsignedToken()))).toBe('token-invalid');
    const disabled = await createAuth({
      emulatorHost: (await startLookup([{ localId: USER, disabled: true }])).host,
    });
    expect(await refusal(disabled.verify(unsignedToken()))).toBe('token-invalid');
  });

  it('[A11] nobody gets in when it is not there', async () => {
    const auth = await createAuth({ emulatorHost: '127.0.0.1:1' });
    expect(await refusal(auth.verify(unsignedToken()))).toBe('provider-unavailable');
  });

  it('[A12] unsigned tokens are refused where it is not configured, whatever the environment says', async () => {
    vi.stubEnv(EMULATOR_VARIABLE, (await startLookup([{ localId: USER }])).host);
    const { auth } = await setUp();
    expect(await refusal(auth.verify(unsignedToken()))).toBe('token-invalid');
    expect(await auth.verify(issuer.token())).toMatchObject({ account: `firebase:${USER}` });
  });

  it('[A12] the environment is left as it was', async () => {
    await createAuth({ emulatorHost: '127.0.0.1:1' });
    expect(process.env).not.toHaveProperty(EMULATOR_VARIABLE);
    vi.stubEnv(EMULATOR_VARIABLE, '127.0.0.1:2');
    await createAuth({});
    expect(process.env[EMULATOR_VARIABLE]).toBe('127.0.0.1:2');
  });
});
