import type { Ack } from '../../packages/protocol/src/socket-events.ts';
import { DEFAULT_WISHES, type Wishes } from '../../packages/protocol/src/wishes.ts';
import type { ChatNode, Line } from './chat-node.ts';
import { type Operation, writeCanary } from './history.ts';
import type { Journal } from './journal.ts';

export interface ClientParts {
  /** Its own, of at least 16 characters. */
  name: string;
  /** Another client may have the same: another tab. */
  account: string;
  journal: Journal;
  /** How long an answer is waited for before the line is given up, in milliseconds. */
  patienceMs(): number;
}

/** What a client knows of its session. */
export interface ClientSession {
  readonly id: string;
  token: string;
  /** Tokens that a confirmed one has made void, the newest first. */
  readonly spent: string[];
  /** Of the last event it has handled. */
  offset: number;
  match: string | undefined;
  /** What shows a server that has forgotten it that this match was on. */
  proof: string | undefined;
  /** Matches it has been in, the newest first. */
  past: string[];
  isWaiting: boolean;
  seq: { say: number; relay: number };
}

/** The line that shows the session. */
interface Shown {
  readonly line: Line;
  readonly session: ClientSession;
  readonly attempt: number;
  /** Void once this line's token is confirmed. */
  readonly tokenBefore: string | undefined;
  acknowledged: number;
}

export interface Handshake {
  client: { id: string; attempt: number };
  takeOver: boolean;
  resume?: { token: string; offset: number };
  restore?: { proof: string; wishes: Wishes };
}

interface Welcome {
  sessionId: string;
  resumeToken: string;
  resumed: 'none' | 'replayed' | 'restored';
}

/** What a command names and says, and where. */
interface Asking {
  match?: string;
  canary?: string;
  /** A line that was left behind for one to another node; nobody waits for what it answers. */
  behind?: Line | undefined;
}

/** What comes of a command: `ok` or the code of a refusal; undefined if there was no answer in time. */
export type Outcome = Promise<string | undefined>;

const PAST_MAX = 5;
/** How a welcome is counted. */
const OUTCOMES = { none: 'entered', replayed: 'resumed', restored: 'restored' } as const;

/** Somebody with our client's wire protocol. The journal has all that it does and hears. */
export class Client {
  readonly account: string;
  readonly #parts: ClientParts;
  /** It begins anew as another one when it forgets. */
  #incarnation = 0;
  #attempt = 0;
  #session: ClientSession | undefined;
  #shown: Shown | undefined;
  #waiting: (() => void)[] = [];

  constructor(parts: ClientParts) {
    this.account = parts.account;
    this.#parts = parts;
  }

  get session(): ClientSession | undefined {
    return this.#session;
  }

  get line(): Line | undefined {
    return this.#shown?.line;
  }

  /** The number of its newest connection. */
  get attempt(): number {
    return this.#attempt;
  }

  get id(): string {
    return `${this.#parts.name}-${String(this.#incarnation).padStart(6, '0')}`;
  }

  /** Comes in at this node, to its session if it has one. */
  async enter(node: ChatNode, takeOver: boolean): Outcome {
    const { journal } = this.#parts;
    const before = this.#session;
    const attempt = ++this.#attempt;
    const resume = before && { token: before.token, offset: before.offset };
    const restore = before?.proof !== undefined && { proof: before.proof, wishes: DEFAULT_WISHES };
    const handshake = {
      client: { id: this.id, attempt },
      takeOver,
      ...(resume && { resume }),
      ...(restore && { restore }),
    };
    const askedAt = performance.now();
    return this.open(node, handshake, (line, { sessionId, resumeToken, resumed }) => {
      journal.count(OUTCOMES[resumed]);
      const isSame = before?.id === sessionId;
      if (isSame !== (resumed !== 'none'))
        journal.breach('C3: resumed is another session', [before?.id, sessionId]);
      if (resumed === 'restored' && before) {
        journal.restore(sessionId, before.match ?? '', askedAt);
        // The numbers are forgotten, too: none is said again.
        before.seq = { say: before.seq.say + 1, relay: before.seq.relay + 1 };
      }
      const session = isSame ? before : newSession(sessionId);
      const tokenBefore = isSame ? session.token : undefined;
      session.token = resumeToken;
      this.#session = session;
      this.#shown = { line, session, attempt, tokenBefore, acknowledged: session.offset };
    });
  }

  /** Opens a line; `welcomed` is called as its welcome comes, before any event. */
  async open(
    node: ChatNode,
    handshake: Handshake,
    welcomed: (line: Line, welcome: Welcome) => void,
  ): Outcome {
    const { journal, account } = this.#parts;
    const command = handshake.resume ? 'resume' : 'enter';
    const operation = journal.note({ session: this.#session?.id ?? '', command });
    const { promise: opened, resolve } = Promise.withResolvers<string | undefined>();
    const line: Line = node.open(
      { token: account, protocol: 1, ...handshake },
      {
        event: (name, args) => {
          if (name !== 'session:welcome') return this.#hear(line, name, args);
          const welcome = args[0] as Welcome;
          journal.enter(welcome.sessionId, account);
          welcomed(line, welcome);
          resolve('ok');
        },
        over: (code) => {
          if (this.#shown?.line === line) this.#shown = undefined;
          resolve(code);
        },
      },
    );
    const outcome = await this.#patiently(opened);
    if (outcome === undefined) line.close();
    else journal.complete(operation, outcome);
    return outcome;
  }

  /** Its line drops without a word. */
  drop(): void {
    if (this.#shown) this.#parts.journal.note({ session: this.#shown.session.id, command: 'drop' });
    this.#shown?.line.close();
    this.#shown = undefined;
  }

  /** It takes another line and does not hang up this one. */
  leaveBehind(): Line | undefined {
    const { line } = this.#shown ?? {};
    this.#shown = undefined;
    return line;
  }

  /** It comes back to its session no more, and does not say so. */
  forget(): void {
    this.#shown?.line.close();
    this.#shown = this.#session = undefined;
    this.#incarnation += 1;
    this.#attempt = 0;
  }

  async goodbye(behind?: Line): Outcome {
    const said = this.#ask('goodbye', 'session:end', [], { behind });
    if (!behind) await said.finally(() => this.forget());
    return said;
  }

  find(wishes?: Wishes, behind?: Line): Outcome {
    return this.#ask('find', 'peer:find', wishes ? [wishes] : [], { behind });
  }

  widen(): Outcome {
    return this.#ask('widen', 'peer:widen', []);
  }

  skip(match: string, reason?: 'failed', behind?: Line): Outcome {
    return this.#ask('skip', 'peer:skip', [{ matchId: match, ...(reason && { reason }) }], { match, behind });
  }

  leave(match?: string, behind?: Line): Outcome {
    const named = match !== undefined && { match };
    return this.#ask('leave', 'peer:leave', match === undefined ? [] : [{ matchId: match }], {
      ...named,
      behind,
    });
  }

  typing(match: string, on: boolean, behind?: Line): Outcome {
    return this.#ask('typing', 'chat:typing', [{ matchId: match, on }], { match, behind });
  }

  tell(match: string, mic: boolean): Outcome {
    return this.#ask('tell', 'peer:state', [{ matchId: match, mic, cam: true }], { match });
  }

  /** A text, or a signal, with its canary; `again`: the last one once more, as after a lost answer. */
  async send(
    kind: 'say' | 'relay',
    match: string,
    { again = false, behind }: { again?: boolean; behind?: Line } = {},
  ): Outcome {
    const session = this.#session;
    if (!session) return undefined;
    const seq = again && session.seq[kind] > 0 ? session.seq[kind] : ++session.seq[kind];
    const canary = writeCanary({ sender: session.id, match, seq });
    const text = { matchId: match, seq, text: canary };
    const signal = [
      { type: 'offer', sdp: `v=0\r\ns=${canary}\r\n` },
      { matchId: match, seq },
    ];
    const [name, args] =
      kind === 'say' ? (['chat:message', [text]] as const) : (['peer:offer', signal] as const);
    return this.#ask(kind, name, args, { match, canary, behind });
  }

  /** Says what it has handled. The first time on a line that makes the token before void. */
  async acknowledge(): Promise<void> {
    const shown = this.#shown;
    if (!shown) return;
    const { session, line, attempt, tokenBefore } = shown;
    shown.acknowledged = session.offset;
    const ack = await line.ask('session:ack', { upTo: session.offset });
    // Unless a newer one has been asked for meanwhile.
    const isConfirmed = ack && 'ok' in ack && attempt === this.#attempt && this.#shown === shown;
    if (!isConfirmed || tokenBefore === undefined || session.spent.includes(tokenBefore)) return;
    session.spent.unshift(tokenBefore);
  }

  /** Events that it has handled and not said so. */
  get unacknowledged(): number {
    return this.#shown ? this.#shown.session.offset - this.#shown.acknowledged : 0;
  }

  /** Resolves when something comes, or after so long. */
  async news(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push(() => resolve(undefined));
    const timer = setTimeout(() => resolve(undefined), ms);
    await promise;
    clearTimeout(timer);
  }

  #hear(line: Line, name: string, args: unknown[]): void {
    const shown = this.#shown;
    if (shown?.line !== line) return;
    if (name === 'session:elsewhere') return this.forget();
    // It may have a match to be restored.
    if (name === 'session:ended') return this.drop();
    const { session } = shown;
    const heard = this.#parts.journal.hear(session.id, name, args);
    if (!heard || heard.offset <= session.offset) return;
    session.offset = heard.offset;
    const { event } = heard;
    if (event.type === 'matched') {
      session.past = [event.match, ...session.past.slice(0, PAST_MAX - 1)];
      session.seq = { say: 0, relay: 0 };
    }
    if (event.type !== 'frame' && event.type !== 'news') {
      session.match = event.type === 'matched' ? event.match : undefined;
      session.isWaiting = event.type === 'waiting';
      session.proof = event.type === 'matched' ? (args[0] as { proof?: string }).proof : undefined;
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #ask(
    command: Operation['command'],
    name: string,
    args: readonly unknown[],
    { behind, ...named }: Asking = {},
  ): Outcome {
    const { journal } = this.#parts;
    const [shown, session] = [this.#shown, this.#session];
    const line = behind ?? shown?.line;
    if (!line || !session) return undefined;
    const operation = journal.note({
      session: session.id,
      command,
      ...named,
      ...(behind && { isBehind: true }),
    });
    const answered = line.ask(name, ...args).then((ack) => {
      const outcome = ack && outcomeOf(ack);
      // However late: what came of it is known.
      if (outcome !== undefined) journal.complete(operation, outcome);
      return outcome;
    });
    if (behind) return answered;
    const outcome = await this.#patiently(answered);
    if (this.#shown !== shown) return outcome;
    const isOver = outcome === 'not-matched' || (outcome === 'ok' && command === 'leave');
    if (isOver && (named.match ?? session.match) === session.match) session.match = session.proof = undefined;
    if (outcome === 'session-unknown') this.drop();
    if (outcome === undefined) {
      journal.count('given up');
      this.drop();
    }
    return outcome;
  }

  async #patiently<T>(answer: Promise<T>): Promise<T | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), this.#parts.patienceMs());
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}

function newSession(id: string): ClientSession {
  const seq = { say: 0, relay: 0 };
  return {
    id,
    token: '',
    spent: [],
    offset: 0,
    match: undefined,
    proof: undefined,
    past: [],
    isWaiting: false,
    seq,
  };
}

function outcomeOf(ack: Ack): string {
  return 'error' in ack ? ack.error : 'ok';
}
