/** What the signaling server is shown at each connect. `expiresAt`: milliseconds since 1970. */
export interface Token {
  token: string;
  expiresAt: number;
}

/** Why signing in, or staying signed in, did not work. Each has one sentence in the messages. */
export type AuthErrorReason =
  | 'signed-out'
  | 'unreachable'
  | 'too-many-attempts'
  | 'refused'
  | 'credentials-wrong'
  | 'email-invalid'
  | 'email-taken'
  | 'password-weak'
  | 'popup-closed'
  | 'popup-blocked'
  | 'link-invalid';

/** An expected failure of signing in. */
export class AuthError extends Error {
  readonly reason: AuthErrorReason;

  constructor(reason: AuthErrorReason, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'AuthError';
    this.reason = reason;
  }
}

/** Accounts that outlive the tab. All methods reject with {@link AuthError}. */
interface AccountSignIn {
  /** Opens a window, so it must be called from a click; browsers block it otherwise. */
  withGoogle(): Promise<void>;
  withPassword(email: string, password: string): Promise<void>;
  createAccount(email: string, password: string): Promise<void>;
  /** Sends a link that leads back to `returnUrl` (absolute, same origin). */
  sendLink(email: string, returnUrl: string): Promise<void>;
  /** Whether `url` is such a link. */
  isLink(url: string): boolean;
  /** The address that last asked for a link on this device. */
  linkEmail(): string | undefined;
  /** Signs in by the link; `email` must be the address it was sent to. */
  withLink(url: string, email: string): Promise<void>;
}

/** Who the user is. Made once for the session's routes; all state is behind it. */
export interface AuthClient {
  /** Whether somebody is signed in, as far as this device knows; the server has the last word. */
  isSignedIn(): Promise<boolean>;
  /**
   * A valid token, renewed when it is about to end, or in any case with `fresh`.
   * Rejects with AuthError `signed-out` when only signing in again helps, with another reason when later helps.
   */
  token(options?: { fresh?: boolean }): Promise<Token>;
  /** Makes a new guest. Two tabs are two guests. */
  continueAsGuest(): Promise<void>;
  /** Undefined: this deployment knows guests only. */
  readonly accounts: AccountSignIn | undefined;
  signOut(): Promise<void>;
}
