import type { CallView } from '@passerby/call';
import type { Messages } from './i18n/messages/en.ts';

/** What the tab says of a page that is not looked at; undefined where there is nothing to come back for. */
export type Beckoning = 'matched' | 'parted' | { unread: number } | undefined;

/** `unread`: texts of the partner that nobody has seen. `known`: the match that was on when the page was last seen. */
export function beckoningOf({ state }: CallView, unread: number, known: string | undefined): Beckoning {
  if (unread > 0) return { unread };
  if ('match' in state && state.match.matchId !== known) return 'matched';
  return state.status === 'parted' ? 'parted' : undefined;
}

/** Its words. */
export function beckon(beckoning: NonNullable<Beckoning>, { call: { beckons } }: Messages): string {
  return typeof beckoning === 'string' ? beckons[beckoning] : beckons.unread(beckoning.unread);
}
