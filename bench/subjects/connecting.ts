import { createCertificateAuthority } from '../../apps/signaling/test/support/certificates.ts';
import {
  CERTIFICATE_HOST,
  startCertificateServer,
} from '../../apps/signaling/test/support/certificate-server.ts';
import { PROJECT, createFirebaseIssuer } from '../../apps/signaling/test/support/firebase-issuer.ts';
import { type Rate, contest, cpuOf } from '../contest.ts';
import { doorContestant } from '../contestants.ts';
import { median, ratioOf } from '../measure.ts';
import { type Row, atMost } from '../report.ts';
import { type Scale, shareOf } from '../scale.ts';
import { guestPasses } from '../tokens.ts';

const COUNT = 2_000;
/** They come as fast as they are let in. */
const UNPACED: Rate = { perSecond: 0, ms: 0 };

/** S5: what it costs to let somebody in, from the connection to the welcome; the floor asks for no token. */
export async function connecting(scale: Scale): Promise<Row[]> {
  const count = shareOf(COUNT, scale);
  const google = await standInForGoogle();
  const passes = await guestPasses(count);
  const firebase = Array.from({ length: count }, (_, index) => google.token(`user ${index}`));
  const costs = await contest(
    {
      guest: () => doorContestant('ours', passes),
      firebase: () => doorContestant('ours', firebase, google.server),
      floor: () => doorContestant('floor', passes),
    },
    { runs: scale.runs, warmUps: scale.warmUps, warmUp: UNPACED, rate: () => UNPACED },
  ).finally(google.close);
  return (['guest', 'firebase'] as const).map((kind) => {
    const ratio = ratioOf(cpuOf(costs[kind]), cpuOf(costs.floor));
    return {
      id: 'S5',
      what: `CPU a sign-in, ${kind === 'guest' ? 'guest pass' : 'Firebase token'}`,
      at: `${count} clients`,
      unit: 'µs',
      ours: median(cpuOf(costs[kind])),
      floor: median(cpuOf(costs.floor)),
      ratio,
      bars: [atMost(ratio, 2, 'floor')],
    };
  });
}

/** Signs Firebase tokens, and publishes the certificates by which a server checks them. */
async function standInForGoogle() {
  const [issuer, authority] = await Promise.all([
    createFirebaseIssuer('key of the bench'),
    createCertificateAuthority(),
  ]);
  const tls = await authority.issue(CERTIFICATE_HOST);
  const certificates = await startCertificateServer({
    certificates: { [issuer.keyId]: issuer.certificate },
    tls,
    authority: authority.certificate,
  });
  const { port } = certificates.agent.options;
  return {
    token: (user: string) => issuer.token({ claims: { sub: user, user_id: user } }),
    /** What our server needs to check them. */
    server: {
      preload: [new URL('../servers/trust-certificates.ts', import.meta.url)],
      env: {
        SERVICE_ACCOUNT_CREDENTIAL: JSON.stringify({
          project_id: PROJECT,
          client_email: `bench@${PROJECT}.iam.gserviceaccount.com`,
          // Any will do: nothing is signed with it.
          private_key: tls.key,
        }),
        CERTIFICATE_PORT: String(port),
        CERTIFICATE_AUTHORITY: authority.certificate,
      },
    },
    close: certificates.close,
  };
}
