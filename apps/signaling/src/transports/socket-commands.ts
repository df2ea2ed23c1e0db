import {
  type CallReport,
  ChatError,
  type ClientToServerEvents,
  answerSchema,
  candidateSchema,
  findSchema,
  ackSchema,
  leaveSchema,
  matchRefSchema,
  messageSchema,
  offerSchema,
  peerStateSchema,
  renewTokenSchema,
  reportSchema,
  signalMetaSchema,
  skipSchema,
  typingSchema,
} from '@passerby/protocol';
import * as v from 'valibot';
import type { Chat, Reference } from '../core/chat.ts';
import type { MatchId, SessionId, Signal } from '../core/types.ts';

/** What a command may do with the socket it came over. */
export interface Connection {
  readonly id: SessionId;
  readonly chat: Chat;
  renewToken(token: string): Promise<{ tokenLeftMs: number }>;
  acknowledge(upTo: number): Promise<void>;
  /** Counted once a match. */
  report(matchId: MatchId, report: CallReport): Promise<void>;
  endSession(): Promise<void>;
}

/** Kinds of commands that share a rate limit. */
export type Limited = 'find' | 'description' | 'signal' | 'message' | 'other';

export interface Command {
  limited: Limited;
  /** How many arguments of its own it has at most. */
  arity: number;
  /** Rejects with a ChatError; what it resolves with goes into the acknowledgement. */
  run(connection: Connection, args: unknown[]): Promise<object | void>;
  /** What must happen even when the command comes too often: nobody is held in a match by a limit. */
  overLimit?(connection: Connection, args: unknown[]): Promise<void>;
}

type Schema = v.GenericSchema;
type Outputs<Schemas extends readonly Schema[]> = { [Index in keyof Schemas]: v.InferOutput<Schemas[Index]> };

/** Checks the arguments one by one: too many, missing or wrong ones are refused before anything runs. */
function parse<const Schemas extends readonly Schema[]>(schemas: Schemas, args: unknown[]): Outputs<Schemas> {
  if (args.length > schemas.length) throw new ChatError('payload-invalid');
  return schemas.map((schema, index) => {
    const arg = args[index];
    const result = arg === undefined || isPlainObject(arg) ? v.safeParse(schema, arg) : undefined;
    if (!result?.success) throw new ChatError('payload-invalid');
    return result.output;
  }) as Outputs<Schemas>;
}

/** Every payload is one: an array or a buffer would pass for an object with all its keys missing. */
function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function command<const Schemas extends readonly Schema[]>(
  limited: Limited,
  schemas: Schemas,
  run: (connection: Connection, ...args: Outputs<Schemas>) => Promise<object | void>,
): Command {
  return {
    limited,
    arity: schemas.length,
    run: async (connection, args) => run(connection, ...parse(schemas, args)),
  };
}

/** A bare signal first, as plain clients send it; behind it which match it belongs to and its place in order. */
function signal<Body extends Schema>(
  limited: 'description' | 'signal',
  body: Body,
  wrap: (body: v.InferOutput<Body>) => Signal,
): Command {
  return command(limited, [body, v.optional(signalMetaSchema)], (connection, sent, meta) => {
    const reference: Reference = meta
      ? { matchId: meta.matchId as MatchId, ...(meta.seq !== undefined && { seq: meta.seq }) }
      : { matchId: 'current' };
    return connection.chat.relay(connection.id, wrap(sent), reference);
  });
}

/** Takes off what may stand behind a command's own arguments: the offset up to which events were handled. */
export function takeHandled({ arity }: Command, args: unknown[]): number | undefined {
  if (args.length <= arity) return undefined;
  const [{ upTo }] = parse([ackSchema], args.splice(arity));
  return upTo;
}

/** The commands of the wire protocol; architecture section 8. */
export const commands: ReadonlyMap<string, Command> = new Map<keyof ClientToServerEvents, Command>([
  [
    'peer:find',
    {
      ...command('find', [v.optional(findSchema)], (connection, wishes) =>
        connection.chat.find(connection.id, wishes),
      ),
      // A plain client's find inside a match is a skip: the skip happens, the search is what must wait. Whoever
      // names wishes has other words for it, and may ask again for what has brought the match meanwhile.
      overLimit: async (connection, args) => {
        if (args.length === 0) await connection.chat.endMatch(connection.id, 'current');
      },
    },
  ],
  ['peer:widen', command('other', [], (connection) => connection.chat.widen(connection.id))],
  [
    'peer:skip',
    {
      ...command('find', [skipSchema], (connection, skip) =>
        connection.chat.skip(connection.id, skip.matchId as MatchId, skip.reason ?? 'skipped'),
      ),
      overLimit: (connection, args) => {
        const [skip] = parse([skipSchema], args);
        return connection.chat.endMatch(connection.id, skip.matchId as MatchId);
      },
    },
  ],
  [
    'peer:leave',
    command('other', [v.optional(leaveSchema)], (connection, leave) =>
      connection.chat.leave(connection.id, (leave?.matchId as MatchId | undefined) ?? 'current'),
    ),
  ],
  ['peer:offer', signal('description', offerSchema, (body) => ({ kind: 'offer', body }))],
  ['peer:answer', signal('description', answerSchema, (body) => ({ kind: 'answer', body }))],
  ['peer:sent:icecandidate', signal('signal', candidateSchema, (body) => ({ kind: 'candidate', body }))],
  [
    'peer:ice',
    command('other', [matchRefSchema], async (connection, { matchId }) => ({
      iceServers: await connection.chat.renewIceServers(connection.id, matchId as MatchId),
    })),
  ],
  [
    'peer:state',
    command('signal', [peerStateSchema], (connection, { matchId, ...state }) =>
      connection.chat.tell(connection.id, state, matchId as MatchId),
    ),
  ],
  [
    'peer:report',
    command('other', [reportSchema], (connection, { matchId, ...report }) =>
      connection.report(matchId as MatchId, report),
    ),
  ],
  [
    'chat:message',
    command('message', [messageSchema], (connection, { matchId, seq, text }) =>
      connection.chat.say(connection.id, text, { matchId: matchId as MatchId, seq }),
    ),
  ],
  [
    'chat:typing',
    command('other', [typingSchema], (connection, { matchId, on }) =>
      connection.chat.typing(connection.id, on, matchId as MatchId),
    ),
  ],
  ['session:ack', command('other', [ackSchema], (connection, { upTo }) => connection.acknowledge(upTo))],
  [
    'session:renew-token',
    command('other', [renewTokenSchema], (connection, { token }) => connection.renewToken(token)),
  ],
  ['session:end', command('other', [], (connection) => connection.endSession())],
]);
