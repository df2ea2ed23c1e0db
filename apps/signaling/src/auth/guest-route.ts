import { ChatError, ERRORS, guestRequestSchema } from '@passerby/protocol';
import type { ErrorCode, GuestPass } from '@passerby/protocol';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import type { Metrics } from '../core/metrics.ts';
import type { GuestAuth } from './guest.ts';

const BODY_BYTES_MAX = 1024;

const STATUS = {
  'payload-invalid': 400,
  'token-invalid': 401,
  'adult-statement-required': 403,
  'payload-too-large': 413,
} as const satisfies Partial<Record<ErrorCode, number>>;

type Refusal = keyof typeof STATUS;

export type GuestAnswer =
  | { status: 200; body: GuestPass }
  | { status: (typeof STATUS)[Refusal]; body: { error: Refusal; retry: boolean } };

/**
 * `POST /api/guest`: body `{"adult": true}`, an older pass as bearer to keep its account; answers
 * `{token, expiresAt}` or `{error, retry}`. How often somebody may ask is the caller's to limit.
 */
export function guestRoute(guest: GuestAuth, metrics?: Metrics): Hono {
  const limit = bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: (context) => {
      metrics?.refused('payload-too-large');
      return context.json(refuse('payload-too-large').body, STATUS['payload-too-large']);
    },
  });
  return new Hono().post('/api/guest', limit, async (context) => {
    const { status, body } = await answerGuest(guest, {
      body: await context.req.text(),
      authorization: context.req.header('authorization'),
    });
    if ('error' in body) metrics?.refused(body.error);
    return context.json(body, status, { 'cache-control': 'no-store' });
  });
}

/** The answer to the parts of such a request. Rejects only for bugs. */
export async function answerGuest(
  guest: GuestAuth,
  request: { body: string; authorization: string | undefined },
): Promise<GuestAnswer> {
  const statement = parseJson(request.body);
  if (typeof statement !== 'object' || statement === null) return refuse('payload-invalid');
  if (!v.is(guestRequestSchema, statement)) return refuse('adult-statement-required');
  try {
    return { status: 200, body: await guest.issue(bearerOf(request.authorization)) };
  } catch (error) {
    if (error instanceof ChatError && error.code === 'token-invalid') return refuse(error.code);
    throw error;
  }
}

function refuse(code: Refusal): GuestAnswer {
  return { status: STATUS[code], body: { error: code, retry: ERRORS[code].retry } };
}

/** The token behind `Bearer` (RFC 6750), '' if it is missing; another scheme is a proxy's and not ours to judge. */
function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer *(.*)$/i.exec(authorization ?? '')?.[1];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
