import { ackSchema, mediaStateSchema, numberedTextSchema, type MediaState } from '@passerby/protocol';
import { isLevel, type Level } from './link.ts';
import type { ByeReason } from './machine.ts';
import { parse } from './parse.ts';

/** What two of our own clients tell each other on the data channel. */
export type PeerMessage =
  | ({ type: 'state' } & MediaState)
  | { type: 'bye'; reason: ByeReason }
  | { type: 'text'; seq: number; text: string }
  /** Every text up to that one has arrived. */
  | { type: 'got'; upTo: number }
  | { type: 'typing'; on: boolean }
  /** How well what is sent arrives, as far as its sender can tell. */
  | { type: 'sending'; level: Level };

/** Largest message that is looked at, in UTF-16 units: a text in which JSON escapes every character, and some. */
const LENGTH_MAX = 4_096;
const BYE_REASONS: readonly unknown[] = ['skipped', 'left', 'ended'] satisfies ByeReason[];

export function writePeerMessage(message: PeerMessage): string {
  return JSON.stringify(message);
}

/** Reads what the partner sent; undefined for anything that is not exactly one of our messages. */
export function readPeerMessage(data: unknown): PeerMessage | undefined {
  if (typeof data !== 'string' || data.length > LENGTH_MAX) return undefined;
  const value = parseJson(data);
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  switch (value.type) {
    case 'state': {
      const media = parse(mediaStateSchema, value);
      return media && { type: 'state', ...media };
    }
    case 'bye': {
      const reason = 'reason' in value ? value.reason : undefined;
      return isByeReason(reason) ? { type: 'bye', reason } : undefined;
    }
    case 'text': {
      const text = parse(numberedTextSchema, value);
      return text && { type: 'text', ...text };
    }
    case 'got': {
      const got = parse(ackSchema, value);
      return got && { type: 'got', ...got };
    }
    case 'typing':
      return 'on' in value && typeof value.on === 'boolean' ? { type: 'typing', on: value.on } : undefined;
    case 'sending':
      return 'level' in value && isLevel(value.level) ? { type: 'sending', level: value.level } : undefined;
    default:
      return undefined;
  }
}

function isByeReason(value: unknown): value is ByeReason {
  return BYE_REASONS.includes(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
