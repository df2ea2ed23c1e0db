import type { MachineEvent } from './machine.ts';
import type { CallState, Ending } from './types.ts';

/** How the match ended that was on until that event led to that state. */
export function endingOf(state: CallState, event: MachineEvent): Ending {
  switch (state.status) {
    case 'parted':
      return state.reason;
    case 'idle':
      return 'me';
    case 'searching':
      // A search that the server began is for wishes of mine that crossed the match.
      return event.type === 'next' || event.type === 'waiting' ? 'me' : 'failed';
    default:
      // The session failed, or another match was made meanwhile.
      return 'lost';
  }
}
