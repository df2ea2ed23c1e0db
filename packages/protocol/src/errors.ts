/**
 * Every refusal a client can meet, as a closed list. `retry` says whether the
 * same request may succeed later without the user changing anything.
 */
export const ERRORS = {
  'token-missing': { retry: false },
  'token-invalid': { retry: false },
  'token-expired': { retry: true },
  'adult-statement-required': { retry: false },
  'origin-refused': { retry: false },
  'too-many-connections': { retry: true },
  elsewhere: { retry: false },
  /** A newer connection of the same client came before this one, which the client has given up. */
  overtaken: { retry: false },
  /** The client is of an older version than this server can serve: its page has to be loaded anew. */
  'protocol-outdated': { retry: false },
  /** The client is of a newer version: this node will soon be, too. */
  'protocol-ahead': { retry: true },
  'session-unknown': { retry: false },
  'payload-invalid': { retry: false },
  'payload-too-large': { retry: false },
  'event-unknown': { retry: false },
  'rate-limited': { retry: true },
  'not-matched': { retry: false },
  'not-found': { retry: false },
  'method-not-allowed': { retry: false },
  'provider-unavailable': { retry: true },
  /** What the nodes share cannot be reached just now; nothing was changed. */
  unavailable: { retry: true },
  internal: { retry: true },
} as const satisfies Record<string, { retry: boolean }>;

/** A code of the closed list {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/** Whether `value` is one of the known codes. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** An expected refusal. Everything else that is thrown is a bug. */
export class ChatError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string = code) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
  }

  get retry(): boolean {
    return ERRORS[this.code].retry;
  }
}
