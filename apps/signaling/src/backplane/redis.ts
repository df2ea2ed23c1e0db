import { ChatError } from '@passerby/protocol';
import { createClient, ErrorReply, type RedisClientType } from '@redis/client';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  Backplane,
  FindRequest,
  Log,
  MatchRef,
  RestoreRequest,
  Sending,
  Watcher,
} from '../core/ports.ts';
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
  SessionEvent,
  SessionId,
  Standing,
  Unsubscribe,
  Wishes,
} from '../core/types.ts';
import type { MatchingOptions } from './matching-options.ts';
import { RedisScripts, isFull, keyspaceOf, type Verb } from './redis-scripts.ts';

export interface RedisBackplaneOptions extends MatchingOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  /** What every key begins with; its hash tag keeps them in one slot of a cluster. Default `{passerby}`. */
  prefix?: string;
  /** Milliseconds since 1970. Absent: the clock of Redis, which all nodes share. */
  now?(): number;
  log: Log;
}

/** A node that has not been heard of for so long is dead. It is heard of at each sweep. */
const NODE_LEASE_MS = 8_000;
const SWEEP_MAX = 100;
/** A Redis that does not answer for so long is as good as gone. */
const ANSWER_MS = 1_500;
/** While it is away one verb in so long asks whether it is back; the others need not wait for the answer. */
const PROBE_MS = 300;
const RECONNECT_MAX_MS = 1_000;
const RESUBSCRIBE_MS = 100;
/** A connection on which nothing comes for so long, although it is asked, is made anew. */
const SILENT_MS = 6_000;

/**
 * The backplane of several nodes. Every verb is one script in Redis; this side only passes arguments and
 * wakes the watchers of its own node. While Redis is away every verb rejects with ChatError `unavailable`:
 * nothing is decided without it.
 */
export class RedisBackplane implements Backplane {
  readonly #options: RedisBackplaneOptions;
  readonly #prefix: string;
  /** This incarnation of the process, among all nodes. */
  readonly #node = randomBytes(9).toString('base64url');
  readonly #scripts: RedisScripts;
  readonly #client: RedisClientType;
  readonly #subscriber: RedisClientType;
  readonly #watchers = new Map<SessionId, Watcher>();
  readonly #ready: Promise<void>;
  #isAway = false;
  /** Others may have taken this node for dead. */
  #isRevived = false;
  #probedAt = 0;
  /** Since when nothing that was asked for has been answered; undefined: all of it was, or its connection is gone. */
  #unansweredSince: number | undefined;

  /** Connects, and connects again, until `close`. */
  constructor(options: RedisBackplaneOptions) {
    this.#options = options;
    this.#prefix = keyspaceOf(options.prefix ?? '{passerby}');
    this.#client = createClient({
      url: options.url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: 10_000,
      pingInterval: SILENT_MS / 3,
      // Of what is still to be written. It costs as much as all else that the client does, and `within` judges.
      commandOptions: { timeout: 0 },
      socket: {
        connectTimeout: ANSWER_MS,
        socketTimeout: SILENT_MS,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 5), RECONNECT_MAX_MS),
      },
    }) as RedisClientType;
    this.#scripts = new RedisScripts(this.#client, this.#prefix, this.#node, options);
    this.#subscriber = this.#client.duplicate({ disableOfflineQueue: false }) as RedisClientType;
    // Without a listener a lost connection would end the process.
    for (const client of [this.#client, this.#subscriber]) {
      client.on('error', (error: unknown) => options.log.debug({ err: error }, 'Redis connection'));
    }
    // News that were published meanwhile, or came with an answer, are lost; what they were about is in the mailboxes.
    for (const client of [this.#client, this.#subscriber]) client.on('ready', () => this.#wakeAll());
    this.#client.on('ready', () => (this.#unansweredSince = undefined));
    this.#ready = this.#connect();
    // Whoever waits for it hears of it; it also ends when `close` comes first.
    this.#ready.catch(() => undefined);
  }

  /** Resolves when Redis answered for the first time. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  async #connect(): Promise<void> {
    await Promise.all([this.#client.connect(), this.#subscriber.connect()]);
    await this.#subscribe();
  }

  /** Again and again: the client itself repeats only what has once been answered. */
  async #subscribe(): Promise<void> {
    const channel = `${this.#prefix}wake:${this.#node}`;
    while (this.#subscriber.isOpen) {
      try {
        await this.#subscriber.subscribe(channel, (news) => this.#hearOfOthers(news));
        return this.#wakeAll();
      } catch (error) {
        this.#options.log.debug({ err: error }, 'Redis subscription');
        await pause(RESUBSCRIBE_MS, undefined, { ref: false });
      }
    }
  }

  #wakeAll(): void {
    for (const watcher of this.#watchers.values()) watcher.wake();
  }

  async open(
    session: Session,
    { takeOver }: { takeOver: boolean },
  ): Promise<'opened' | 'elsewhere' | 'overtaken'> {
    const { id, account, leases, resumeHash = '', away = false, client } = session;
    // It would end the name in the record of the session.
    if (account.includes('\0')) throw new Error('an account holds no zero byte');
    if (isForeign(id)) throw new Error('the id of a session holds no colon');
    const [opened] = await this.#run('open', [
      id,
      account,
      `${leases.searchingMs}`,
      `${leases.matchedMs}`,
      resumeHash,
      flag(away),
      flag(takeOver),
      ...attempt(client),
    ]);
    if (opened === 'exists') throw new Error('a session with this id exists');
    return opened as 'opened' | 'elsewhere' | 'overtaken';
  }

  async claim(
    id: SessionId,
    account: AccountId,
    hash: string,
    next: string,
    client?: ClientAttempt,
  ): Promise<boolean> {
    // It is what a client says.
    if (isForeign(id)) return false;
    const [claimed] = await this.#run('claim', [id, account, hash, next, ...attempt(client)]);
    return claimed === 1;
  }

  async confirm(id: SessionId, hash: string): Promise<boolean> {
    const [confirmed] = await this.#run('confirm', [id, hash]);
    return confirmed === 1;
  }

  async restore({
    match: { matchId, mode, role, relayOnly, me, partner },
    leases: { searchingMs, matchedMs },
    hash,
    wishes,
    client,
  }: RestoreRequest): Promise<'restored' | 'refused' | 'overtaken'> {
    const [restored] = await this.#run('restore', [
      ...[matchId, mode, role, flag(relayOnly)],
      ...[me.id, me.account, partner.id, partner.account],
      ...[`${searchingMs}`, `${matchedMs}`, hash, ...attempt(client)],
      asked({ ...wishes, mode }),
    ]);
    return restored as 'restored' | 'refused' | 'overtaken';
  }

  async renew(id: SessionId): Promise<boolean> {
    const [renewed] = await this.#run('renew', [id]);
    return renewed === 1;
  }

  async away(id: SessionId): Promise<void> {
    await this.#run('away', [id]);
  }

  async back(id: SessionId, client?: ClientAttempt): Promise<boolean> {
    const [shown] = await this.#run('back', [id, '', ...attempt(client)]);
    return shown === 1;
  }

  async find(
    id: SessionId,
    { wishes, ending = '' as MatchRef, reason = 'skipped' }: FindRequest,
  ): Promise<'done' | 'stale' | 'unknown'> {
    const [found] = await this.#run('find', [id, ending, reason, wishes ? asked(wishes) : '']);
    return found as 'done' | 'stale' | 'unknown';
  }

  async widen(id: SessionId): Promise<void> {
    await this.#run('widen', [id]);
  }

  async due(): Promise<void> {
    for (;;) {
      const [looked] = await this.#run('due', [`${SWEEP_MAX}`]);
      if (Number(looked) < SWEEP_MAX) return;
    }
  }

  async leave(id: SessionId, match: MatchRef, reason: PartnerLeftReason): Promise<SessionId | undefined> {
    const [partner] = await this.#run('leave', [id, match, reason]);
    return (partner as SessionId) || undefined;
  }

  async send(
    id: SessionId,
    event: (matchId: MatchId) => ChatEvent,
    { matchId, seq, relayOnly }: Sending,
  ): Promise<boolean> {
    const open = withoutMatch(event);
    const hidden = relayOnly ? withoutMatch(relayOnly) : open;
    const { type } = event('' as MatchId);
    const [sent] = await this.#run('send', [id, matchId, `${seq ?? ''}`, type, open, hidden]);
    return sent === 1;
  }

  async end(
    id: SessionId,
    reason: PartnerLeftReason,
    told?: SessionEndedReason,
  ): Promise<SessionId | undefined> {
    const [partner] = await this.#run('end', [id, reason, told ?? '']);
    this.#watchers.delete(id);
    return (partner as SessionId) || undefined;
  }

  async standing(id: SessionId): Promise<Standing | undefined> {
    const [status, matchId] = await this.#run('standing', [id]);
    if (status === 'matched') return { status, matchId: matchId as MatchId };
    return status === 'idle' || status === 'waiting' ? { status } : undefined;
  }

  async matched(id: SessionId, matchId: MatchId): Promise<boolean> {
    const standing = await this.standing(id);
    return standing?.status === 'matched' && standing.matchId === matchId;
  }

  async drain(id: SessionId, after: number, from = after): Promise<SessionEvent[]> {
    const [first, events] = await this.#run('drain', [id, `${after}`, `${from}`]);
    return (events as string[]).map((stored, index) => ({
      offset: Number(first) + index,
      event: readEvent(stored),
    }));
  }

  watch(id: SessionId, watcher: Watcher): Unsubscribe {
    this.#watchers.set(id, watcher);
    return () => {
      if (this.#watchers.get(id) === watcher) this.#watchers.delete(id);
    };
  }

  async lapsed(): Promise<SessionId[]> {
    const lapsed: SessionId[] = [];
    for (;;) {
      const [isMore, some] = await this.#run('lapsed', [`${NODE_LEASE_MS}`, `${SWEEP_MAX}`]);
      lapsed.push(...(some as SessionId[]));
      if (isMore !== 1) break;
    }
    if (this.#isRevived) await this.#reclaim();
    return lapsed;
  }

  async count(): Promise<Counts> {
    const [flat] = await this.#run('count', []);
    const numbers = new Map<string, number>();
    const list = flat as string[];
    for (let index = 0; index < list.length; index += 2)
      numbers.set(list[index] ?? '', Number(list[index + 1]));
    const of = (kind: 'waiting' | 'matched') => ({
      video: numbers.get(`${kind}:video`) ?? 0,
      voice: numbers.get(`${kind}:voice`) ?? 0,
      text: numbers.get(`${kind}:text`) ?? 0,
    });
    return { online: numbers.get('online') ?? 0, waiting: of('waiting'), matched: of('matched') };
  }

  async close(): Promise<void> {
    this.#watchers.clear();
    this.#client.destroy();
    this.#subscriber.destroy();
  }

  /** This node was taken for dead, and its sessions for away. What is not taken back now is at the next sweep. */
  async #reclaim(): Promise<void> {
    this.#isRevived = false;
    if (this.#watchers.size > 0)
      this.#options.log.warn({}, 'this node was not known: its sessions are shown again');
    for (const id of [...this.#watchers.keys()]) {
      // Its line may have dropped meanwhile.
      if (!this.#watchers.has(id)) continue;
      await this.#run('back', [id, '1', '', '']).catch((error: unknown) => {
        this.#isRevived = true;
        if (!(error instanceof ChatError))
          this.#options.log.error({ err: error }, 'a session was not taken back');
      });
    }
  }

  async #run(verb: Verb, args: string[]): Promise<unknown[]> {
    if (this.#isAway && performance.now() - this.#probedAt < PROBE_MS) throw new ChatError('unavailable');
    this.#probedAt = performance.now();
    this.#unansweredSince ??= this.#probedAt;
    try {
      const answer = await within(ANSWER_MS, this.#heard(this.#scripts.run(verb, args)));
      this.#noteAway(false);
      return answer;
    } catch (error) {
      // A script that fails is a bug; a Redis that is full is there; anything else is one that is not, or not yet.
      if (error instanceof ErrorReply && /^(ERR|WRONGTYPE|NOPERM)/.test(error.message)) throw error;
      if (!isFull(error)) {
        this.#noteAway(true);
        this.#renewConnection();
      }
      throw new ChatError('unavailable');
    }
  }

  /**
   * If it has been silent for too long: nobody tells of a peer that vanished. The timeout of the socket does not see it,
   * for it begins anew with all that is written; and TCP asks ever more rarely.
   */
  #renewConnection(): void {
    const since = this.#unansweredSince;
    if (since === undefined || performance.now() - since < SILENT_MS || !this.#client.isReady) return;
    this.#unansweredSince = undefined;
    this.#client.destroy();
    // Rejects where it is closed meanwhile.
    this.#client.connect().catch(() => undefined);
  }

  /** The answer without the news in it, which are heard however late it comes: what a script did is done. */
  async #heard(running: Promise<unknown[]>): Promise<unknown[]> {
    const [news, ...answer] = (await running.finally(() => (this.#unansweredSince = undefined))) as [
      (string | number)[],
      ...unknown[],
    ];
    for (let index = 0; index < news.length; index += 3) {
      this.#hear(...(news.slice(index, index + 3) as [string, string | number, string]));
    }
    return answer;
  }

  #noteAway(away: boolean): void {
    if (away === this.#isAway) return;
    this.#isAway = away;
    if (away) this.#options.log.warn({}, 'Redis is away: matching pauses');
    else this.#options.log.info({}, 'Redis is back');
  }

  /** What another node had to tell, the three of `#hear` with tabs in between. */
  #hearOfOthers(news: string): void {
    const [id = '', what = '', ...stored] = news.split('\t');
    this.#hear(id, /^\d/.test(what) ? Number(what) : what, stored.join('\t'));
  }

  /** As sessions.lua says it; `what`: an offset if it is a number. */
  #hear(id: string, what: string | number, stored: string): void {
    if (id === '') {
      this.#note(String(what).split('\t'));
      return;
    }
    const watcher = this.#watchers.get(id as SessionId);
    if (!watcher) return;
    if (typeof what === 'number') {
      watcher.wake({ offset: what, event: readEvent(stored) });
      return;
    }
    this.#watchers.delete(id as SessionId);
    watcher.ended(what as SessionEndedReason);
  }

  /** What a script of this node brought about, as `tally` says it in sessions.lua. */
  #note([what, mode, ...rest]: string[]): void {
    const { metrics } = this.#options;
    if (what === 'revived') this.#isRevived = true;
    else if (what === 'matched') metrics?.matched(mode as Mode, [Number(rest[0]), Number(rest[1])]);
    else if (what === 'ended') metrics?.matchEnded(mode as Mode, rest[0] as PartnerLeftReason);
  }
}

/** What else is kept of sessions stands beside their records under names with a colon. */
function isForeign(id: SessionId): boolean {
  return id.includes(':');
}

function attempt(client: ClientAttempt | undefined): [string, string] {
  return client ? [client.id, `${client.attempt}`] : ['', ''];
}

/** Wishes as the scripts take and keep them: neither a language nor an interest has a tab or a line end in it. */
function asked({ mode, anyone, requeue, relayOnly, languages, interests }: Wishes): string {
  const flags = [anyone, requeue, relayOnly].map(Number).join('');
  return [mode, flags, languages.join('\n'), interests.join('\n')].join('\t');
}

function flag(on: boolean): string {
  return on ? '1' : '';
}

function withoutMatch(build: (matchId: MatchId) => ChatEvent | undefined): string {
  const built = build('' as MatchId);
  if (!built) return '';
  const { matchId: _, ...event } = { matchId: undefined, ...built };
  return JSON.stringify(event);
}

/** As the scripts store it: match id, number of a text, event; the first two may be empty. */
function readEvent(stored: string): ChatEvent {
  const [matchId = '', , ...rest] = stored.split('\t');
  const event: unknown = JSON.parse(rest.join('\t'));
  return (matchId === '' ? event : { ...(event as object), matchId }) as ChatEvent;
}

async function within<T>(ms: number, running: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis does not answer')), ms);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
