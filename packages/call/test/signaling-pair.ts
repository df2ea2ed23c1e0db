import {
  DEFAULT_WISHES,
  type CallReport,
  type MediaState,
  type PartnerLeftReason,
  type Wishes,
} from '@passerby/protocol';
import { CallError, type CallErrorReason } from '../src/errors.ts';
import { Listeners } from '../src/listeners.ts';
import type { Match, SignalingClient, SignalingEvent } from '../src/types.ts';
import { settle } from './fake-clock.ts';

type Command =
  | { type: 'find'; wishes: Wishes }
  | { type: 'skip'; matchId: string; reason?: 'failed' }
  | { type: 'leave'; matchId?: string }
  | { type: 'signal'; matchId: string; event: SignalingEvent }
  | { type: 'text'; matchId: string; seq: number; text: string }
  | { type: 'widen' }
  | { type: 'end' };

interface ServerMatch {
  id: string;
  sides: readonly [Session, Session];
  /** The highest number of a text that each side has sent. */
  readonly said: Map<Session, number>;
}

/** A session at the server, and the line between it and its client: two queues that the test flushes by hand. */
export class Session {
  readonly commands: Command[] = [];
  readonly events: SignalingEvent[] = [];
  line = true;
  /** The client let go of it. */
  closed = false;
  /** The server knows it. */
  known = true;
  match: ServerMatch | undefined;
  lastMatch: string | undefined;
  readonly #server: PairServer;
  readonly #hear: (event: SignalingEvent) => void;

  constructor(server: PairServer, hear: (event: SignalingEvent) => void) {
    this.#server = server;
    this.#hear = hear;
    this.events.push({ type: 'online' }, { type: 'welcome', resumed: false, standing: { status: 'idle' } });
  }

  /** Takes one command to the server. False: there was none, or no line. */
  deliverCommand(): boolean {
    const command = this.line ? this.commands.shift() : undefined;
    if (command) this.#server.obey(this, command);
    return command !== undefined;
  }

  /** Takes one event to the client. False: there was none, or no line. */
  deliverEvent(): boolean {
    const event = this.line ? this.events.shift() : undefined;
    if (event && !this.closed) {
      this.#hear(event);
      this.#server.acknowledged(this, event);
    }
    return event !== undefined;
  }

  cutLine(): void {
    if (!this.line) return;
    this.line = false;
    if (!this.closed) this.#hear({ type: 'offline' });
    this.#server.told(this, 'partner-away');
  }

  /** It comes back in vain, for good. */
  refuseLine(reason: CallErrorReason): void {
    this.cutLine();
    this.#hear({ type: 'refused', reason });
  }

  mendLine(): void {
    if (this.line) return;
    this.line = true;
    if (this.closed) return;
    this.#server.told(this, 'partner-back');
    const resumed = this.known;
    if (!resumed) {
      this.known = true;
      this.commands.length = this.events.length = 0;
    }
    const standing = this.match
      ? ({ status: 'matched', matchId: this.match.id } as const)
      : ({ status: this.#server.pool.includes(this) ? 'waiting' : 'idle' } as const);
    // The welcome comes before what is replayed.
    this.events.unshift({ type: 'online' }, { type: 'welcome', resumed, standing });
  }
}

/** A server in memory that pairs whoever comes first, and counts what happened. */
export class PairServer {
  readonly sessions: Session[] = [];
  readonly pool: Session[] = [];
  readonly counts = {
    matches: 0,
    skips: 0,
    failed: 0,
    leaves: 0,
    ends: 0,
    lapses: 0,
    signals: 0,
    stale: 0,
    texts: 0,
  };
  /** Wishes of every find that arrived. */
  readonly finds: Wishes[] = [];
  readonly reports: ({ matchId: string } & CallReport)[] = [];
  relayOnly = false;

  /** A client of this server, as a call takes it. */
  client(): SignalingClient & { session: Session | undefined } {
    const listeners = new Listeners<SignalingEvent>();
    const push = (command: Command): void => void client.session?.commands.push(command);
    const signal = (event: SignalingEvent & { matchId: string }): void =>
      push({ type: 'signal', matchId: event.matchId, event });
    const client: SignalingClient & { session: Session | undefined } = {
      session: undefined,
      connect: () => {
        if (client.session) return;
        client.session = new Session(this, (event) => listeners.emit(event));
        this.sessions.push(client.session);
      },
      find: (wishes) => push({ type: 'find', wishes }),
      skip: (matchId, reason) => push({ type: 'skip', matchId, ...(reason && { reason }) }),
      widen: () => push({ type: 'widen' }),
      say: (matchId, seq, text) => push({ type: 'text', matchId, seq, text }),
      unsay: (matchId, seq) => {
        const commands = client.session?.commands ?? [];
        const at = commands.findIndex(
          (command) => command.type === 'text' && command.matchId === matchId && command.seq === seq,
        );
        if (at >= 0) commands.splice(at, 1);
      },
      typing: (matchId, on) => signal({ type: 'partner-typing', matchId, on }),
      hurry: () => undefined,
      report: (matchId, report) => void this.reports.push({ matchId, ...report }),
      leave: (matchId) => push({ type: 'leave', ...(matchId !== undefined && { matchId }) }),
      sendDescription: (matchId, description) => {
        if (description.type === 'offer' || description.type === 'answer')
          signal({ type: description.type, matchId, description });
      },
      sendCandidate: (matchId, candidate) => signal({ type: 'candidate', matchId, candidate }),
      sendState: (matchId, media: MediaState) => signal({ type: 'partner-state', matchId, media }),
      iceServers: () =>
        client.session?.line
          ? Promise.resolve([{ urls: 'turn:fresh.example' }])
          : Promise.reject(new CallError('server-unreachable')),
      on: (listener) => listeners.on(listener),
      close: () => {
        push({ type: 'end' });
        if (client.session) client.session.closed = true;
        client.session = undefined;
      },
    };
    return client;
  }

  /** Carries everything there is to carry, over every line that stands, until nothing moves. */
  async flush(): Promise<void> {
    await settle();
    let moved = true;
    while (moved) {
      moved = false;
      for (const session of this.sessions) {
        while (session.deliverCommand()) moved = true;
        while (session.deliverEvent()) moved = true;
      }
      await settle();
    }
  }

  obey(session: Session, command: Command): void {
    if (!session.known) return;
    switch (command.type) {
      case 'find':
        this.finds.push(command.wishes);
        this.#endMatch(session, 'skipped');
        this.#find(session, command.wishes);
        break;
      case 'skip':
        if (session.match?.id === command.matchId) this.#endMatch(session, command.reason ?? 'skipped');
        else if (session.match || session.lastMatch !== command.matchId) {
          this.counts.stale += 1;
          break;
        }
        this.counts[command.reason ?? 'skips'] += 1;
        this.#find(session, DEFAULT_WISHES);
        break;
      case 'leave':
        if (command.matchId === undefined) this.#withdraw(session);
        if (session.match && (command.matchId ?? session.match.id) === session.match.id) {
          this.counts.leaves += 1;
          this.#endMatch(session, 'left');
        }
        break;
      case 'signal':
        if (session.match?.id !== command.matchId) {
          this.counts.stale += 1;
          break;
        }
        this.counts.signals += 1;
        partnerIn(session.match, session).events.push(command.event);
        break;
      case 'text': {
        const { matchId, seq, text } = command;
        if (session.match?.id !== matchId) break;
        session.events.push({ type: 'text-taken', matchId, seq });
        if (seq <= (session.match.said.get(session) ?? 0)) break;
        session.match.said.set(session, seq);
        this.counts.texts += 1;
        partnerIn(session.match, session).events.push({ type: 'text', matchId, seq, text });
        break;
      }
      case 'widen':
        break;
      case 'end':
        this.counts.ends += 1;
        this.#forget(session, 'ended');
        break;
    }
  }

  /** A client has handled an event. */
  acknowledged(session: Session, event: SignalingEvent): void {
    if (event.type !== 'text' || session.match?.id !== event.matchId) return;
    const { matchId, seq } = event;
    partnerIn(session.match, session).events.push({ type: 'text-delivered', matchId, seq });
  }

  /** The lease of a session without a line runs out. */
  lapse(session: Session): void {
    if (session.line || !session.known) return;
    this.counts.lapses += 1;
    this.#forget(session, 'lost');
  }

  /** The server ends a session by itself. */
  kick(session: Session, reason: 'elsewhere' | 'token-expired' | 'moderated'): void {
    this.#forget(session, 'lost');
    session.events.push({ type: 'ended', reason });
  }

  told(session: Session, type: 'partner-away' | 'partner-back'): void {
    const { match } = session;
    if (match) partnerIn(match, session).events.push({ type, matchId: match.id });
  }

  #find(session: Session, { mode }: Wishes): void {
    if (session.match || this.pool.includes(session)) return;
    const other = this.pool.find((waiting) => waiting.line);
    if (!other) {
      this.pool.push(session);
      session.events.push({ type: 'waiting', since: 1, anyone: true });
      return;
    }
    this.#withdraw(other);
    this.counts.matches += 1;
    const match: ServerMatch = {
      id: `match-${this.counts.matches}`,
      sides: [session, other],
      said: new Map(),
    };
    for (const side of match.sides) {
      side.match = match;
      const told: Match = {
        matchId: match.id,
        role: side === session ? 'offerer' : 'answerer',
        mode,
        shared: { interests: [], languages: [] },
        iceServers: [],
        relayOnly: this.relayOnly,
      };
      side.events.push({ type: 'matched', match: told });
    }
  }

  #endMatch(session: Session, reason: PartnerLeftReason): void {
    const { match } = session;
    if (!match) return;
    for (const side of match.sides) {
      side.match = undefined;
      side.lastMatch = match.id;
    }
    partnerIn(match, session).events.push({ type: 'partner-left', matchId: match.id, reason });
  }

  #withdraw(session: Session): void {
    const at = this.pool.indexOf(session);
    if (at >= 0) this.pool.splice(at, 1);
  }

  #forget(session: Session, reason: PartnerLeftReason): void {
    this.#withdraw(session);
    this.#endMatch(session, reason);
    session.known = false;
  }
}

function partnerIn(match: ServerMatch, session: Session): Session {
  return match.sides[0] === session ? match.sides[1] : match.sides[0];
}
