import { ChatError, ERRORS, type ErrorCode, type IceServer } from '@passerby/protocol';
import { Hono } from 'hono';
import type { Metrics } from '../core/metrics.ts';
import type { Authenticator } from '../core/ports.ts';

/** What is wrong with a login; anything else that refuses it is not the asker's fault. */
const LOGIN_FAULTS: ReadonlySet<ErrorCode> = new Set(['token-invalid', 'token-expired']);

/**
 * `POST /api/ice`: with a login as bearer the ICE servers of a call, so that a page can see before any call
 * whether they answer; `{iceServers}`, or 401 and `{error, retry}`. How often somebody may ask is the caller's to
 * limit, and a login that could not be checked (a `ChatError`) its to answer.
 */
export function iceRoute(
  authenticator: Authenticator,
  iceServers: () => IceServer[],
  metrics?: Metrics,
): Hono {
  return new Hono().post('/api/ice', async (context) => {
    const token = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    const refuse = (error: ErrorCode) => {
      metrics?.refused(error);
      return context.json({ error, retry: ERRORS[error].retry }, 401);
    };
    if (!token) return refuse('token-missing');
    try {
      await authenticator.verify(token);
    } catch (error) {
      if (error instanceof ChatError && LOGIN_FAULTS.has(error.code)) return refuse(error.code);
      throw error;
    }
    return context.json({ iceServers: iceServers() }, 200, { 'cache-control': 'no-store' });
  });
}
