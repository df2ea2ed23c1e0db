import type { TextLog } from '@passerby/call';
import type { LogEntry } from './chat-log.ts';
import type { Messages } from './i18n/messages/en.ts';

// Every character that a program might show as a new line: none may begin a line that looks like another entry.
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/u;

const two = (number: number): string => String(number).padStart(2, '0');

function dateOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function timeOf(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

function linesOf(entry: LogEntry, { chat }: Messages): string {
  const time = `[${timeOf(entry.at)}] `;
  if (entry.kind === 'notice') return `${time}${entry.text}`;
  const { name, progress } = entry;
  const mark =
    progress === undefined || progress === 'delivered'
      ? ''
      : ` (${chat.progress[progress].toLocaleLowerCase()})`;
  return `${time}${name}${mark}: ${entry.text.split(LINE_BREAK).join(`\n${' '.repeat(time.length)}`)}`;
}

/** A conversation as a text file, in local time. The first notice says what both share. */
export function chatFile(
  { mode, startedAt }: TextLog,
  entries: readonly LogEntry[],
  m: Messages,
): { name: string; text: string } {
  const date = dateOf(startedAt);
  const lines = [m.chat.fileHeading[mode](date), '', ...entries.map((entry) => linesOf(entry, m))];
  return {
    name: `chat-${date}-${timeOf(startedAt).replaceAll(':', '')}.txt`,
    text: `${lines.join('\n')}\n`,
  };
}
