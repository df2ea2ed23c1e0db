import type { CallState } from '@passerby/call';

/**
 * When a newer version of the page can be had: at once, where a reload costs nobody anything; else with the next
 * Stop. Never in the middle of a match or a search: there a reload would be a goodbye that nobody meant.
 */
export function updateFor(status: CallState['status']): 'now' | 'with-stop' {
  switch (status) {
    case 'idle':
    case 'failed':
    case 'parted':
      return 'now';
    case 'starting':
    case 'searching':
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return 'with-stop';
  }
}
