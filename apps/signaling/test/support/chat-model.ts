import { DEFAULT_WISHES, sameWishes } from '@passerby/protocol';
import { isDeepStrictEqual } from 'node:util';
import type { FindRequest, MatchRef, Sending } from '../../src/core/ports.ts';
import type {
  AccountId,
  ChatEvent,
  ClientAttempt,
  Counts,
  MatchId,
  Mode,
  PartnerLeftReason,
  Session,
  SessionEndedReason,
  SessionId,
  Standing,
  Wishes,
} from '../../src/core/types.ts';
import { type Seeker, accept, insists } from './acceptance.ts';
import type { HeldCall } from './held-backplane.ts';
import { OWN_ADDRESS, readMark } from './marked-signal.ts';

/** What one verb brought about, as far as anybody can see it. */
export interface Step {
  verb: HeldCall['verb'];
  args: readonly unknown[];
  result: unknown;
  /** New events of each mailbox, in order. */
  posted: ReadonlyMap<SessionId, readonly ChatEvent[]>;
  /** Watchers that were told the end. */
  ended: readonly { id: SessionId; account: AccountId; reason: SessionEndedReason }[];
}

export interface ModelOptions {
  now(): number;
  interestWaitMs: number;
  rematchAfterMs: number;
  rematchAfterFailureMs: number;
  /** Whether a command under way lets this session end this match. */
  mayEnd(leaver: SessionId, match: MatchId): boolean;
}

interface Person {
  readonly session: Session;
  /** The attempt that was taken last. */
  client: ClientAttempt | undefined;
  leaseEnds: number;
  away: boolean;
  wishes: Wishes;
  waiting: boolean;
  /** The search that is on, or that led to the match. */
  search: Search | undefined;
  /** That of a match that may have failed to connect: the next one may go on in its place. */
  kept: Search | undefined;
  match: Match | undefined;
  lastMatchId: MatchId | undefined;
}

/** What is told of a search. */
type News = Extract<ChatEvent, { type: 'waiting' | 'matched' }>;

/** How somebody looks, or looked when it was found. */
interface Search extends Seeker {
  readonly since: number;
}

interface Match {
  readonly id: MatchId;
  readonly sides: Person[];
  readonly relayOnly: boolean;
  readonly lastSeq: Map<Person, number>;
  on: boolean;
  /** Who was told of its end: the one who stayed. */
  told: Person | undefined;
}

/**
 * Watches every step of a backplane and knows the one thing that may have happened. It is fed the
 * events of all mailboxes and throws at the first breach of the rules C15 to C20.
 */
export class ChatModel {
  /** What has happened so far, so that a run can show that it was not an empty one. */
  readonly tally: Record<string, number> = {};
  readonly people = new Map<SessionId, Person>();
  readonly #options: ModelOptions;
  readonly #accounts = new Map<AccountId, Person>();
  readonly #matches = new Map<MatchId, Match>();
  readonly #apartUntil = new Map<string, number>();
  /** Who was parted from somebody without either being told, and may be kept apart until then. */
  readonly #unheardUntil = new Map<AccountId, number>();

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  count(what: string, by = 1): void {
    this.tally[what] = (this.tally[what] ?? 0) + by;
  }

  /** Takes in one step; the sessions whose standing it may have changed. */
  step(step: Step): SessionId[] {
    const caller = this.people.get(step.args[0] as SessionId);
    const before = { live: this.#live(caller), match: caller?.match };
    if (step.verb === 'open') this.#open(step);
    if (caller && before.live) this.#signOfLife(step, caller);
    const over = this.#endings(step, caller);
    this.#newMatches(step);
    for (const [id, events] of step.posted) this.#read(id, events, over, step, caller);
    for (const match of over) this.#close(match, step);
    if (caller && before.live && this.people.has(caller.session.id))
      this.#commanded(step, caller, before.match);
    else if (caller && !before.live) this.#refused(step);
    if (step.verb === 'due') this.#nobodyLeftWaiting();
    if (step.verb === 'count') this.#counted(step.result as Counts);
    const touched = [...step.posted.keys(), ...(caller ? [caller.session.id] : [])];
    return touched.filter((id) => this.people.has(id));
  }

  /** What the port must say of a session. */
  standing(id: SessionId): Standing | undefined {
    const person = this.people.get(id);
    if (!person || !this.#live(person)) return undefined;
    if (person.match) return { status: 'matched', matchId: person.match.id };
    return { status: person.waiting ? 'waiting' : 'idle' };
  }

  /** Looks at everything at once: each match is on for both its sides or over for both. */
  atRest(): void {
    for (const match of this.#matches.values()) {
      const here = match.sides.filter((person) => person.match === match);
      check(here.length === (match.on ? 2 : 0), 'C15', 'both sides say the same of a match', match.id);
    }
  }

  #live(person: Person | undefined): boolean {
    return person !== undefined && this.#options.now() < person.leaseEnds;
  }

  #renew(person: Person): void {
    const { searchingMs, matchedMs } = person.session.leases;
    person.leaseEnds = this.#options.now() + (person.match ? matchedMs : searchingMs);
  }

  #signOfLife({ verb, args, result }: Step, person: Person): void {
    if (verb === 'renew') this.#renew(person);
    if (verb === 'claim' && result === true) person.client = args[4] as ClientAttempt | undefined;
    if (verb === 'back') {
      const isNewest = isDeepStrictEqual(args[1], person.client);
      check(result === isNewest, 'C16', 'the newest line is shown', [args, person.client]);
      if (!isNewest) return;
    }
    if ((verb !== 'away' && verb !== 'back') || person.away === (verb === 'away')) return;
    person.away = verb === 'away';
    this.#renew(person);
  }

  #open({ args, result, ended }: Step): void {
    const [session, { takeOver }] = args as [Session, { takeOver: boolean }];
    const old = this.#accounts.get(session.account);
    const inUse = old !== undefined && this.#live(old) && !old.away;
    if (isLeftover(session.client, old?.client)) {
      check(result === 'overtaken', 'C16', 'a leftover opens nothing', session);
      return;
    }
    const isOwn = old?.client !== undefined && old.client.id === session.client?.id;
    if (inUse && isOwn && !takeOver) this.count('own sessions taken over');
    const expected = !inUse || isOwn || takeOver ? 'opened' : 'elsewhere';
    check(result === expected, 'C16', 'an account is active in one place', session.account);
    if (result !== 'opened') return;
    check(
      !old || ended.some(({ id }) => id === old.session.id),
      'C16',
      'the old session is ended',
      session.account,
    );
    const person: Person = {
      session,
      client: session.client,
      leaseEnds: this.#options.now() + session.leases.searchingMs,
      away: false,
      wishes: DEFAULT_WISHES,
      waiting: false,
      search: undefined,
      kept: undefined,
      match: undefined,
      lastMatchId: undefined,
    };
    this.people.set(session.id, person);
    this.#accounts.set(session.account, person);
    this.count(old ? 'takeovers' : 'starts');
  }

  /** The matches that this step ended, by what the sides were told or by their being gone. */
  #endings(step: Step, caller: Person | undefined): Set<Match> {
    const over = new Set<Match>();
    const gone = step.ended.map(({ id }) => id);
    if (step.verb === 'end' && caller && !gone.includes(caller.session.id)) gone.push(caller.session.id);
    for (const { reason } of step.ended) this.count(`ended ${reason}`);
    for (const id of gone) {
      const person = this.people.get(id);
      if (!person) throw new Error(`C20: ${id} ended twice`);
      this.people.delete(id);
      if (this.#accounts.get(person.session.account) === person)
        this.#accounts.delete(person.session.account);
      if (person.match) over.add(person.match);
    }
    for (const [id, events] of step.posted) {
      for (const event of events) {
        if (event.type !== 'partner-left') continue;
        const match = this.#matches.get(event.matchId);
        // A match that was made and ended in one and the same step is not known yet.
        if (match) over.add(match);
        else
          check(
            events.some((other) => isMatched(other, event.matchId)),
            'C19',
            'a match ends that was',
            id,
          );
      }
    }
    return over;
  }

  #newMatches({ posted, ended }: Step): void {
    const made = new Map<MatchId, { person: Person; event: ChatEvent & { type: 'matched' } }[]>();
    for (const [id, events] of posted) {
      const person = this.#known(id);
      for (const event of events) {
        if (event.type !== 'matched') continue;
        const sides = made.get(event.matchId) ?? [];
        made.set(event.matchId, [...sides, { person, event }]);
      }
    }
    for (const [id, sides] of made) {
      check(!this.#matches.has(id), 'C19', 'a match is made once', id);
      const [one, other] = sides;
      if (!one) continue;
      this.#matches.set(id, {
        id,
        sides: sides.map(({ person }) => person),
        relayOnly: one.event.relayOnly,
        lastSeq: new Map(),
        on: true,
        told: undefined,
      });
      this.count('matches');
      if (!other) {
        check(ended.length > 0, 'C15', 'a match has two sides', id);
        continue;
      }
      check(sides.length === 2, 'C15', 'a match has two sides', id);
      const roles = sides.map(({ event }) => event.role).sort();
      check(roles.join() === 'answerer,offerer', 'C19', 'exactly one side offers', id);
      const accounts = sides.map(({ person }) => person.session.account) as [AccountId, AccountId];
      check(accounts[0] !== accounts[1], 'C17', 'nobody meets itself', accounts);
      const apart = this.#apartUntil.get(pairOf(...accounts)) ?? 0;
      check(apart <= this.#options.now(), 'C17', 'nobody meets who was just left', [id, ...accounts]);
      for (const { person } of sides) {
        check(this.#live(person) && !person.away, 'C16', 'whoever is matched is there', person.session.id);
      }
    }
  }

  /** Replays one mailbox. */
  #read(id: SessionId, events: readonly ChatEvent[], over: Set<Match>, step: Step, caller?: Person): void {
    const person = this.#known(id);
    let released = false;
    for (const event of events) {
      const isOwn = event.type !== 'waiting' && person.match?.id === event.matchId;
      switch (event.type) {
        case 'partner-left':
          check(isOwn, 'C19', 'the end of a match is told to who is in it', event);
          over.add(person.match as Match);
          this.#left(person, event.reason);
          released = true;
          break;
        case 'waiting':
        case 'matched': {
          if (person.match && over.has(person.match)) {
            // The partner was ended in the same step, so nobody was told that the match had failed.
            const failed = step.verb === 'find' && (step.args[1] as FindRequest).reason === 'failed';
            if (failed && !person.match.told) person.kept = person.search;
            person.match = undefined;
          }
          check(!person.match, 'C16', 'whoever is in a match does not look for another', [id, event]);
          const asked =
            person === caller || person.waiting || (released && person.wishes.requeue) || step.verb === 'due';
          check(asked, 'C16', 'nobody is handed on unasked', [id, event]);
          if (released && person !== caller) this.count('put back');
          if (step.verb === 'due' && event.type === 'matched') this.count('met when their time came');
          this.#entered(person, event, step, caller);
          break;
        }
        case 'signal':
          check(isOwn, 'C18', 'a signal belongs to the match that is on', [id, event]);
          this.#signalled(person, event);
          break;
        default:
          check(isOwn, 'C18', 'news belong to the match that is on', [id, event]);
          this.count(event.type);
      }
    }
  }

  #left(person: Person, reason: PartnerLeftReason): void {
    const match = person.match as Match;
    check(!match.told, 'C19', 'the end of a match is told once', match.id);
    match.told = person;
    person.match = undefined;
    if (reason === 'failed') for (const side of match.sides) side.kept = side.search;
    this.count(`left: ${reason}`);
    const partner = match.sides.find((side) => side !== person);
    if (!partner) return;
    const { rematchAfterMs, rematchAfterFailureMs, now } = this.#options;
    const pair = pairOf(person.session.account, partner.session.account);
    const until = now() + (reason === 'failed' ? rematchAfterFailureMs : rematchAfterMs);
    this.#apartUntil.set(pair, Math.max(until, this.#apartUntil.get(pair) ?? 0));
  }

  #entered(person: Person, event: News, { verb, args }: Step, caller?: Person): void {
    if (person === caller && verb === 'find') {
      const { wishes } = args[1] as FindRequest;
      if (wishes) person.wishes = wishes;
    }
    const search = this.#searching(person, event, person === caller ? verb : undefined);
    if (event.type === 'waiting') {
      check(search.anyone || !event.anyone, 'C17', 'what is named is insisted on', [
        person.session.id,
        event,
      ]);
      if (person.waiting && person.search?.since === event.since && event.anyone) this.count('widened');
      search.anyone = event.anyone;
    }
    person.search = search;
    person.kept = undefined;
    person.waiting = event.type === 'waiting';
    if (event.type === 'waiting') return;
    check(event.mode === person.wishes.mode, 'C17', 'modes do not mix', event);
    check(event.relayOnly || !person.wishes.relayOnly, 'C18', 'who hides its address is heard', event);
    person.match = this.#matches.get(event.matchId);
    this.#accepted(person, event);
    person.lastMatchId = event.matchId;
    this.#renew(person);
  }

  /** Somebody's search as of this news of it. It may go on from an earlier one, with its time and its being widened. */
  #searching(person: Person, news: News, verb: Step['verb'] | undefined): Search {
    const now = this.#options.now();
    const { wishes, waiting, kept } = person;
    const before = waiting ? person.search : kept;
    const isSame = before !== undefined && sameWishes(before.wishes, wishes);
    const goesOn = isSame || (!waiting && kept !== undefined);
    const since = news.type === 'waiting' ? news.since : goesOn && before ? before.since : now;
    const isWidened = isSame && (before.anyone || verb === 'widen');
    const isLate = now >= since + this.#options.interestWaitMs;
    return { wishes, since, anyone: !insists(wishes) || isLate || isWidened };
  }

  /** With the second side of a match both are known. */
  #accepted({ search, match }: Person, event: News & { type: 'matched' }): void {
    const [one, other] = match?.sides.map((side) => side.match === match && side.search) ?? [];
    if (!one || !other) return;
    check(accept(one, other), 'C17', 'nobody meets whom it does not accept', [event.matchId, one, other]);
    if (!one.anyone || !other.anyone) this.count('met for what they share');
    const both = (kind: 'interests' | 'languages') =>
      one.wishes[kind].filter((named) => other.wishes[kind].includes(named)).sort();
    for (const kind of ['interests', 'languages'] as const) {
      const told = event.shared[kind].toSorted();
      check(told.join() === both(kind).join(), 'C15', 'both hear what they share', [event, search]);
    }
  }

  #signalled(person: Person, event: ChatEvent & { type: 'signal' }): void {
    const match = person.match as Match;
    const { sender, match: meant } = readMark(event.signal);
    const partner = match.sides.find((side) => side !== person);
    check(sender === partner?.session.id, 'C18', 'a signal comes from the partner', event);
    check(meant === match.id || meant === 'current', 'C18', 'a signal arrives in its own match', event);
    if (match.relayOnly) {
      check(!JSON.stringify(event).includes(OWN_ADDRESS), 'C18', 'no address passes', event);
      this.count('relays without addresses');
    }
    if (event.seq !== undefined && partner) {
      check(event.seq > (match.lastSeq.get(partner) ?? 0), 'C18', 'signals come once and in order', event);
      match.lastSeq.set(partner, event.seq);
    }
    this.count('relays');
  }

  /** A match that ended is over for both, and only for a reason. */
  #close(match: Match, { verb, args, ended }: Step): void {
    match.on = false;
    for (const side of match.sides) if (side.match === match) side.match = undefined;
    const [, second] = match.sides;
    if (!second || !match.told) this.#unheard(match, ended);
    if (!second || match.sides.some(({ session }) => !this.people.has(session.id))) return;
    check(match.told, 'C19', 'the end of a match is told', match.id);
    const id = match.sides.find((side) => side !== match.told)?.session.id as SessionId;
    check((verb === 'find' || verb === 'leave') && args[0] === id, 'C18', 'its own side ends a match', [
      match.id,
      verb,
    ]);
    const meant = verb === 'leave' ? args[1] : (args[1] as FindRequest).ending;
    check(meant === 'current' || meant === match.id, 'C18', 'a command ends the match it names', match.id);
    check(this.#options.mayEnd(id, match.id), 'C18', 'somebody asked for the end of this match', match.id);
  }

  #unheard(match: Match, ended: Step['ended']): void {
    const until = this.#options.now() + this.#options.rematchAfterFailureMs;
    for (const { session } of match.sides) this.#unheardUntil.set(session.account, until);
    for (const { account } of ended) this.#unheardUntil.set(account, until);
  }

  /** What the caller's own state must be after its command. */
  #commanded({ verb, args, result, ended }: Step, caller: Person, match: Match | undefined): void {
    switch (verb) {
      case 'renew':
        check(result === true, 'C20', 'a live session can be renewed', caller.session.id);
        break;
      case 'find': {
        const { wishes } = args[1] as FindRequest;
        if (result === 'stale') break;
        check(result === 'done', 'C20', 'a live session may look', caller.session.id);
        if (wishes) caller.wishes = wishes;
        if (caller.match && caller.match === match) this.count('crossed polls');
        // Whoever it met may have been too slow to hear of it.
        else if (ended.length === 0)
          check(caller.match ?? caller.waiting, 'C20', 'who looks waits or is matched', caller.session.id);
        break;
      }
      case 'leave': {
        const [, meant, reason] = args as [SessionId, MatchRef, PartnerLeftReason];
        const about = meant === 'current' || meant === caller.lastMatchId;
        if (!match && about && reason !== 'skipped') caller.waiting = false;
        break;
      }
      case 'send': {
        const { matchId } = args[2] as Sending;
        const on = match !== undefined && (matchId === 'current' || matchId === match.id);
        check(result === on, 'C18', 'a signal is taken exactly while its match is on', [matchId, match?.id]);
        if (!on) this.count('stale signals refused');
        break;
      }
      default:
    }
  }

  #refused({ verb, result, posted }: Step): void {
    if (verb === 'end' || verb === 'drain') return;
    check(posted.size === 0, 'C20', 'a lapsed session brings nothing about', verb);
    check(!result || result === 'unknown', 'C20', 'a lapsed session is refused', [verb, result]);
    this.count('late owners refused');
  }

  #nobodyLeftWaiting(): void {
    const now = this.#options.now();
    const heard = (person: Person) => (this.#unheardUntil.get(person.session.account) ?? 0) <= now;
    const waiting = [...this.people.values()].filter(
      (person) => person.waiting && !person.away && this.#live(person) && heard(person),
    );
    for (const [index, one] of waiting.entries()) {
      const { since = now, anyone } = one.search ?? {};
      check(
        anyone || now < since + this.#options.interestWaitMs,
        'C20',
        'nobody insists for ever',
        one.search,
      );
      for (const other of waiting.slice(index + 1)) {
        if (one.wishes.mode !== other.wishes.mode || !one.search || !other.search) continue;
        if (!accept(one.search, other.search)) {
          this.count('kept waiting');
          continue;
        }
        const apart = this.#apartUntil.get(pairOf(one.session.account, other.session.account)) ?? 0;
        check(apart > now, 'C20', 'no two wait who may meet', [one.session.id, other.session.id]);
        this.count('kept apart');
      }
    }
  }

  #counted(counts: Counts): void {
    const people = [...this.people.values()];
    check(counts.online === people.length, 'C20', 'everybody is counted', [counts, people.length]);
    for (const mode of ['video', 'voice', 'text'] as Mode[]) {
      const ours = people.filter((person) => person.wishes.mode === mode);
      const waiting = ours.filter((person) => person.waiting);
      // A ticket may go before its lapsed session does.
      const certain = waiting.filter((person) => this.#live(person)).length;
      const counted = counts.waiting[mode];
      check(certain <= counted && counted <= waiting.length, 'C20', 'who waits is counted', [counts, mode]);
      const matched = ours.filter((person) => person.match).length;
      check(counts.matched[mode] === matched, 'C20', 'who is matched is counted', [counts, mode, matched]);
    }
  }

  #known(id: SessionId): Person {
    const person = this.people.get(id);
    if (!person) throw new Error(`C20: events for ${id}, which is not there`);
    return person;
  }
}

function isLeftover(client: ClientAttempt | undefined, newest: ClientAttempt | undefined): boolean {
  return client !== undefined && client.id === newest?.id && client.attempt <= newest.attempt;
}

function isMatched(event: ChatEvent, matchId: MatchId): boolean {
  return event.type === 'matched' && event.matchId === matchId;
}

function pairOf(a: AccountId, b: AccountId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function check(holds: unknown, rule: string, what: string, about: unknown): asserts holds {
  if (!holds) throw new Error(`${rule}: ${what}: ${JSON.stringify(about)}`);
}
