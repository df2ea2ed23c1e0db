import type { ErrorCode, Wishes } from '@passerby/protocol';
import { expect } from 'vitest';
import type { ChatParts } from '../../src/core/chat.ts';
import type { Backplane } from '../../src/core/ports.ts';
import { createMatchProofs } from '../../src/match-proof.ts';
import type { AccountId, ChatEvent, MatchId, SessionEndedReason, Signal } from '../../src/core/types.ts';
import { TestLog, memoryBackplane, testChat } from './chat-parts.ts';
import { TestClock } from './clock.ts';
import { type HeldCall, heldBackplane } from './held-backplane.ts';
import { LEASES, WISHES } from './stage.ts';

/** A chat in memory and people who come to it. `port`: what the chat sees of that memory. */
export function scene(options: Partial<ChatParts> & { port?: (memory: Backplane) => Backplane } = {}) {
  const { port = (memory) => memory, ...parts } = options;
  const clock = new TestClock();
  const log = new TestLog();
  const memory = parts.backplane ?? memoryBackplane({ now: clock.now });
  const matchProofs = createMatchProofs(new Uint8Array(32), clock.now);
  const chat = testChat({ log, matchProofs, ...parts, backplane: port(memory) });

  async function enter(name: string, { takeOver = false, resumable = true } = {}) {
    const account = name as AccountId;
    const { id, resumeToken = '' } = await chat.start({ account, leases: LEASES, resumable, takeOver });
    const ended: SessionEndedReason[] = [];
    chat.watch(id, { wake: () => {}, ended: (reason) => void ended.push(reason) });
    let read = 0;
    return {
      id,
      account,
      resumeToken,
      ended,
      find: (wishes: Partial<Wishes> = {}) => chat.find(id, { ...WISHES, ...wishes }),
      async news(): Promise<ChatEvent[]> {
        const events = await memory.drain(id, read);
        read = events.at(-1)?.offset ?? read;
        return events.map(({ event }) => event);
      },
    };
  }
  type Person = Awaited<ReturnType<typeof enter>>;

  /** Pairs the two; nothing is left unread. */
  async function meet(first: Person, second: Person, wishes: Partial<Wishes> = {}): Promise<MatchId> {
    await first.find(wishes);
    await second.find(wishes);
    const matched = [...(await first.news()), ...(await second.news())].findLast(
      ({ type }) => type === 'matched',
    );
    if (matched?.type !== 'matched') throw new Error('they did not meet');
    return matched.matchId;
  }
  return { chat, clock, log, memory, enter, meet };
}

/** The same, where after `slowDown` the calls of the port wait in `held`. */
export function slowScene() {
  const held: HeldCall[] = [];
  let slow = false;
  const port = (memory: Backplane) => {
    const slowed = heldBackplane(memory, held);
    return new Proxy(memory, {
      get: (target, name) => {
        const verb = name as keyof Backplane;
        return slow ? slowed[verb] : target[verb].bind(target);
      },
    });
  };
  return { ...scene({ port }), held, slowDown: () => void (slow = true) };
}

/** An offer that can be told from others. */
export const offer = (mark: string): Signal => ({
  kind: 'offer',
  body: { type: 'offer', sdp: `v=0\r\ns=${mark}\r\n` },
});
/** Matches the ChatError with this code. */
export const refusal = (code: ErrorCode) => expect.objectContaining({ name: 'ChatError', code });
