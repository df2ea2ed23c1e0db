import { mainReason } from './errors.ts';
import type { MachineEvent } from './machine.ts';
import type { LocalMedia } from './media.ts';
import type { CallState } from './types.ts';

type Had = Pick<LocalMedia, 'stream' | 'missing'>;

/** What a start comes to with the devices that could be had. `withoutMedia`: none of them is needed. */
export function outcomeOf({ stream, missing }: Had, withoutMedia: boolean): MachineEvent {
  const reason = mainReason(missing);
  return reason && !withoutMedia && stream.getTracks().length === 0
    ? { type: 'media-failed', reason, missing }
    : { type: 'media-ready' };
}

/** What a start that failed for want of devices comes to after all, by a permission or a plug; undefined: no change. */
export function reviewOf(state: CallState, { stream, missing }: Had): MachineEvent | undefined {
  if (state.status !== 'failed' || !state.missing) return undefined;
  if (stream.getTracks().length > 0) return { type: 'media-ready' };
  const reason = mainReason(missing);
  return reason && missing !== state.missing ? { type: 'media-failed', reason, missing } : undefined;
}
