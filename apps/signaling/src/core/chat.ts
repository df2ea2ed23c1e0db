import { type CallReport, ChatError, type IceServer, type MediaState, type Wishes } from '@passerby/protocol';
import { CommandQueue } from './command-queue.ts';
import type { Metrics, Relayed } from './metrics.ts';
import type { Backplane, Log, MatchProofs, MatchRef, Watcher } from './ports.ts';
import { withoutAddresses } from './relay-only.ts';
import type {
  AccountId,
  ChatEvent,
  ClientAttempt,
  Counts,
  Leases,
  MatchId,
  Party,
  SessionEvent,
  SessionId,
  Signal,
  Standing,
  Unsubscribe,
} from './types.ts';

export interface ChatParts {
  backplane: Backplane;
  log: Log;
  metrics?: Metrics | undefined;
  /** At least 128 unguessable bits. */
  newSessionId(): SessionId;
  /** A new resume secret: at least 128 unguessable bits of `[A-Za-z0-9_-]`. */
  newSecret(): string;
  /** Keyed hash of a secret, as it is stored. */
  hashSecret(secret: string): string;
  matchProofs: MatchProofs;
  /**
   * ICE servers, TURN with fresh credentials included where a `tag` is given; it names their holder in
   * TURN logs and nowhere else.
   */
  iceServers(tag?: string): IceServer[];
}

export interface Started {
  id: SessionId;
  /** For the next connection; absent for clients that cannot resume. */
  resumeToken?: string;
}

/** Which match a command is about and, for a signal, its place in the sender's order. */
export interface Reference {
  matchId: MatchRef;
  seq?: number;
}

export type Chat = ReturnType<typeof createChat>;

/**
 * The chat itself: sessions come, look for each other, signal, part and go. Knows no transport.
 * It keeps nothing but the per-session command queues, and the goodbyes that the backplane could not hear; what is
 * true is in the backplane.
 *
 * Commands refuse with a ChatError: `session-unknown` (ended or lapsed) or `not-matched` (the
 * match it names is not on).
 */
export function createChat(parts: ChatParts) {
  const { backplane, log, metrics } = parts;
  const queue = new CommandQueue();
  /** Said while the backplane was away, by lines that are gone and say nothing more; said again by the sweep. */
  const unheard = new Map<SessionId, 'end' | 'away'>();

  async function goodbye(id: SessionId, kind: 'end' | 'away'): Promise<void> {
    try {
      await (kind === 'end' ? backplane.end(id, 'left') : backplane.away(id));
      unheard.delete(id);
    } catch (error) {
      if (error instanceof ChatError && error.code === 'unavailable') unheard.set(id, kind);
      else unheard.delete(id);
      throw error;
    }
  }

  /** In its place among the commands of the session, whose client may be back meanwhile. */
  const repeatGoodbye = (id: SessionId): Promise<void> =>
    queue.run(id, async () => {
      const kind = unheard.get(id);
      if (kind) await goodbye(id, kind);
    });

  function issue(id: SessionId): { token: string; hash: string } {
    const token = `${id}.${parts.newSecret()}`;
    return { token, hash: parts.hashSecret(token) };
  }

  /** Whether it went to the partner decides what becomes of a command that sends. */
  function passed(sent: boolean, kind: Relayed): void {
    if (!sent) throw new ChatError('not-matched');
    metrics?.relayed(kind);
  }

  return {
    /**
     * Opens a session for a signed-in account. Refuses with `elsewhere` while the account is in use
     * in another place and `takeOver` is not asked for, and with `overtaken` where a newer attempt of
     * this client has come before.
     */
    async start(options: {
      account: AccountId;
      leases: Leases;
      resumable: boolean;
      takeOver: boolean;
      /** The line is still to come; until `back` nobody is matched with the session, and anybody may replace it. */
      away?: boolean;
      client?: ClientAttempt | undefined;
    }): Promise<Started> {
      const { account, leases, takeOver, away = false, client } = options;
      const id = parts.newSessionId();
      const resume = options.resumable ? issue(id) : undefined;
      const session = {
        id,
        account,
        leases,
        away,
        ...(resume && { resumeHash: resume.hash }),
        ...(client && { client }),
      };
      const opened = await backplane.open(session, { takeOver });
      if (opened !== 'opened') throw new ChatError(opened);
      log.info({ session: short(id) }, 'session started');
      return { id, ...(resume && { resumeToken: resume.token }) };
    },

    /**
     * Proves that a session may be taken up again; `back` does it. Undefined where the token, the account
     * or the session does not hold, or a newer attempt of this client has come before.
     */
    async resume(account: AccountId, token: string, client?: ClientAttempt): Promise<Started | undefined> {
      const id = token.split('.', 1)[0] as SessionId;
      return queue.run(id, async () => {
        const next = issue(id);
        const claimed = await backplane.claim(id, account, parts.hashSecret(token), next.hash, client);
        metrics?.resumed(claimed ? 'resumed' : 'refused');
        if (!claimed) return undefined;
        log.info({ session: short(id) }, 'session resumed');
        return { id, resumeToken: next.token };
      });
    },

    /**
     * The same for a session that the backplane has forgotten, by the proof of the match it was in. Undefined
     * where the proof does not hold, or one of the two accounts is elsewhere; refuses with `overtaken` as `start` does.
     */
    async restore(options: {
      account: AccountId;
      proof: string;
      wishes: Wishes;
      leases: Leases;
      client?: ClientAttempt | undefined;
    }): Promise<Started | undefined> {
      const { account, proof, wishes, leases, client } = options;
      const match = parts.matchProofs.open(proof, account);
      if (!match) return undefined;
      const { id } = match.me;
      return queue.run(id, async () => {
        const { token, hash } = issue(id);
        const restored = await backplane.restore({ match, leases, hash, wishes, ...(client && { client }) });
        if (restored === 'overtaken') throw new ChatError(restored);
        if (restored === 'refused') return undefined;
        metrics?.resumed('restored');
        log.info({ session: short(id), match: short(match.matchId) }, 'match restored');
        return { id, resumeToken: token };
      });
    },

    /** What that session shows to have its match restored; undefined where not both of the two can. */
    matchProof(me: Party, event: ChatEvent & { type: 'matched' }): string | undefined {
      const { matchId, mode, role, relayOnly, partner } = event;
      return partner && parts.matchProofs.seal({ matchId, mode, role, relayOnly, me, partner });
    },

    /** The line is there: the session can be matched, and its partner is told. False: it is over, or a newer line has come. */
    back: (id: SessionId, client?: ClientAttempt): Promise<boolean> =>
      queue.run(id, async () => {
        const isBack = await backplane.back(id, client);
        if (isBack && unheard.get(id) === 'away') unheard.delete(id);
        return isBack;
      }),

    /** The client has this resume token in hand. Whether it was given out last, which makes the one before void. */
    confirm: (id: SessionId, token: string): Promise<boolean> =>
      queue.run(id, () => backplane.confirm(id, parts.hashSecret(token))),

    /** Looks for a partner. Without wishes it is the plain protocol's find: skip, then look. */
    find(id: SessionId, wishes?: Wishes): Promise<void> {
      return queue.run(id, async () => {
        const found = await backplane.find(id, { ending: 'current', ...(wishes && { wishes }) });
        if (found === 'unknown') throw new ChatError('session-unknown');
        log.debug({ session: short(id) }, 'find');
      });
    },

    /** Insists no longer on shared interests and languages in the search that is on, if one is. */
    widen: (id: SessionId): Promise<void> => queue.run(id, () => backplane.widen(id)),

    /** Ends that match and looks again with the same wishes. A skip of an earlier match does nothing. */
    skip(id: SessionId, matchId: MatchId, reason: 'skipped' | 'failed'): Promise<void> {
      return queue.run(id, async () => {
        const found = await backplane.find(id, { ending: matchId, reason });
        if (found === 'unknown') throw new ChatError('session-unknown');
        if (found === 'stale') throw new ChatError('not-matched');
        log.info({ session: short(id), match: short(matchId), reason }, 'match ended');
      });
    },

    /** Withdraws the ticket or ends the match; the session stays. */
    leave(id: SessionId, matchId: MatchRef): Promise<void> {
      return queue.run(id, async () => {
        const partner = await backplane.leave(id, matchId, 'left');
        if (partner) log.info({ session: short(id), reason: 'left' }, 'match ended');
      });
    },

    /** Ends the match if it is on; a ticket stays where it is. */
    endMatch(id: SessionId, match: MatchRef): Promise<void> {
      return queue.run(id, async () => {
        await backplane.leave(id, match, 'skipped');
      });
    },

    /** Passes a signal to the partner, without addresses where the match is relay-only. */
    relay(id: SessionId, signal: Signal, { matchId, seq }: Reference): Promise<void> {
      return queue.run(id, async () => {
        const event = (body: Signal) => (match: MatchId) => ({
          type: 'signal' as const,
          matchId: match,
          signal: body,
          ...(seq !== undefined && { seq }),
        });
        const sent = await backplane.send(id, event(signal), {
          matchId,
          ...(seq !== undefined && { seq }),
          relayOnly(match) {
            const hidden = withoutAddresses(signal);
            return hidden && event(hidden)(match);
          },
        });
        passed(sent, signal.kind);
      });
    },

    /** Sends a text to the partner. With a sequence number a repeat is stored once. */
    say(id: SessionId, text: string, { matchId, seq }: Reference): Promise<void> {
      return queue.run(id, async () => {
        const numbered = seq !== undefined && { seq };
        const message = (match: MatchId) => ({
          type: 'message' as const,
          matchId: match,
          text,
          ...numbered,
        });
        passed(await backplane.send(id, message, { matchId, ...numbered }), 'message');
      });
    },

    /** Tells the partner that I type, or no longer. */
    typing(id: SessionId, on: boolean, matchId: MatchRef): Promise<void> {
      return queue.run(id, async () => {
        const sent = await backplane.send(id, (match) => ({ type: 'typing', matchId: match, on }), {
          matchId,
        });
        passed(sent, 'typing');
      });
    },

    /** Tells the partner what my microphone and camera do. */
    tell(id: SessionId, state: MediaState, matchId: MatchId): Promise<void> {
      return queue.run(id, async () => {
        const sent = await backplane.send(id, (match) => ({ type: 'partner-state', matchId: match, state }), {
          matchId,
        });
        passed(sent, 'state');
      });
    },

    /** What the session's client measured of a running match; nothing is kept of whose it was. */
    async report(id: SessionId, matchId: MatchId, { route, firstFrameMs }: CallReport): Promise<void> {
      if (!(await backplane.matched(id, matchId))) throw new ChatError('not-matched');
      metrics?.saw(route, firstFrameMs);
    },

    /** What a session may know before it is matched: no TURN credentials. */
    stunServers: (): IceServer[] => parts.iceServers(),

    /** ICE servers with fresh credentials. `holder`: the session that was just matched, or what stands for nobody. */
    iceServers: (holder: string): IceServer[] => parts.iceServers(holder),

    /** The same on request, for a running match only. */
    async renewIceServers(id: SessionId, matchId: MatchId): Promise<IceServer[]> {
      if (!(await backplane.matched(id, matchId))) throw new ChatError('not-matched');
      return parts.iceServers(id);
    },

    /** Goodbye: the partner is told at once and the session is forgotten. */
    end(id: SessionId): Promise<void> {
      return queue.run(id, async () => {
        await goodbye(id, 'end');
        log.info({ session: short(id), reason: 'left' }, 'session ended');
      });
    },

    /** The client may not stay (its sign-in ran out, say). */
    expel(id: SessionId, reason: 'token-expired'): Promise<void> {
      return queue.run(id, async () => {
        await backplane.end(id, 'ended', reason);
        log.info({ session: short(id), reason }, 'session ended');
      });
    },

    /** The line dropped; the lease decides how long the session waits for it. */
    away: (id: SessionId): Promise<void> => queue.run(id, () => goodbye(id, 'away')),

    /** The transport still sees its client. False: the session has lapsed. */
    renew: (id: SessionId): Promise<boolean> => backplane.renew(id),

    standing: (id: SessionId): Promise<Standing | undefined> => backplane.standing(id),
    drain: (id: SessionId, after: number, from?: number): Promise<SessionEvent[]> =>
      backplane.drain(id, after, from),
    watch: (id: SessionId, watcher: Watcher): Unsubscribe => backplane.watch(id, watcher),
    count: (): Promise<Counts> => backplane.count(),

    /** What time alone brings about: ends lapsed sessions, tries waiting tickets again. Called about once a second. */
    async sweep(): Promise<void> {
      const lapsed = await backplane.lapsed();
      await Promise.all(
        [...unheard.keys()].map((id) =>
          repeatGoodbye(id).catch((error: unknown) => {
            // One that is away again hears it at the next sweep.
            if (!(error instanceof ChatError))
              log.error({ err: error, session: short(id) }, 'a goodbye was not heard');
          }),
        ),
      );
      // Side by side: there may be thousands, and what goes wrong with one must not cost the others their end.
      await Promise.all(
        lapsed.map((id) =>
          backplane.end(id, 'lost', 'lapsed').then(
            () => log.info({ session: short(id), reason: 'lapsed' }, 'session ended'),
            (error: unknown) => {
              // A backplane that is away hands it out again when it is back.
              if (error instanceof ChatError) return;
              log.error({ err: error, session: short(id) }, 'a lapsed session was not ended');
            },
          ),
        ),
      );
      await backplane.due();
    },
  };
}

/** Enough of an id to follow it through a log, too little to use it. */
function short(id: string): string {
  return id.slice(0, 6);
}
