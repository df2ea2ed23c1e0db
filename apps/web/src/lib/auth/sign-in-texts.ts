import type { AuthErrorReason } from './auth-client.ts';

/** What the login page says about a failure; each sentence names the next step. */
export const SIGN_IN_TEXTS: Readonly<Record<AuthErrorReason, string>> = {
  'signed-out': 'Your sign-in has ended. Please sign in again.',
  unreachable: 'We cannot reach the sign-in service. Check your connection and try again.',
  'too-many-attempts': 'Too many attempts. Please wait a minute and try again.',
  refused: 'The service refused this sign-in. Please try another way.',
  'credentials-wrong': 'E-mail address and password do not match. Check both and try again.',
  'email-invalid': 'Please enter your e-mail address, such as you@example.org.',
  'email-taken': 'There is an account with this address already. Sign in instead of creating one.',
  'password-weak': 'Please enter a password of at least six characters.',
  'popup-closed': 'The window was closed before you were signed in. Try again when you like.',
  'popup-blocked': 'Your browser blocked the sign-in window. Allow it for this page and try again.',
  'link-invalid': 'This link was used already or is too old. Ask for a new one.',
};
