import { type Heard, type History, type Operation, readCanary } from './history.ts';

export interface CheckOptions {
  /** How long two who parted are kept apart, in milliseconds. */
  rematchAfterMs: number;
}

/** A match as its clients saw it. */
interface Match {
  readonly id: string;
  /** Sessions that were told of it, spoke in it or heard what was said in it. */
  readonly sides: Set<string>;
  readonly matched: Heard[];
  /** It was on at some time between the two of each. */
  readonly proofs: { from: number; to: number }[];
  /** By then it was over. */
  overAt: number;
  /** It was forgotten and came back: what was heard late of its first life says nothing of the second. */
  readonly isRestored: boolean;
}

interface Span {
  /** Of a match. */
  id: string;
  from: number;
  to: number;
}

/** What is known of a run. */
interface Known {
  readonly history: History;
  /** By session; each in its order. */
  readonly mailboxes: Map<string, Heard[]>;
  readonly matches: Map<string, Match>;
  /**
   * Which of its lives a match had then: each ends at the latest when everything is forgotten, or when it comes
   * back. Undefined: it was just coming back.
   */
  lifeOf(match: string, at: number): number | undefined;
  breach(rule: string, what: string, about: unknown): void;
}

/** Clocks count whole milliseconds. */
const ROUNDING_MS = 5;
/** A mailbox that comes back counts on from the milliseconds since 1970, and none comes back twice in a second. */
const LEAP_MIN = 1_000;
/** These are taken only while their match is on. */
const SENDS: ReadonlySet<string> = new Set(['say', 'relay']);
const MAY_END: ReadonlySet<string> = new Set(['find', 'skip', 'leave']);
/** Nothing comes of these. `unavailable` is not among them: the answer alone may have been lost. */
const REFUSALS: ReadonlySet<string> = new Set(['not-matched', 'session-unknown']);

/**
 * Every breach of M1 to M5 that this history proves, in words. It proves none where one backplane that does
 * one step at a time can explain it: an operation without an outcome may have taken effect at any time, or not
 * at all, and what is heard late may have happened long before.
 *
 * - **M1** a match has two sides, and both are told the same
 * - **M2** nobody is in two matches, or gets another one without having ended the one before
 * - **M3** nobody meets their own account, or too soon again whom they parted from
 * - **M4** what is sent in a match reaches its other side alone, once, in order and only while it is on; what is
 *   taken arrives, what is refused does not
 * - **M5** each side is told of its match once, in a mailbox without gaps, and of its end at most once; exactly
 *   one side offers
 */
export function checkHistory(history: History, options: CheckOptions): string[] {
  const breaches: string[] = [];
  const restored = Map.groupBy(history.restored, ({ match }) => match);
  const known: Known = {
    history,
    mailboxes: new Map(),
    matches: new Map(),
    lifeOf: (match, at) => {
      const its = restored.get(match) ?? [];
      if (its.some(({ from, to }) => from <= at && at <= to)) return undefined;
      const isOver = (end: number) => end <= at;
      return history.forgotten.filter(isOver).length + its.filter(({ to }) => isOver(to)).length;
    },
    breach: (rule, what, about) => void breaches.push(`${rule}: ${what}: ${JSON.stringify(about)}`),
  };
  readMailboxes(known);
  readMatches(known);
  readOutcomes(known);
  checkFrames(known);
  checkSides(known);
  checkPassage(known);
  checkStaleness(known);
  checkExclusivity(known);
  checkApart(known, options);
  return breaches;
}

/** A mailbox tells the same, wherever and however often it is read. */
function readMailboxes({ history, mailboxes, breach }: Known): void {
  const known = new Map<string, Map<number, Heard>>();
  const unanswered = new Map<string, number>();
  for (const { command, session, outcome } of history.operations) {
    if (command === 'resume' && outcome === undefined)
      unanswered.set(session, (unanswered.get(session) ?? 0) + 1);
  }
  for (const heard of history.heard) {
    const mailbox = upsert(known, heard.session, () => new Map());
    const before = mailbox.get(heard.offset);
    if (!before) mailbox.set(heard.offset, heard);
    else if (JSON.stringify(before.event) !== JSON.stringify(heard.event))
      breach('M5', 'a mailbox tells two stories', [before, heard]);
  }
  for (const [session, mailbox] of known) {
    const inOrder = [...mailbox.values()].sort((a, b) => a.offset - b.offset);
    mailboxes.set(session, inOrder);
    const its = new Set(inOrder.map(({ event }) => event.match));
    // It came back by its own proof, by its partner's, or by one to which it heard no answer.
    let leaps =
      history.restored.filter(({ match }) => its.has(match)).length + (unanswered.get(session) ?? 0);
    for (const [index, heard] of inOrder.entries()) {
      const gap = heard.offset - (inOrder[index - 1]?.offset ?? 0);
      if (gap === 1) continue;
      leaps -= 1;
      if (gap < LEAP_MIN || leaps < 0) breach('M5', 'something before this is missing', heard);
    }
  }
}

/** What the mailboxes say of matches; each speaks of that alone which its owner is in. */
function readMatches({ history, mailboxes, matches, breach }: Known): void {
  for (const { match } of history.restored) matchOf(matches, match, true);
  for (const [session, mailbox] of mailboxes) {
    let current: Match | undefined;
    for (const heard of mailbox) {
      if (heard.event.match === undefined) continue;
      const { event, at } = heard;
      if (event.type === 'matched') {
        const match = matchOf(matches, event.match);
        if (match.matched.some((other) => other.session === session))
          breach('M5', 'a match is told twice', heard);
        match.matched.push(heard);
        match.sides.add(session);
        if (current) current.overAt = Math.min(current.overAt, at);
        current = match;
      } else if (event.match !== current?.id) {
        breach(event.type === 'left' ? 'M5' : 'M4', 'news of a match that is not on', heard);
      } else if (event.type === 'left') {
        current.overAt = Math.min(current.overAt, at);
        current = undefined;
      }
    }
  }
}

/** What the answers say of them. */
function readOutcomes({ history, matches }: Known): void {
  for (const { session, command, match: id, invokedAt, completedAt, outcome } of history.operations) {
    if (id === undefined || outcome !== 'ok' || completedAt === undefined) continue;
    const match = matchOf(matches, id);
    if (SENDS.has(command)) {
      match.sides.add(session);
      match.proofs.push({ from: invokedAt, to: completedAt });
    }
    // Taken, it has ended that match, if nothing else had.
    if (command === 'skip') match.overAt = Math.min(match.overAt, completedAt);
  }
}

function checkFrames({ history, mailboxes, matches, breach }: Known): void {
  const said = new Map<string, Operation[]>();
  for (const operation of history.operations) {
    const { command, canary } = operation;
    if (canary !== undefined) upsert(said, `${command} ${canary}`, () => []).push(operation);
  }
  const arrived = new Set<string>();
  for (const [session, mailbox] of mailboxes) {
    const last = new Map<string, number>();
    for (const heard of mailbox) {
      if (heard.event.type !== 'frame') continue;
      const { match: id, kind, canary } = heard.event;
      const { sender, match: meant, seq } = readCanary(canary);
      const attempts = said.get(`${kind} ${canary}`) ?? [];
      arrived.add(`${kind} ${canary}`);
      const [first] = attempts;
      if (first?.session !== sender) breach('M4', 'nobody said this', heard);
      if (meant !== id) breach('M4', 'a frame arrives in a match it was not meant for', heard);
      if (sender === session) breach('M4', 'a frame comes back to its sender', heard);
      if (first && attempts.every(({ outcome = '' }) => REFUSALS.has(outcome)))
        breach('M4', 'what was refused arrives', heard);
      if (seq <= (last.get(`${id} ${kind}`) ?? 0)) breach('M4', 'frames come once and in order', heard);
      last.set(`${id} ${kind}`, seq);
      const match = matchOf(matches, id);
      match.sides.add(session).add(sender);
      if (first) match.proofs.push({ from: first.invokedAt, to: heard.at });
    }
  }
  for (const [key, attempts] of said) {
    const taken = attempts.find(({ outcome }) => outcome === 'ok');
    if (!taken || arrived.has(key)) continue;
    const match = matchOf(matches, taken.match ?? '');
    const partner = [...match.sides].find((side) => side !== taken.session);
    // Whoever has read of the end, or of a later match, has read all that was said before.
    const isRead = partner !== undefined && endOf(mailboxes.get(partner) ?? [], match) !== undefined;
    if (isRead && !match.isRestored) breach('M4', 'what was taken does not arrive', [taken, partner]);
  }
}

function endOf(mailbox: readonly Heard[], { id }: Match): Heard | undefined {
  const begun = mailbox.findIndex(({ event }) => event.type === 'matched' && event.match === id);
  if (begun < 0) return undefined;
  return mailbox.slice(begun + 1).find(({ event }) => event.type === 'matched' || event.type === 'left');
}

function checkSides({ history, matches, breach }: Known): void {
  for (const { id, sides, matched } of matches.values()) {
    if (sides.size > 2) breach('M1', 'a match has two sides', [id, ...sides]);
    const accounts = [...sides].map((side) => history.accounts.get(side));
    if (accounts.length === 2 && accounts[0] === accounts[1])
      breach('M3', 'nobody meets themselves', [id, ...sides]);
    const [one, other] = matched.map(({ event }) => event);
    if (one?.type !== 'matched' || other?.type !== 'matched') continue;
    if (one.role === other.role) breach('M5', 'one side offers, and one alone', [one, other]);
    if (one.mode !== other.mode) breach('M1', 'both sides are told the same', [one, other]);
  }
}

/** From one match to the next only by its end, or by a command of one's own for each. */
function checkPassage({ history, mailboxes, breach }: Known): void {
  const commands = new Map<string, Operation[]>();
  for (const operation of history.operations) {
    if (MAY_END.has(operation.command)) upsert(commands, operation.session, () => []).push(operation);
  }
  for (const [session, mailbox] of mailboxes) {
    const own = (commands.get(session) ?? []).toSorted((a, b) => a.invokedAt - b.invokedAt);
    let next = 0;
    let current: string | undefined;
    for (const heard of mailbox) {
      if (heard.event.type === 'left') current = undefined;
      if (heard.event.type !== 'matched') continue;
      if (current !== undefined) {
        // Another match's is behind for good.
        while (own[next]?.match !== undefined && own[next]?.match !== current) next += 1;
        const ending = own[next];
        if (!ending || ending.invokedAt > heard.at)
          breach('M2', 'nobody asked for the end of a match', [current, heard]);
        else next += 1;
      }
      current = heard.event.match;
    }
  }
}

function checkStaleness({ history, matches, breach }: Known): void {
  for (const operation of history.operations) {
    const { command, match, outcome, invokedAt, isBehind } = operation;
    if (isBehind && outcome === 'ok') breach('M4', 'a line that was left behind is heard', operation);
    if (match === undefined || outcome !== 'ok' || !SENDS.has(command)) continue;
    const { overAt, isRestored } = matchOf(matches, match);
    if (invokedAt > overAt && !isRestored)
      breach('M4', 'something is taken for a match that was over', [operation, overAt]);
  }
}

/** No account is certain to have been in two matches at one time. */
function checkExclusivity({ history, matches, lifeOf, breach }: Known): void {
  const spans = new Map<string, Span[]>();
  for (const match of matches.values()) {
    const its = spansOf(match, (at) => lifeOf(match.id, at));
    for (const side of match.sides) {
      const account = history.accounts.get(side);
      if (account !== undefined) upsert(spans, account, () => []).push(...its);
    }
  }
  for (const [account, its] of spans) {
    let latest: Span | undefined;
    for (const span of its.toSorted((a, b) => a.from - b.from)) {
      if (latest && latest.id !== span.id && span.from < latest.to)
        breach('M2', 'nobody is in two matches', [account, latest, span]);
      if (!latest || span.to > latest.to) latest = span;
    }
  }
}

function checkApart({ history, mailboxes, matches, breach }: Known, { rematchAfterMs }: CheckOptions): void {
  for (const [session, mailbox] of mailboxes) {
    const last = new Map<string, Match>();
    for (const heard of mailbox) {
      if (heard.event.type !== 'matched') continue;
      const match = matchOf(matches, heard.event.match);
      const partner = [...match.sides].find((side) => side !== session);
      const account = partner === undefined ? undefined : history.accounts.get(partner);
      if (account === undefined) continue;
      const before = last.get(account);
      last.set(account, match);
      if (!before) continue;
      const metAt = Math.min(...match.matched.map(({ at }) => at));
      const partedAt = onUntil(before, metAt);
      const apartMs = metAt - partedAt;
      // Who forgets everything forgets this, too.
      const isForgotten = history.forgotten.some((at) => at > partedAt && at < metAt);
      if (apartMs < rematchAfterMs - ROUNDING_MS && !isForgotten)
        breach('M3', 'nobody meets who was just left', [session, before.id, heard, apartMs]);
    }
  }
}

/** When a match was certainly on: in each life from a time when it had begun to one when it was not over. */
function spansOf(
  { id, matched, proofs, isRestored }: Match,
  lifeOf: (at: number) => number | undefined,
): Span[] {
  const spans = new Map<number, Span>();
  for (const { from, to } of proofs) {
    const life = lifeOf(from);
    if (life === undefined || life !== lifeOf(to)) continue;
    const span = upsert(spans, life, () => ({ id, from: Infinity, to: -Infinity }));
    span.from = Math.min(span.from, to);
    span.to = Math.max(span.to, from);
  }
  for (const { at } of matched) {
    const span = spans.get(lifeOf(at) ?? NaN);
    if (span && !isRestored) span.from = Math.min(span.from, at);
  }
  return [...spans.values()].filter(({ from, to }) => from <= to);
}

/** Some time before `end` at which it was certainly not over yet. */
function onUntil({ proofs }: Match, end: number): number {
  let until = -Infinity;
  for (const { from } of proofs) if (from <= end) until = Math.max(until, from);
  return until;
}

function matchOf(matches: Map<string, Match>, id: string, isRestored = false): Match {
  return upsert(matches, id, () => ({
    id,
    sides: new Set(),
    matched: [],
    proofs: [],
    overAt: Infinity,
    isRestored,
  }));
}

function upsert<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
