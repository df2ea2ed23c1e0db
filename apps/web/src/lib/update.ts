import type { CallState } from '@passerby/call';

/** What is said of a newer version of the page. */
export interface Update {
  text: string;
  /** It can be had at once: a reload costs nobody anything. Otherwise it comes with the next Stop. */
  now: boolean;
}

/** Never in the middle of a match or a search: there a reload would be a goodbye that nobody meant. */
export function updateFor(status: CallState['status']): Update {
  switch (status) {
    case 'idle':
    case 'failed':
    case 'parted':
      return { text: 'New version ready', now: true };
    case 'starting':
    case 'searching':
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return { text: 'New version ready. It comes when you stop.', now: false };
  }
}
