import { expect, test } from 'vitest';
import { signInError, tokenError } from '../src/lib/auth/firebase-errors.ts';

function sdkError(code: string): Error {
  return Object.assign(new Error(`Firebase: Error (${code}).`), { code });
}

test.each([
  ['auth/wrong-password', 'credentials-wrong'],
  ['auth/user-not-found', 'credentials-wrong'],
  ['auth/email-already-in-use', 'email-taken'],
  ['auth/popup-closed-by-user', 'popup-closed'],
  ['auth/network-request-failed', 'unreachable'],
  ['auth/something-new', 'refused'],
])('[U18] %s while signing in is %s', (code, reason) => {
  expect(signInError(sdkError(code)).reason).toBe(reason);
});

test('[U18] whether an account exists is not told', () => {
  const reasons = ['auth/user-not-found', 'auth/wrong-password', 'auth/invalid-credential'].map(
    (code) => signInError(sdkError(code)).reason,
  );
  expect(new Set(reasons).size).toBe(1);
});

test.each([
  ['auth/user-token-expired', 'signed-out'],
  ['auth/user-disabled', 'signed-out'],
  ['auth/too-many-requests', 'too-many-attempts'],
  ['auth/network-request-failed', 'unreachable'],
  ['auth/something-new', 'unreachable'],
])('[U18] %s while fetching a token is %s', (code, reason) => {
  expect(tokenError(sdkError(code)).reason).toBe(reason);
});

test('[U18] an error of another kind is no reason to sign anybody out', () => {
  expect(tokenError(new TypeError('x')).reason).toBe('unreachable');
  expect(tokenError(undefined).reason).toBe('unreachable');
});
