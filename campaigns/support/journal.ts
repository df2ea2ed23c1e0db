import { type Heard, type History, type Operation, emptyHistory } from './history.ts';

type Payload = { matchId?: string; offset?: number } & Record<string, unknown>;

/** Takes note of what clients do and hear, by one clock. */
export class Journal {
  readonly history: History = emptyHistory();
  /** How often what happened. */
  readonly counts: Record<string, number> = {};
  /** What must not have happened, in words, as it was seen. */
  readonly breaches: string[] = [];

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  breach(what: string, about: unknown): void {
    this.breaches.push(`${what}: ${JSON.stringify(about)}`);
  }

  /** Somebody was let into this session. */
  enter(session: string, account: string): void {
    this.history.accounts.set(session, account);
  }

  /** This session is back in a match that was forgotten, asked for at `from`. */
  restore(session: string, match: string, from: number): void {
    this.history.restored.push({ session, match, from, to: performance.now() });
  }

  /** Somebody asks for something, now. */
  note(what: Omit<Operation, 'invokedAt' | 'completedAt' | 'outcome'>): Operation {
    const operation: Operation = { ...what, invokedAt: performance.now() };
    this.history.operations.push(operation);
    this.count(what.isBehind ? 'said behind' : what.command);
    return operation;
  }

  complete(operation: Operation, outcome: string): void {
    operation.completedAt = performance.now();
    operation.outcome = outcome;
    this.count(outcome === 'ok' ? 'taken' : `refused: ${outcome}`);
  }

  /** An event as it came over the wire; undefined if it is none of a mailbox. */
  hear(session: string, name: string, args: readonly unknown[]): Heard | undefined {
    const event = readEvent(name, args);
    const { offset } = (args.at(-1) ?? {}) as Payload;
    if (!event || offset === undefined) return undefined;
    const heard = { session, offset, at: performance.now(), event };
    this.history.heard.push(heard);
    this.count(`heard: ${event.type}`);
    return heard;
  }

  /** The backplane has forgotten everything. */
  forget(): void {
    this.history.forgotten.push(performance.now());
  }
}

function readEvent(name: string, args: readonly unknown[]): Heard['event'] | undefined {
  const payload = (args.at(-1) ?? {}) as Payload;
  const match = payload.matchId ?? '';
  switch (name) {
    case 'peer:alone':
      return { type: 'waiting' };
    case 'peer:found':
    case 'peer:accepted':
      return {
        type: 'matched',
        match,
        role: name === 'peer:found' ? 'offerer' : 'answerer',
        mode: String(payload.mode),
      };
    case 'peer:disconnected':
      return { type: 'left', match, reason: String(payload.reason) };
    case 'chat:message':
      return { type: 'frame', match, kind: 'say', canary: String(payload.text) };
    case 'peer:call': {
      const { sdp } = args[0] as { sdp: string };
      return { type: 'frame', match, kind: 'relay', canary: /\r\ns=(.*)\r\n/.exec(sdp)?.[1] ?? sdp };
    }
    case 'peer:away':
    case 'peer:back':
    case 'peer:state':
    case 'chat:typing':
    case 'chat:delivered':
      return { type: 'news', match, name };
    default:
      return undefined;
  }
}
