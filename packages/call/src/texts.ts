import type { Wishes } from '@passerby/protocol';
import type { PeerMessage } from './peer-message.ts';
import { TIMES } from './times.ts';
import type { Clock, Ending, Match, SignalingClient, TextLine, TextLog, Unsubscribe } from './types.ts';

export interface TextsParts {
  match: Match;
  /** What I had asked for. */
  wishes: Wishes;
  clock: Clock;
  signaling: Pick<SignalingClient, 'say' | 'unsay' | 'typing' | 'hurry'>;
  /** Says it on the data channel; false where that is not open. */
  sayDirectly(message: PeerMessage): boolean;
  /** Whether one of the two has no line to the server. */
  isCut(): boolean;
  /** The log has changed. */
  onchange(): void;
}

/** A text of mine that the partner's client is not known to have. */
interface Underway {
  text: string;
  /** The server has it, and hands it over. */
  taken: boolean;
  cancelLate: Unsubscribe;
}

/** Texts of the partner that came before their time and wait for it. */
const HELD_MAX = 64;
/** A log forgets its oldest lines beyond that: whoever writes without end fills nobody's memory. */
const LINES_MAX = 5_000;

/**
 * The texts of one match, exactly once and in order, whichever way each one goes. A text has a number that
 * its sender counts. It goes by the server, which keeps it over reconnects, and while one of the two has no
 * line to the server on the data channel as well. The receiver shows each number once and none before the
 * one below it; to the sender it is delivered when the partner's client says so.
 */
export class Texts {
  readonly #parts: TextsParts;
  #log: TextLog;
  /** By number, lowest first. */
  readonly #underway = new Map<number, Underway>();
  #said = 0;
  /** The partner's texts up to this number are in the log. */
  #heard = 0;
  readonly #held = new Map<number, { text: string; direct: boolean }>();
  /** Set while the partner is told that I type. */
  #cancelTyping: Unsubscribe | undefined;

  constructor(parts: TextsParts) {
    this.#parts = parts;
    const { matchId, mode, shared } = parts.match;
    this.#log = {
      matchId,
      mode,
      shared,
      wishes: parts.wishes,
      startedAt: parts.clock.now(),
      lines: [],
      partnerTyping: false,
    };
  }

  /** A new object after each change, the same one otherwise. */
  get log(): TextLog {
    return this.#log;
  }

  /** Sends a text, which must be one (`textSchema`). Not after `end`. */
  say(text: string): void {
    const { clock, signaling } = this.#parts;
    const seq = (this.#said += 1);
    this.#stopTyping();
    signaling.say(this.#log.matchId, seq, text);
    this.#underway.set(seq, { text, taken: false, cancelLate: this.#awaitDelivery(seq) });
    this.#add({ key: mine(seq), from: 'me', text, at: clock.now(), progress: 'sending' });
    if (this.#parts.isCut()) this.#sayDirectly(seq, text);
  }

  /** A key was pressed in the text field. */
  typed(): void {
    if (!this.#cancelTyping) this.#tellTyping(true);
    this.#cancelTyping?.();
    this.#cancelTyping = this.#parts.clock.after(TIMES.typingMs, () => this.#stopTyping());
  }

  /** Tries what has not arrived again, every way. Not after `end`. */
  retry(): void {
    for (const [seq, entry] of this.#underway) {
      entry.cancelLate();
      entry.cancelLate = this.#awaitDelivery(seq);
      this.#update(seq, { progress: 'sending' });
    }
    this.#parts.signaling.hurry();
    this.#sayAllDirectly();
  }

  /** Somebody's line went, or the data channel opened: what the server cannot hand over now goes directly. */
  wayChanged(): void {
    if (this.#parts.isCut()) this.#sayAllDirectly();
  }

  /** A text of the partner. `direct`: it came on the data channel. */
  hear(seq: number, text: string, direct: boolean): void {
    const isNext = seq === this.#heard + 1;
    if (seq > this.#heard && !this.#held.has(seq) && (isNext || this.#held.size < HELD_MAX)) {
      this.#held.set(seq, { text, direct });
    }
    for (let next = this.#held.get(this.#heard + 1); next; next = this.#held.get(this.#heard + 1)) {
      this.#heard += 1;
      this.#held.delete(this.#heard);
      this.#add({
        key: `partner ${this.#heard}`,
        from: 'partner',
        text: next.text,
        at: this.#parts.clock.now(),
        ...(next.direct && { direct: true }),
      });
      this.hearTyping(false);
    }
    if (direct) this.#parts.sayDirectly({ type: 'got', upTo: this.#heard });
  }

  hearTyping(on: boolean): void {
    if (on === this.#log.partnerTyping || this.#ended) return;
    this.#change({ partnerTyping: on });
  }

  /** The server has that text of mine. */
  taken(seq: number): void {
    const entry = this.#underway.get(seq);
    if (entry) entry.taken = true;
  }

  /** The partner's client has that text of mine. */
  delivered(seq: number): void {
    const entry = this.#underway.get(seq);
    if (!entry) return;
    entry.cancelLate();
    this.#underway.delete(seq);
    this.#update(seq, { progress: 'delivered' });
  }

  /** The partner's client has all texts of mine up to that one, and said so directly. */
  got(upTo: number): void {
    for (const seq of [...this.#underway.keys()].filter((number) => number <= upTo)) {
      this.#parts.signaling.unsay(this.#log.matchId, seq);
      this.delivered(seq);
    }
  }

  /** The match is over. What the partner said before may still come. */
  end(ending: Ending): void {
    if (this.#ended) return;
    this.#cancelTyping?.();
    this.#change({ partnerTyping: false, endedAt: this.#parts.clock.now(), ending });
    for (const [seq, { taken, cancelLate }] of this.#underway) {
      cancelLate();
      this.#update(seq, { progress: taken ? 'sent' : 'undelivered' });
    }
  }

  get #ended(): boolean {
    return this.#log.endedAt !== undefined;
  }

  #awaitDelivery(seq: number): Unsubscribe {
    return this.#parts.clock.after(TIMES.lateMs, () => {
      this.#update(seq, { progress: 'undelivered' });
      // Somebody's line may have gone without anybody knowing yet.
      this.#sayAllDirectly();
    });
  }

  #sayAllDirectly(): void {
    for (const [seq, { text }] of this.#underway) if (!this.#sayDirectly(seq, text)) return;
  }

  #sayDirectly(seq: number, text: string): boolean {
    const said = this.#parts.sayDirectly({ type: 'text', seq, text });
    if (said) this.#update(seq, { direct: true });
    return said;
  }

  #stopTyping(): void {
    if (!this.#cancelTyping) return;
    this.#cancelTyping();
    this.#cancelTyping = undefined;
    this.#tellTyping(false);
  }

  #tellTyping(on: boolean): void {
    this.#parts.signaling.typing(this.#log.matchId, on);
    if (this.#parts.isCut()) this.#parts.sayDirectly({ type: 'typing', on });
  }

  #add(line: TextLine): void {
    this.#change({ lines: [...this.#log.lines.slice(1 - LINES_MAX), line] });
  }

  #update(seq: number, change: Partial<TextLine>): void {
    const { lines } = this.#log;
    const index = lines.findLastIndex(({ key }) => key === mine(seq));
    const line = lines[index];
    if (line) this.#change({ lines: lines.with(index, { ...line, ...change }) });
  }

  #change(change: Partial<TextLog>): void {
    this.#log = { ...this.#log, ...change };
    this.#parts.onchange();
  }
}

function mine(seq: number): string {
  return `me ${seq}`;
}
