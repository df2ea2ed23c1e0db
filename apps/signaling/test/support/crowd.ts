import { ChatError, DEFAULT_WISHES, type ErrorCode, type Mode, type Wishes } from '@passerby/protocol';
import type { Chat } from '../../src/core/chat.ts';
import type { MatchRef } from '../../src/core/ports.ts';
import type { AccountId, ClientAttempt, MatchId, SessionId } from '../../src/core/types.ts';
import { drawWishes } from './acceptance.ts';
import type { TestClock } from './clock.ts';
import { markedSignal } from './marked-signal.ts';
import { LEASES } from './stage.ts';

const RENEW_EVERY_MS = 5_000;

/** One who comes, does things and goes. What it knows of its match it has read from its mailbox. */
interface Somebody {
  readonly account: AccountId;
  /** Its newest attempt. */
  client: ClientAttempt;
  id: SessionId | undefined;
  token: string | undefined;
  /** Resume tokens that a confirmed successor has made void. */
  void: string[];
  online: boolean;
  starting: boolean;
  reading: boolean;
  offset: number;
  matchId: MatchId | undefined;
  past: MatchId[];
  seq: number;
  renewedAt: number;
}

interface CommandOptions<T> {
  /** The match that the command may end, and whose command it is. */
  ends?: readonly [SessionId, MatchRef];
  expects?: readonly ErrorCode[];
  then?(result: T): void;
}

export interface CrowdOptions {
  chat: Chat;
  clock: TestClock;
  size: number;
  /** Uniform in [0, 1). */
  random(): number;
  count(what: string): void;
}

/**
 * People who do at random what people, their browsers and their networks do, without waiting for
 * one thing to be done before the next: search, skip (late ones too), signal, vanish, come back
 * with good and bad resume tokens, open a second tab.
 */
export function createCrowd({ chat, clock, size, random, count }: CrowdOptions) {
  const chance = (probability: number) => random() < probability;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

  const ending = new Map<SessionId, Set<{ match: MatchRef }>>();
  let issued = 0;
  let clients = 0;
  let failure: unknown;

  const people: Somebody[] = Array.from({ length: size }, (_, index) => ({
    account: `account-${index}` as AccountId,
    client: newClient(),
    id: undefined,
    token: undefined,
    void: [],
    online: false,
    starting: false,
    reading: false,
    offset: 0,
    matchId: undefined,
    past: [],
    seq: 0,
    renewedAt: 0,
  }));

  function newClient(): ClientAttempt {
    return { id: `client-${++clients}`, attempt: 0 };
  }

  function nextAttempt(who: Somebody): ClientAttempt {
    who.client = { ...who.client, attempt: who.client.attempt + 1 };
    return who.client;
  }

  /** Notes a command that is under way; nobody waits for it. */
  function send<T>(sent: Promise<T>, { ends, expects = [], then }: CommandOptions<T> = {}): void {
    issued++;
    let forget = () => {};
    if (ends) {
      const [id, match] = ends;
      const note = { match };
      const notes = ending.get(id) ?? new Set();
      ending.set(id, notes.add(note));
      forget = () => void notes.delete(note);
    }
    sent.then(
      (result) => {
        forget();
        then?.(result);
      },
      (error: unknown) => {
        forget();
        if (error instanceof ChatError && expects.includes(error.code)) count(`refused: ${error.code}`);
        else failure ??= error;
      },
    );
  }

  function wishes(): Wishes {
    const mode: Mode = pick(['video', 'video', 'video', 'voice', 'text']);
    const named = chance(0.4) ? drawWishes(random) : undefined;
    return { ...DEFAULT_WISHES, mode, ...named, requeue: chance(0.3), relayOnly: chance(0.2) };
  }

  function start(who: Somebody): void {
    // Now and then on a second line: the first one is given up.
    if (who.starting && chance(0.9)) return;
    who.starting = true;
    if (who.id || chance(0.3)) who.client = newClient();
    const options = {
      account: who.account,
      leases: LEASES,
      resumable: chance(0.8),
      takeOver: chance(0.5),
      client: nextAttempt(who),
    };
    send(
      chat.start(options).finally(() => void (who.starting = false)),
      {
        expects: ['elsewhere', 'overtaken'],
        then: ({ id, resumeToken }) => {
          if (chance(0.03)) return; // the answer was lost on the way
          Object.assign(who, {
            id,
            token: resumeToken,
            void: [],
            online: true,
            offset: 0,
            matchId: undefined,
          });
          who.renewedAt = clock.now();
        },
      },
    );
  }

  /** Reads the mailbox as a client does: one request at a time, acknowledging what it has. */
  function read(who: Somebody, id: SessionId): void {
    if (who.reading) return;
    who.reading = true;
    send(
      chat.drain(id, who.offset).finally(() => void (who.reading = false)),
      {
        then: (events) => {
          if (who.id !== id) return;
          for (const { offset, event } of events) {
            if (offset <= who.offset) continue;
            who.offset = offset;
            if (event.type === 'partner-left') who.matchId = undefined;
            if (event.type !== 'matched') continue;
            who.matchId = event.matchId;
            who.past = [event.matchId, ...who.past.slice(0, 4)];
            who.seq = 0;
          }
        },
      },
    );
  }

  function signal(who: Somebody, id: SessionId): void {
    const late = chance(0.15) ? pick(who.past) : undefined;
    const matchId: MatchRef | undefined = late ?? (chance(0.2) ? 'current' : who.matchId);
    if (!matchId) return;
    const seq = chance(0.1) ? Math.max(1, who.seq) : ++who.seq;
    const sent = markedSignal(pick(['offer', 'answer', 'host', 'relay']), id, matchId);
    const reference = matchId === 'current' ? { matchId } : { matchId, seq };
    send(chat.relay(id, sent, reference), { expects: ['not-matched'] });
  }

  function tell(who: Somebody, id: SessionId): void {
    const matchId = who.matchId ?? pick(who.past);
    if (!matchId) return;
    send(chat.tell(id, { mic: true, cam: true, away: false }, matchId), { expects: ['not-matched'] });
  }

  function find(id: SessionId, wished?: Wishes): void {
    send(chat.find(id, wished), { ends: [id, 'current'], expects: ['session-unknown'] });
  }

  function skip(who: Somebody, id: SessionId): void {
    // Now and then the button of a match that is long over.
    const match = chance(0.3) ? pick(who.past) : (who.matchId ?? pick(who.past));
    if (!match) return;
    const sent = chat.skip(id, match, chance(0.2) ? 'failed' : 'skipped');
    send(sent, { ends: [id, match], expects: ['session-unknown', 'not-matched'] });
  }

  function part(how: 'leave' | 'endMatch', who: Somebody, id: SessionId): void {
    const match = chance(0.5) ? 'current' : (pick(who.past) ?? 'current');
    send(chat[how](id, match), { ends: [id, match] });
  }

  function resume(who: Somebody, id: SessionId): void {
    const other = pick(people);
    const bad = chance(0.5) ? pick(who.void) : other === who ? undefined : other.token;
    if (chance(0.4) && bad) {
      const then = (started: unknown) => {
        count('resumes refused');
        if (started) failure ??= new Error(`C4: ${who.account} resumed what it may not`);
      };
      send(chat.resume(who.account, bad, nextAttempt(who)), { then });
      return;
    }
    const { token } = who;
    if (token === undefined) {
      who.id = undefined;
      return;
    }
    const client = nextAttempt(who);
    send(chat.resume(who.account, token, client), {
      then: (started) => {
        if (who.id !== id || who.token !== token) return; // it has moved on meanwhile
        if (!started) {
          who.id = undefined;
          return;
        }
        count('resumes');
        if (chance(0.2)) return; // the answer was lost on the way
        const { resumeToken = '' } = started;
        who.token = resumeToken;
        who.online = true;
        send(chat.back(id, client));
        // Not where another connection has taken the session up meanwhile.
        const then = (newest: boolean) => newest && who.void.push(token);
        send(chat.confirm(id, resumeToken), { then });
      },
    });
  }

  const actions: [weight: number, act: (who: Somebody, id: SessionId) => void][] = [
    [40, signal],
    [30, read],
    [7, (_, id) => find(id, wishes())],
    [7, (_, id) => find(id)],
    [2, (_, id) => send(chat.widen(id))],
    [8, skip],
    [3, tell],
    [2, (who, id) => part('leave', who, id)],
    [2, (who, id) => part('endMatch', who, id)],
    [4, (who, id) => (send(chat.away(id)), (who.online = false))],
    [2, resume],
    [1, start], // in another tab
    [1, (who, id) => (send(chat.end(id), { ends: [id, 'current'] }), (who.id = undefined))],
    [0.3, (_, id) => send(chat.expel(id, 'token-expired'), { ends: [id, 'current'] })],
    [0.7, (who) => (who.id = undefined)], // a crash: nobody says goodbye
    [1, (who) => (who.online = false)], // a dead line that nobody has noticed
    [1, () => send(chat.count())],
  ];
  const totalWeight = actions.reduce((sum, [weight]) => sum + weight, 0);

  return {
    /** Commands so far. */
    get issued(): number {
      return issued;
    },
    /** The first thing that must not have happened. */
    get failure(): unknown {
      return failure;
    },

    /** Somebody does something. */
    act(): void {
      const who = pick(people);
      const { id } = who;
      if (!id) return start(who);
      if (!who.online) return chance(0.3) ? resume(who, id) : undefined;
      let roll = random() * totalWeight;
      const action = actions.find(([weight]) => (roll -= weight) < 0);
      action?.[1](who, id);
    },

    /** The clock moves, mostly a little; who is there renews its lease; the sweeper comes by, sooner or later. */
    passTime(): void {
      clock.advance(Math.floor(random() * (chance(0.03) ? 80_000 : 1_000)));
      for (const who of people) {
        if (!who.id || !who.online || clock.now() - who.renewedAt < RENEW_EVERY_MS) continue;
        who.renewedAt = clock.now();
        send(chat.renew(who.id));
      }
      if (chance(0.3)) send(chat.sweep());
    },

    sweep: (): void => send(chat.sweep()),
    count: (): void => send(chat.count()),

    /** Whether a command under way lets this session end this match. */
    mayEnd(id: SessionId, match: MatchId): boolean {
      const notes = [...(ending.get(id) ?? [])];
      return notes.some((note) => note.match === 'current' || note.match === match);
    },
  };
}
