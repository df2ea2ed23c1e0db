import { randomBytes } from 'node:crypto';
import type { ChatEvent } from '../core/types.ts';
import type { Json } from './text-api-reply.ts';

/** Chosen by `/start`: without any parameter the protocol of 2010, else that of the later clients. */
export type Dialect = 'seed' | 'later';

export type TextEvent = readonly [name: string, ...args: Json[]];

/** What a client has been told so far, as far as the next events depend on it. */
export interface Told {
  readonly waiting: boolean;
  readonly typing: boolean;
  /** `strangerDisconnected`: the last event of an id. */
  readonly over: boolean;
}

export const NOTHING_TOLD: Told = { waiting: false, typing: false, over: false };

/** The events of a session as a client of that dialect reads them: the table of architecture section 8. */
export function toTextEvents(
  dialect: Dialect,
  told: Told,
  events: readonly ChatEvent[],
): { list: TextEvent[]; told: Told } {
  const list: TextEvent[] = [];
  for (const event of events) {
    if (told.over) break;
    switch (event.type) {
      case 'waiting':
        if (!told.waiting) list.push(['waiting']);
        told = { ...told, waiting: true };
        break;
      case 'matched':
        // [X5] For a client of 2010 the first event is `waiting`, always.
        if (dialect === 'seed' && !told.waiting) list.push(['waiting']);
        list.push(['connected']);
        if (dialect === 'later') list.push(...aboutStranger(event.shared.interests));
        told = { ...told, waiting: true, typing: false };
        break;
      case 'message':
        list.push(['gotMessage', event.text]);
        told = { ...told, typing: false };
        break;
      case 'typing':
        // A client of 2010 takes every `typing` for a switch, so none may come without a change.
        if (told.typing === event.on) break;
        list.push([event.on || dialect === 'seed' ? 'typing' : 'stoppedTyping']);
        told = { ...told, typing: event.on };
        break;
      case 'partner-left':
        list.push(['strangerDisconnected']);
        told = { ...told, over: true };
        break;
      case 'signal':
      case 'delivered':
      case 'partner-state':
      case 'partner-away':
      case 'partner-back':
        break;
    }
  }
  return { list, told };
}

/** What follows `connected` in its batch: there is a client that drops the last event of a batch. */
function aboutStranger(interests: readonly string[]): TextEvent[] {
  const digests: TextEvent = ['identDigests', identDigests()];
  return interests.length > 0 ? [['commonLikes', interests], digests] : [digests];
}

/** Four words of 32 hex digits, new for each chat: nobody can be recognised by them. */
function identDigests(): string {
  return Array.from({ length: 4 }, () => randomBytes(16).toString('hex')).join(',');
}
