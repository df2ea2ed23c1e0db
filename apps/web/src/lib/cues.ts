import type { CallView } from '@passerby/call';

/** What can be heard of a call besides the partner. */
export type Cue = 'matched' | 'parted' | 'message' | 'reconnecting';

/** Which cue a change is worth. `chatSeen`: the log is on screen, in a page that is. */
export function cueFor(before: CallView, after: CallView, chatSeen: boolean): Cue | undefined {
  const [was, is] = [before.state.status, after.state.status];
  if (was !== is) {
    // In a text chat the match itself is the meeting.
    if (is === 'connecting' || (is === 'connected' && was === 'searching')) return 'matched';
    if (is === 'parted') return 'parted';
    if (is === 'reconnecting') return 'reconnecting';
  }
  return !chatSeen && received(after) > received(before) ? 'message' : undefined;
}

/** How many texts of the partner the log holds; none of a match before. */
function received({ textLog }: CallView): number {
  return textLog?.lines.filter(({ from }) => from === 'partner').length ?? 0;
}
