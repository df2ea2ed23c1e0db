import { sign } from 'node:crypto';
import { createSelfSigned } from './certificates.ts';

export const PROJECT = 'demo-passerby';
export const USER = 'u1Zk5vPq0XgS3nWb7YcD9eFh2JtL';

export interface FirebaseIssuer {
  keyId: string;
  /** PEM, as it is published under the key id. */
  certificate: string;
  /** An ID token with some claims or header fields replaced (undefined: left out), really signed. */
  token(change?: { claims?: object; header?: object }): string;
}

/** Signs ID tokens as Firebase does. */
export async function createFirebaseIssuer(keyId: string): Promise<FirebaseIssuer> {
  const { key, certificate } = await createSelfSigned('securetoken.system.gserviceaccount.com');
  return {
    keyId,
    certificate,
    token({ claims, header } = {}) {
      const signed = unsigned(
        { alg: 'RS256', typ: 'JWT', kid: keyId, ...header },
        { ...idClaims(), ...claims },
      );
      return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
    },
  };
}

/** What an ID token of {@link USER} says that was made just now. */
export function idClaims() {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: `https://securetoken.google.com/${PROJECT}`,
    aud: PROJECT,
    sub: USER,
    user_id: USER,
    iat: now,
    auth_time: now,
    exp: now + 3600,
    firebase: { identities: {}, sign_in_provider: 'anonymous' },
  };
}

/** The part of a token that is signed. */
export function unsigned(header: object, claims: object): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
