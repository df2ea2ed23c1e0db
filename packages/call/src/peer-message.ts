import { mediaStateSchema, type MediaState } from '@passerby/protocol';
import type { ByeReason } from './machine.ts';
import { parse } from './parse.ts';

/** What two of our own clients tell each other on the data channel. */
export type PeerMessage = ({ type: 'state' } & MediaState) | { type: 'bye'; reason: ByeReason };

/** Largest message that is looked at, in characters. */
const LENGTH_MAX = 512;
const BYE_REASONS: readonly unknown[] = ['skipped', 'left', 'ended'] satisfies ByeReason[];

export function writePeerMessage(message: PeerMessage): string {
  return JSON.stringify(message);
}

/** Reads what the partner sent; undefined for anything that is not exactly one of our messages. */
export function readPeerMessage(data: unknown): PeerMessage | undefined {
  if (typeof data !== 'string' || data.length > LENGTH_MAX) return undefined;
  const value = parseJson(data);
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  if (value.type === 'bye') {
    const reason = 'reason' in value ? value.reason : undefined;
    return isByeReason(reason) ? { type: 'bye', reason } : undefined;
  }
  const media = value.type === 'state' ? parse(mediaStateSchema, value) : undefined;
  return media && { type: 'state', ...media };
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
