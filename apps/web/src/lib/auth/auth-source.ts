import { CallError, type AuthSource } from '@passerby/call';
import { AuthError, type AuthClient } from './auth-client.ts';

/** The call engine knows one failure of signing in: that only signing in again helps. It retries any other. */
export function authSource(auth: Pick<AuthClient, 'token'>): AuthSource {
  return {
    async token(options) {
      try {
        return await auth.token(options);
      } catch (error) {
        if (!(error instanceof AuthError && error.reason === 'signed-out')) throw error;
        throw new CallError('signed-out', { cause: error });
      }
    },
  };
}
