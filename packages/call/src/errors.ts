import type { FinalEnd } from './types.ts';

/** Why a call, or its camera, is not there. Each maps to one sentence and one way on in the app. */
export type CallErrorReason =
  /** The user, or a rule, blocks them for this site. */
  | 'media-refused'
  /** The prompt was closed without an answer: asking again is enough. */
  | 'media-dismissed'
  /** The operating system keeps them from the browser. */
  | 'media-system'
  | 'media-missing'
  | 'media-busy'
  | 'media-insecure'
  | 'media-unknown'
  | 'signed-out'
  | 'elsewhere'
  | 'too-many-connections'
  | 'server-unreachable'
  | 'webrtc-unsupported'
  | 'session-ended'
  /** The service is of a newer version than the page. */
  | 'page-outdated';

/** Which devices were asked for and are not there, and why. */
export type MissingDevices = Readonly<Partial<Record<'camera' | 'microphone', CallErrorReason>>>;

/** Whether it is about permission, and so over as soon as the browser grants it. */
export function isRefusal(reason: CallErrorReason | undefined): boolean {
  return reason === 'media-refused' || reason === 'media-dismissed' || reason === 'media-system';
}

/** The reason to solve first: one that is the same for both, or else one that needs nothing bought. */
export function mainReason({ camera, microphone }: MissingDevices): CallErrorReason | undefined {
  return camera === 'media-missing' ? (microphone ?? camera) : (camera ?? microphone);
}

/** An expected failure of the call engine. */
export class CallError extends Error {
  readonly reason: CallErrorReason;

  constructor(reason: CallErrorReason, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'CallError';
    this.reason = reason;
  }
}

/** What the user reads of a session that the server ended for good. */
export function reasonOfEnd(reason: FinalEnd): CallErrorReason {
  switch (reason) {
    case 'elsewhere':
      return 'elsewhere';
    case 'token-expired':
      return 'signed-out';
    case 'moderated':
      return 'session-ended';
  }
}
