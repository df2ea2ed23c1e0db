import { ChatError, textSchema } from '@passerby/protocol';
import type { ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Chat } from '../core/chat.ts';
import type { MatchId, SessionId, Unsubscribe } from '../core/types.ts';
import { type TokenBucket } from './rate-limit.ts';
import { type Dialect, NOTHING_TOLD, type TextEvent, type Told, toTextEvents } from './text-api-events.ts';
import { json, send } from './text-api-reply.ts';

export interface TextSessionParts {
  chat: Chat;
  dialect: Dialect;
  now(): number;
  /** Who started it, as the limits count addresses. */
  address: string;
  pollMs: number;
  after(ms: number, run: () => void): Unsubscribe;
  /** Allowances of this conversation. */
  messages: TokenBucket;
  others: TokenBucket;
  /** The id means nothing any more. Called once. */
  onOver(): void;
  onBug(error: unknown): void;
}

/** A text with its number, to be said in this match and in no other. */
interface Said {
  matchId: MatchId;
  seq: number;
  text: string;
}

/** Texts that wait because the backplane is away. */
const UNSAID_MAX = 16;

/** A poll that waits for something to say. */
interface Poll {
  response: ServerResponse;
  cancel: Unsubscribe;
}

/** Events for one reply, and what is true once the client has it. */
interface Batch {
  list: TextEvent[];
  told: Told;
  upTo: number;
}

/** One id of the HTTP API: a chat session, what its client was told, and the poll that waits for more. */
export class TextSession {
  readonly dialect: Dialect;
  readonly address: string;
  readonly messages: TokenBucket;
  readonly others: TokenBucket;
  readonly #id: SessionId;
  readonly #parts: TextSessionParts;
  readonly #unwatch: Unsubscribe;
  #told = NOTHING_TOLD;
  #upTo = 0;
  #poll: Poll | undefined;
  #delivering = false;
  #again = false;
  #over = false;
  #typing = false;
  #said: { matchId: MatchId; texts: number } | undefined;
  /** In order. Whether the backplane has taken the first is not known, so it keeps its number. */
  #unsaid: Said[] = [];
  #seenAt: number;

  constructor(id: SessionId, parts: TextSessionParts) {
    this.#id = id;
    this.#parts = parts;
    this.#seenAt = parts.now();
    this.dialect = parts.dialect;
    this.address = parts.address;
    this.messages = parts.messages;
    this.others = parts.others;
    this.#unwatch = parts.chat.watch(id, {
      wake: () => void this.#deliver(),
      ended: () => void this.#close(),
    });
  }

  /** The client was seen. False: too late, its lease had run out; the id is over. */
  async seen(): Promise<boolean> {
    if (this.#over) return false;
    this.#seenAt = this.#parts.now();
    if (await this.#parts.chat.renew(this.#id)) return true;
    await this.#close();
    return false;
  }

  /** Ends an id that was not seen for so long that its lease is over, should nobody have said so. */
  sweep(leaseMs: number): void {
    if (this.#parts.now() - this.#seenAt > 2 * leaseMs) void this.#close();
  }

  /** The events that belong into the reply to `/start`; `told` is called when it has arrived. */
  async firstEvents(): Promise<{ list: TextEvent[]; told(): Promise<void> }> {
    const batch = await this.#batch();
    return { list: batch.list, told: () => this.#tell(batch) };
  }

  /** Answers with what is new, at once or as soon as there is something; takes the place of an older poll. */
  async poll(response: ServerResponse): Promise<void> {
    void this.answerIdle();
    const poll: Poll = { response, cancel: () => {} };
    this.#poll = poll;
    response.once('close', () => {
      if (this.#poll === poll) this.#take();
    });
    if (response.destroyed) this.#poll = undefined;
    await this.#sayAll();
    await this.#deliver();
    if (this.#poll !== poll) return;
    poll.cancel = this.#parts.after(this.#parts.pollMs, () => {
      void this.answerIdle();
      this.seen().catch(this.#parts.onBug);
    });
  }

  /** Whether the text went to the stranger. It ends typing. */
  async say(text: string): Promise<boolean> {
    if (!v.is(textSchema, text)) return false;
    const standing = await this.#parts.chat.standing(this.#id);
    if (standing?.status !== 'matched') return false;
    const { matchId } = standing;
    if (this.#said?.matchId !== matchId) this.#said = { matchId, texts: 0 };
    this.#typing = false;
    if (this.#unsaid.length >= UNSAID_MAX) return false;
    const said = { matchId, seq: ++this.#said.texts, text };
    this.#unsaid.push(said);
    return !(await this.#sayAll()).includes(said);
  }

  /**
   * Says what waits, in order; answers with what the match did not take, because it is over. What the
   * backplane cannot take now waits on, for the next text or poll.
   */
  async #sayAll(): Promise<Said[]> {
    const refused: Said[] = [];
    for (let next = this.#unsaid[0]; next; next = this.#unsaid[0]) {
      const said = next;
      try {
        await this.#parts.chat.say(this.#id, said.text, said);
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        if (error.retry) break;
        refused.push(said);
      }
      this.#unsaid = this.#unsaid.filter((other) => other !== said);
    }
    return refused;
  }

  /** `switch`: on if it was off, off if it was on. Nothing is passed on without a change. */
  async typing(to: boolean | 'switch'): Promise<void> {
    const on = to === 'switch' ? !this.#typing : to;
    if (on === this.#typing) return;
    this.#typing = on;
    if (!(await this.#passed(this.#parts.chat.typing(this.#id, on, 'current')))) this.#typing = false;
  }

  /** Whoever comes is welcome from now on. */
  widen(): Promise<void> {
    return this.#parts.chat.widen(this.#id);
  }

  /** The client's goodbye: its stranger is told at once. */
  async end(): Promise<void> {
    await Promise.all([this.#close(), this.#parts.chat.end(this.#id)]);
  }

  /** Answers a waiting poll: with an empty list, or `null` in the protocol of 2010. */
  async answerIdle(): Promise<void> {
    const poll = this.#take();
    if (poll) await send(poll.response, json(this.dialect === 'seed' ? null : []));
  }

  /** Writes what is new to the poll, once and in order, however often it is woken meanwhile. */
  async #deliver(): Promise<void> {
    this.#again = true;
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#again && this.#poll && !this.#over) {
        this.#again = false;
        const batch = await this.#batch();
        if (batch.list.length === 0) {
          if (batch.upTo > this.#upTo) await this.#tell(batch);
          continue;
        }
        const poll = this.#take();
        // The events stay in the mailbox until a living connection has them.
        if (poll && (await send(poll.response, json(batch.list)))) await this.#tell(batch);
      }
    } catch (error) {
      this.#parts.onBug(error);
    } finally {
      this.#delivering = false;
    }
  }

  async #batch(): Promise<Batch> {
    const events = await this.#parts.chat.drain(this.#id, this.#upTo);
    const { list, told } = toTextEvents(
      this.dialect,
      this.#told,
      events.map(({ event }) => event),
    );
    return { list, told, upTo: events.at(-1)?.offset ?? this.#upTo };
  }

  async #tell({ told, upTo }: Batch): Promise<void> {
    this.#told = told;
    this.#upTo = upTo;
    await this.#parts.chat.drain(this.#id, upTo);
    if (told.over) await this.end();
  }

  async #passed(command: Promise<void>): Promise<boolean> {
    try {
      await command;
      return true;
    } catch (error) {
      if (error instanceof ChatError) return false;
      throw error;
    }
  }

  #take(): Poll | undefined {
    const poll = this.#poll;
    this.#poll = undefined;
    poll?.cancel();
    return poll;
  }

  async #close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#unwatch();
    this.#parts.onOver();
    await this.answerIdle();
  }
}
