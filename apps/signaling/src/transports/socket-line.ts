import {
  type Ack,
  type CallReport,
  ChatError,
  type SessionEndedReason,
  type WelcomePayload,
} from '@passerby/protocol';
import type { Chat } from '../core/chat.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Authenticator, Log, Principal } from '../core/ports.ts';
import type { ChatEvent, ClientAttempt, MatchId, SessionEvent, SessionId } from '../core/types.ts';
import { type Rate, TokenBucket } from './rate-limit.ts';
import { type Connection, type Limited, commands, takeHandled } from './socket-commands.ts';
import { type ChatSocket, type MatchExtras, writeEvent } from './socket-events.ts';

/** Packets that may wait to be read by the client; the rest stays in the mailbox, which has a bound. */
const UNREAD_MAX = 64;
/** Commands that look for somebody, which cannot be while the backplane is away. */
const SEARCHES: ReadonlySet<string> = new Set(['peer:find', 'peer:skip']);
/** A token that was not refreshed is cut this long after it ended. */
const TOKEN_GRACE_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Refused commands a connection may have before it is cut: 50 at once, one a second. */
const REFUSALS: Rate = { perMinute: 60, burst: 50 };

type Allowance = Pick<TokenBucket, 'take' | 'giveBack'>;

export interface LineParts {
  chat: Chat;
  authenticator: Authenticator;
  now(): number;
  log: Log;
  metrics?: Metrics | undefined;
  rates: { description: Rate; signal: Rate; message: Rate; other: Rate };
  /** The account's allowance of finds and skips, which outlives the connection. */
  finds: Allowance;
}

/** What the handshake established. */
export interface Admitted {
  principal: Principal;
  /** Absent: a client that does not say which it is. */
  client: ClientAttempt | undefined;
  id: SessionId;
  /** For the client's next connection; absent: a plain client, which neither resumes nor acknowledges. */
  resumeToken?: string;
  resumed: WelcomePayload['resumed'];
  /** Offset of the last event the client has handled. */
  offset: number;
}

/** One socket that shows one session: writes the mailbox out, takes commands in. */
export class SocketLine implements Connection {
  readonly id: SessionId;
  readonly #socket: ChatSocket;
  readonly #parts: LineParts;
  readonly #admitted: Admitted;
  readonly #plain: boolean;
  readonly #buckets: Record<Limited, Allowance>;
  readonly #refusals: TokenBucket;
  #principal: Principal;
  #acknowledged: number;
  #written: number;
  #confirmed = false;
  #congested = false;
  #goodbye = false;
  /** What the client was told last, if it is that it waits. */
  #waiting: { since: number; anyone: boolean } | undefined;
  #paused = false;
  #reported: MatchId | undefined;
  #draining = false;
  #drainAgain = false;
  /** The session goes on elsewhere or is over: this socket's end means nothing for it. */
  #detached = false;
  #unwatch: () => void = () => {};

  constructor(socket: ChatSocket, admitted: Admitted, parts: LineParts) {
    const { rates, now, finds } = parts;
    this.id = admitted.id;
    this.#socket = socket;
    this.#parts = parts;
    this.#admitted = admitted;
    this.#principal = admitted.principal;
    this.#plain = admitted.resumeToken === undefined;
    this.#acknowledged = this.#written = admitted.offset;
    this.#buckets = {
      find: finds,
      description: new TokenBucket(rates.description, now()),
      signal: new TokenBucket(rates.signal, now()),
      message: new TokenBucket(rates.message, now()),
      other: new TokenBucket(rates.other, now()),
    };
    this.#refusals = new TokenBucket(REFUSALS, now());
  }

  get chat(): Chat {
    return this.#parts.chat;
  }

  open(): void {
    // Ahead of Socket.IO's listeners, of which there are none: what is not passed on is not looked for there.
    this.#socket.use(([name, ...args]: unknown[]) => {
      void this.#receive(name, args);
    });
    void this.#welcome();
  }

  async #welcome(): Promise<void> {
    try {
      // False also where this line is a leftover: its client, which has a newer one, does not hear it.
      const isShown = await this.chat.back(this.id, this.#admitted.client);
      const standing = isShown && (await this.chat.standing(this.id));
      if (!standing) {
        this.#ended('session-unknown');
        return;
      }
      // It dropped meanwhile: nobody would take its watcher back.
      if (this.#detached) return;
      const { resumeToken, resumed } = this.#admitted;
      if (resumeToken !== undefined) {
        this.#socket.emit('session:welcome', {
          sessionId: this.id,
          resumeToken,
          resumed,
          state: standing,
          iceServers: this.chat.stunServers(),
          tokenLeftMs: this.#tokenLeftMs(),
        });
      }
      this.#unwatch = this.chat.watch(this.id, {
        wake: (event) => this.#wake(event),
        ended: (reason) => this.#ended(reason),
      });
      await this.#drain();
    } catch (error) {
      this.#bug(error, 'welcome');
      // Without a welcome it would wait for one; so it comes again.
      if (error instanceof ChatError) this.#socket.disconnect(true);
    }
  }

  /** Writes that event if it is the next one, and whatever is new otherwise. */
  #wake(event: SessionEvent | undefined): void {
    const isNext = event?.offset === this.#written + 1;
    // The events of a plain client are forgotten by its drains.
    if (!event || !isNext || this.#plain || this.#draining || this.#detached) {
      void this.#drain();
      return;
    }
    if (this.#isCongested()) return;
    try {
      this.#write(event);
    } catch (error) {
      this.#bug(error, 'wake');
    }
  }

  /** Writes what is new, once and in order, however often it is woken meanwhile. */
  async #drain(): Promise<void> {
    this.#drainAgain = true;
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#drainAgain && !this.#detached) {
        this.#drainAgain = false;
        const events = await this.chat.drain(this.id, this.#acknowledged, this.#written);
        for (const event of events) {
          if (event.offset <= this.#written) continue;
          if (this.#isCongested()) return;
          this.#write(event);
        }
        if (!this.#plain) continue;
        // A plain client never acknowledges: what was written to its socket counts, and is forgotten by the next drain.
        this.#acknowledged = this.#written;
        // That comes at once where somebody waits to hear that a text has arrived. [T5]
        if (events.some(({ event }) => event.type === 'message')) this.#drainAgain = true;
      }
    } catch (error) {
      // The mailbox could not be read: `tick` tries again.
      if (error instanceof ChatError) this.#drainAgain = true;
      this.#bug(error, 'drain');
    } finally {
      this.#draining = false;
    }
  }

  #write(event: SessionEvent): void {
    this.#written = event.offset;
    if (event.event.type === 'waiting') this.#waiting = event.event;
    if (event.event.type === 'matched') this.#waiting = undefined;
    writeEvent(this.#socket, event, (matched) => this.#extras(matched));
  }

  #extras(matched: ChatEvent & { type: 'matched' }): MatchExtras {
    const proof = this.chat.matchProof({ id: this.id, account: this.#principal.account }, matched);
    return { iceServers: this.chat.iceServers(this.id), ...(proof !== undefined && { proof }) };
  }

  /** Whether the client does not read what is written; the drain goes on when it does. */
  #isCongested(): boolean {
    const { conn } = this.#socket;
    // Engine.IO keeps what its transport has not taken here, and says `drain` when it has.
    const { writeBuffer } = conn as unknown as { writeBuffer: readonly unknown[] };
    if (writeBuffer.length < UNREAD_MAX) return false;
    if (!this.#congested) {
      this.#congested = true;
      conn.once('drain', () => {
        this.#congested = false;
        void this.#drain();
      });
    }
    return true;
  }

  /** The one way in for every command: limited, validated, caught, answered. */
  async #receive(name: unknown, args: unknown[]): Promise<void> {
    const last = args.at(-1);
    const reply = typeof last === 'function' ? (args.pop(), last as (ack: Ack) => void) : undefined;
    const now = this.#parts.now();
    const command = typeof name === 'string' ? commands.get(name) : undefined;
    const allowance = this.#buckets[command?.limited ?? 'other'];
    try {
      const retryInMs = allowance.take(now);
      if (!command) throw new ChatError('event-unknown');
      const handled = takeHandled(command, args);
      if (handled !== undefined) {
        this.acknowledge(handled).catch((error: unknown) => this.#bug(error, 'acknowledgement'));
      }
      if (retryInMs > 0) {
        if (command.overLimit) await command.overLimit(this, args);
        this.#parts.metrics?.refused('rate-limited');
        this.#refuse(reply, { error: 'rate-limited', retry: true, retryInMs });
        return;
      }
      const result = await command.run(this, args);
      reply?.({ ok: true, ...result });
      if (this.#goodbye) this.#socket.disconnect(true);
    } catch (error) {
      this.#parts.metrics?.refused(error instanceof ChatError ? error.code : 'internal');
      if (error instanceof ChatError) {
        if (error.code === 'unavailable') {
          allowance.giveBack();
          if (typeof name === 'string' && SEARCHES.has(name)) {
            this.#tellWaiting({ since: now, anyone: false }, true);
          }
        }
        // What was under way when the match ended is nobody's fault, and neither is what the server lacks.
        const blameless = error.code === 'not-matched' || error.code === 'unavailable';
        if (blameless) reply?.({ error: error.code, retry: error.retry });
        else this.#refuse(reply, { error: error.code, retry: error.retry });
        return;
      }
      this.#bug(error, String(name));
      reply?.({ error: 'internal', retry: true });
    }
  }

  #refuse(reply: ((ack: Ack) => void) | undefined, refusal: Ack): void {
    reply?.(refusal);
    if (this.#refusals.take(this.#parts.now()) === 0) return;
    this.#parts.log.warn({ session: this.id.slice(0, 6) }, 'connection cut after too many refused commands');
    this.#socket.disconnect(true);
  }

  /** A fresh token of the same account. */
  async renewToken(token: string): Promise<{ tokenLeftMs: number }> {
    const principal = await this.#parts.authenticator.verify(token);
    if (principal.account !== this.#principal.account) throw new ChatError('token-invalid');
    this.#principal = principal;
    return { tokenLeftMs: this.#tokenLeftMs() };
  }

  #tokenLeftMs(): number {
    return Math.max(0, Math.min(this.#principal.expiresAt - this.#parts.now(), DAY_MS));
  }

  async acknowledge(upTo: number): Promise<void> {
    await Promise.all([this.#confirm(), this.#forget(upTo)]);
  }

  /** The first acknowledgement of a connection shows that its welcome arrived. */
  async #confirm(): Promise<void> {
    const { resumeToken } = this.#admitted;
    if (resumeToken === undefined || this.#confirmed) return;
    this.#confirmed = true;
    await this.chat.confirm(this.id, resumeToken);
  }

  async #forget(upTo: number): Promise<void> {
    const acknowledged = Math.min(upTo, this.#written);
    if (acknowledged <= this.#acknowledged) return;
    this.#acknowledged = acknowledged;
    await this.chat.drain(this.id, acknowledged, this.#written);
  }

  async report(matchId: MatchId, report: CallReport): Promise<void> {
    if (this.#reported === matchId) return;
    const before = this.#reported;
    this.#reported = matchId;
    await this.chat.report(this.id, matchId, report).catch((error: unknown) => {
      this.#reported = before;
      throw error;
    });
  }

  async endSession(): Promise<void> {
    this.#detach();
    this.#goodbye = true;
    await this.chat.end(this.id);
  }

  tick(): void {
    if (this.#parts.now() > this.#principal.expiresAt + TOKEN_GRACE_MS) {
      this.chat.expel(this.id, 'token-expired').catch((error: unknown) => this.#bug(error, 'expel'));
      return;
    }
    this.chat.renew(this.id).then(
      (held) => {
        if (!held && !this.#detached) this.#ended('lapsed');
        else if (this.#drainAgain) void this.#drain();
      },
      (error: unknown) => this.#bug(error, 'renew'),
    );
  }

  /** Matching pauses, or goes on: whoever waits is told. */
  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (this.#waiting) this.#tellWaiting(this.#waiting, paused);
    // What was said meanwhile may have woken nobody.
    if (!paused) void this.#drain();
  }

  #tellWaiting({ since, anyone }: { since: number; anyone: boolean }, paused: boolean): void {
    this.#socket.emit('peer:alone', { since, anyone, paused });
  }

  /** Another connection of the same session is here: this one is a leftover. */
  supersede(): void {
    this.#detach();
    this.#socket.disconnect(true);
  }

  dropped(reason: string): void {
    if (this.#detached) return;
    this.#detach();
    // A plain client cannot come back to its session, and a client that says goodbye does not want to.
    const over = this.#plain || reason === 'client namespace disconnect';
    const done = over ? this.chat.end(this.id) : this.chat.away(this.id);
    done.catch((error: unknown) => this.#bug(error, 'disconnect'));
  }

  /** This node closes. Our own client comes back to its session; a plain one cannot. */
  async close(returnInMs: number): Promise<void> {
    this.#detach();
    if (!this.#plain) this.#socket.emit('server:draining', { returnInMs });
    this.#socket.disconnect(true);
    await (this.#plain ? this.chat.end(this.id) : this.chat.away(this.id)).catch((error: unknown) =>
      this.#bug(error, 'close'),
    );
  }

  #ended(reason: SessionEndedReason): void {
    this.#detach();
    this.#parts.log.info({ session: this.id.slice(0, 6), reason }, 'client told that its session ended');
    if (reason === 'elsewhere') this.#socket.emit('session:elsewhere', { reason });
    else this.#socket.emit('session:ended', { reason });
    this.#socket.disconnect(true);
  }

  #detach(): void {
    this.#detached = true;
    this.#unwatch();
  }

  #bug(error: unknown, where: string): void {
    // A refusal is none; it is said once for all where it comes from.
    if (error instanceof ChatError) return;
    this.#parts.log.error({ err: error, where }, 'unexpected failure');
  }
}
