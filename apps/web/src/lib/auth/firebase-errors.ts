import { AuthError, type AuthErrorReason } from './auth-client.ts';

// https://firebase.google.com/docs/reference/js/auth#autherrorcodes
const REASONS: Readonly<Record<string, AuthErrorReason>> = {
  'auth/network-request-failed': 'unreachable',
  'auth/timeout': 'unreachable',
  'auth/internal-error': 'unreachable',
  'auth/too-many-requests': 'too-many-attempts',
  'auth/quota-exceeded': 'too-many-attempts',
  'auth/wrong-password': 'credentials-wrong',
  'auth/user-not-found': 'credentials-wrong',
  'auth/invalid-credential': 'credentials-wrong',
  'auth/invalid-login-credentials': 'credentials-wrong',
  'auth/invalid-email': 'email-invalid',
  'auth/missing-email': 'email-invalid',
  'auth/missing-password': 'password-weak',
  'auth/weak-password': 'password-weak',
  'auth/password-does-not-meet-requirements': 'password-weak',
  'auth/email-already-in-use': 'email-taken',
  'auth/popup-closed-by-user': 'popup-closed',
  'auth/cancelled-popup-request': 'popup-closed',
  'auth/user-cancelled': 'popup-closed',
  'auth/popup-blocked': 'popup-blocked',
  'auth/invalid-action-code': 'link-invalid',
  'auth/expired-action-code': 'link-invalid',
};

/** These say, of somebody who was signed in, that only signing in again helps. */
const SIGNED_OUT = new Set([
  'auth/user-token-expired',
  'auth/invalid-user-token',
  'auth/user-disabled',
  'auth/user-not-found',
  'auth/requires-recent-login',
  'auth/null-user',
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What went wrong while signing in. A code nobody foresaw is a refusal. */
export function signInError(error: unknown): AuthError {
  return new AuthError(REASONS[codeOf(error)] ?? 'refused', { cause: error });
}

/** What went wrong while fetching a token. A code nobody foresaw is taken for a passing fault. */
export function tokenError(error: unknown): AuthError {
  const code = codeOf(error);
  if (SIGNED_OUT.has(code)) return new AuthError('signed-out', { cause: error });
  return new AuthError(code === 'auth/too-many-requests' ? 'too-many-attempts' : 'unreachable', {
    cause: error,
  });
}
