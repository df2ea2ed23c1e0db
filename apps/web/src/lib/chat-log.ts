import type { Ending, TextLine, TextLog } from '@passerby/call';
import type { Messages } from './i18n/messages/en.ts';
import { isChoosy, sharedText } from './phrases.ts';

/** One entry of the log: what was said, or what happened. */
export type LogEntry =
  | { kind: 'notice'; key: string; at: number; text: string }
  | {
      kind: 'text';
      key: string;
      at: number;
      from: TextLine['from'];
      name: string;
      text: string;
      /** The first after somebody else, or after a notice: it shows the name. */
      first: boolean;
      progress: TextLine['progress'];
      /** It can be tried again, here. */
      retry: boolean;
      /** It went past the server. */
      direct: boolean;
    };

/** Why they were put together: what they share, or that it was chance though something was asked for. */
function meetingOf({ mode, shared, wishes }: TextLog, m: Messages): string {
  const meeting = m.chat.meetings[mode];
  const reason = sharedText(shared, m);
  if (reason !== '') return `${meeting} ${reason}`;
  return isChoosy(wishes) ? `${meeting} ${m.chat.random}` : meeting;
}

function partingText(ending: Ending, { call, chat }: Messages): string {
  return ending === 'me' ? chat.youLeft : chat.parted(call.partings[ending]);
}

/**
 * A log as it is read. The same text has the same key each time, whatever comes before it. What is as it was in
 * `before` is the same object, so that a long log is not drawn anew for each text.
 */
export function entriesOf(log: TextLog, m: Messages, before: readonly LogEntry[] = []): LogEntry[] {
  const { matchId, startedAt, endedAt, ending, lines } = log;
  const entries: LogEntry[] = [
    { kind: 'notice', key: `${matchId} start`, at: startedAt, text: meetingOf(log, m) },
  ];
  // One button serves all: what has not arrived is tried again together.
  const last = lines.findLast(({ progress }) => progress === 'undelivered');
  for (const [index, line] of lines.entries()) {
    entries.push({
      kind: 'text',
      key: `${matchId} ${line.key}`,
      at: line.at,
      from: line.from,
      name: line.from === 'me' ? m.call.you : m.call.stranger,
      text: line.text,
      first: lines[index - 1]?.from !== line.from,
      progress: line.progress,
      retry: endedAt === undefined && line === last,
      direct: line.direct ?? false,
    });
  }
  if (endedAt !== undefined && ending !== undefined) {
    entries.push({ kind: 'notice', key: `${matchId} end`, at: endedAt, text: partingText(ending, m) });
  }
  const known = new Map(before.map((entry) => [entry.key, entry]));
  return entries.map((entry) => {
    const same = known.get(entry.key);
    return same && isSame(same, entry) ? same : entry;
  });
}

function isSame(one: LogEntry, other: LogEntry): boolean {
  return (Object.keys(one) as (keyof LogEntry)[]).every((key) => one[key] === other[key]);
}

/** The newest text that was on the screen, and of which match. */
export interface Seen {
  matchId: string;
  key: string | undefined;
}

/** All of it is on the screen now. */
export function seenAll({ matchId, lines }: TextLog): Seen {
  return { matchId, key: lines.at(-1)?.key };
}

/** How many texts of the partner came since. */
export function unreadOf(log: TextLog | undefined, seen: Seen | undefined): number {
  if (!log) return 0;
  // A long log forgets its oldest lines; where the one that was seen is among them, all are new.
  const from = seen?.matchId === log.matchId ? log.lines.findIndex(({ key }) => key === seen.key) + 1 : 0;
  return log.lines.slice(from).filter((line) => line.from === 'partner').length;
}
