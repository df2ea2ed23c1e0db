/** Why a call, or its camera, is not there. Each maps to one sentence and one way on in the app. */
export type CallErrorReason =
  | 'media-refused'
  | 'media-missing'
  | 'media-busy'
  | 'media-insecure'
  | 'media-unknown'
  | 'signed-out'
  | 'elsewhere'
  | 'too-many-connections'
  | 'server-unreachable'
  | 'webrtc-unsupported'
  | 'session-ended';

/** An expected failure of the call engine. */
export class CallError extends Error {
  readonly reason: CallErrorReason;

  constructor(reason: CallErrorReason, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'CallError';
    this.reason = reason;
  }
}
