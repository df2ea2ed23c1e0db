import { createHmac } from 'node:crypto';
import { MemoryBackplane, type MemoryBackplaneOptions } from '../../src/backplane/memory.ts';
import { type ChatParts, createChat } from '../../src/core/chat.ts';
import type { Log } from '../../src/core/ports.ts';
import type { MatchId, SessionId } from '../../src/core/types.ts';
import { createMatchProofs } from '../../src/match-proof.ts';
import { TestClock } from './clock.ts';

/** Collects what is logged, so that a test can look for what must not be there. */
export class TestLog implements Log {
  readonly lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  readonly debug = this.#collect('debug');
  readonly info = this.#collect('info');
  readonly warn = this.#collect('warn');
  readonly error = this.#collect('error');

  #collect(level: string) {
    return (fields: Record<string, unknown>, message: string) => {
      this.lines.push({ level, fields, message });
    };
  }
}

/** A counter instead of random ids: a failing run reads better. */
export function numbered<T extends string>(prefix: string): () => T {
  let last = 0;
  return () => `${prefix}-${String(++last).padStart(8, '0')}` as T;
}

export function memoryBackplane(options: Partial<MemoryBackplaneOptions> = {}): MemoryBackplane {
  return new MemoryBackplane({
    now: new TestClock().now,
    random: () => 0,
    newMatchId: numbered<MatchId>('match'),
    matchWindow: 1,
    interestWaitMs: 10_000,
    rematchAfterMs: 30_000,
    rematchAfterFailureMs: 600_000,
    mailboxMax: 512,
    ...options,
  });
}

export function chatParts(parts: Partial<ChatParts> = {}): ChatParts {
  return {
    backplane: memoryBackplane(),
    log: new TestLog(),
    newSessionId: numbered<SessionId>('session'),
    newSecret: numbered('secret'),
    hashSecret: (secret) => createHmac('sha256', 'test').update(secret).digest('base64url'),
    matchProofs: createMatchProofs(new Uint8Array(32), new TestClock().now),
    iceServers: () => [],
    ...parts,
  };
}

export function testChat(parts: Partial<ChatParts> = {}) {
  return createChat(chatParts(parts));
}
