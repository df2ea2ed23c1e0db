import type { Candidate, Description, MediaState, Wishes } from '@passerby/protocol';
import type { SignalingEvent } from './types.ts';

export type Command =
  | { type: 'find'; wishes: Wishes }
  | { type: 'widen' }
  | { type: 'skip'; matchId: string; reason?: 'failed' }
  | { type: 'leave'; matchId?: string }
  | { type: 'description'; matchId: string; seq: number; description: Description }
  | { type: 'candidate'; matchId: string; seq: number; candidate: Candidate }
  | { type: 'state'; matchId: string; media: MediaState }
  | { type: 'text'; matchId: string; seq: number; text: string }
  | { type: 'typing'; matchId: string; on: boolean };

export type Standing = Extract<SignalingEvent, { type: 'welcome' }>['standing'];

type Text = Extract<Command, { type: 'text' }>;

/** The commands that the server has not acknowledged, oldest first. */
export class Outbox {
  #pending: Command[] = [];
  /** Texts of one match that the server has taken and the partner is not known to have: it may forget them. */
  #taken: Text[] = [];

  /** Keeps a command until it is acknowledged, and forgets those it makes pointless. */
  add(command: Command): void {
    switch (command.type) {
      case 'skip':
      case 'leave':
        this.#drop((old) => old.type === 'find' || old.type === 'widen');
        // What was said before goes out before.
        this.#drop((old) => old.type !== 'text' && isInMatch(old) && old.matchId === command.matchId);
        break;
      case 'find':
        this.#drop((old) => old.type === 'find' || old.type === 'widen');
        break;
      case 'widen':
      case 'state':
      case 'typing':
        this.#drop((old) => old.type === command.type);
        break;
      case 'description':
      case 'candidate':
      case 'text':
        break;
    }
    this.#pending.push(command);
  }

  /** False: it was forgotten before. */
  has(command: Command): boolean {
    return this.#pending.includes(command);
  }

  acknowledged(command: Command): void {
    if (command.type === 'text' && this.has(command)) {
      this.#taken = [...this.#taken.filter(({ matchId }) => matchId === command.matchId), command];
    }
    this.#drop((old) => old === command);
  }

  /**
   * Somebody was found, so the search is over: asked for once more it would end the match. One that is
   * asked for behind a skip or a leave is another.
   */
  found(): void {
    if (this.#pending.some(({ type }) => type === 'skip' || type === 'leave')) return;
    this.#drop((old) => old.type === 'find' || old.type === 'widen');
  }

  /** The match is over: what was to be said in it is void. How it ended is not. */
  over(matchId: string): void {
    this.#drop((old) => isInMatch(old) && old.matchId === matchId);
  }

  /** The text has arrived: it need not be sent any more. */
  unsay(matchId: string, seq: number): void {
    const isIt = (old: Command) => old.type === 'text' && old.matchId === matchId && old.seq === seq;
    this.#drop(isIt);
    this.#taken = this.#taken.filter((text) => !isIt(text));
  }

  /** In order. */
  get texts(): readonly Command[] {
    return this.#pending.filter(({ type }) => type === 'text');
  }

  /** A new session: nothing of the old one counts. */
  clear(): void {
    this.#pending = [];
    this.#taken = [];
  }

  /** As `resume`, for a server that had forgotten the match: with what it had taken and not handed over. */
  restore(standing: Standing): readonly Command[] {
    this.#pending = [...this.#taken, ...this.#pending];
    this.#taken = [];
    return this.resume(standing);
  }

  /**
   * What to send again to a session that was resumed and stands there, in order. Commands that have
   * arrived, as the standing shows, are forgotten.
   */
  resume(standing: Standing): readonly Command[] {
    let status = standing.status;
    const current = standing.status === 'matched' ? standing.matchId : undefined;
    const inMatch = (matchId: string | undefined): boolean => status === 'matched' && matchId === current;
    this.#pending = this.#pending.filter((command) => {
      switch (command.type) {
        case 'find':
          // Who waits may wait with older wishes; with the same ones it changes nothing.
          if (status === 'matched') return false;
          status = 'waiting';
          return true;
        case 'skip':
          // Of a match that ended meanwhile it still says: search again.
          if (status !== 'idle' && !inMatch(command.matchId)) return false;
          status = 'waiting';
          return true;
        case 'leave':
          if (command.matchId !== undefined && !inMatch(command.matchId)) return false;
          status = 'idle';
          return true;
        case 'widen':
          return status === 'waiting';
        case 'description':
        case 'candidate':
        case 'state':
        case 'text':
        case 'typing':
          return inMatch(command.matchId);
      }
    });
    return [...this.#pending];
  }

  #drop(isVoid: (command: Command) => boolean): void {
    this.#pending = this.#pending.filter((command) => !isVoid(command));
  }
}

type InMatch = Extract<Command, { type: 'description' | 'candidate' | 'state' | 'text' | 'typing' }>;

function isInMatch(command: Command): command is InMatch {
  switch (command.type) {
    case 'description':
    case 'candidate':
    case 'state':
    case 'text':
    case 'typing':
      return true;
    case 'find':
    case 'widen':
    case 'skip':
    case 'leave':
      return false;
  }
}
