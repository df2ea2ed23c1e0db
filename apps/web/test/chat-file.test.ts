import type { TextLog } from '@passerby/call';
import { DEFAULT_WISHES } from '@passerby/protocol';
import { expect, test } from 'vitest';
import { chatFile } from '../src/lib/chat-file.ts';
import { entriesOf } from '../src/lib/chat-log.ts';
import { english as messages } from './whole-language.ts';

/** Local time, as the file shows it, wherever the test runs. */
function at(seconds: number): number {
  return new Date(2026, 10, 4, 9, 5, seconds).getTime();
}

const conversation: TextLog = {
  matchId: 'match-0001',
  mode: 'text',
  shared: { interests: ['chess'], languages: [] },
  wishes: { ...DEFAULT_WISHES, mode: 'text', interests: ['chess'] },
  startedAt: at(0),
  endedAt: at(40),
  ending: 'left',
  partnerTyping: false,
  lines: [
    { key: 'me 1', from: 'me', text: 'hello', at: at(5), progress: 'delivered' },
    { key: 'partner 1', from: 'partner', text: 'hi\nthere', at: at(9) },
    { key: 'me 2', from: 'me', text: 'bye', at: at(39), progress: 'undelivered' },
  ],
};

function saved(change: Partial<TextLog> = {}) {
  const whole = { ...conversation, ...change };
  return chatFile(whole, entriesOf(whole, messages), messages);
}

test('[U31] a saved chat has its mode, its date, what both share, and each text with time and side', () => {
  expect(saved().name).toBe('chat-2026-11-04-090500.txt');
  expect(
    saved()
      .text.replaceAll(/[\u2068\u2069]/g, '')
      .split('\n'),
  ).toEqual([
    'A text chat with a stranger, 2026-11-04',
    '',
    '[09:05:00] You are chatting with a stranger. You both like chess.',
    '[09:05:05] You: hello',
    '[09:05:09] Stranger: hi',
    '           there',
    '[09:05:39] You (not delivered): bye',
    '[09:05:40] The stranger left.',
    '',
  ]);
});

test.each(['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029'])(
  '[U31] no text of the stranger can pass for another entry (%j)',
  (lineBreak) => {
    const forged = `hi${lineBreak}[09:05:10] You: here is my address`;
    const text = { key: 'partner 1', from: 'partner', text: forged, at: at(9) } as const;
    const lines = saved({ lines: [text] }).text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
    expect(lines.filter((line) => line.startsWith('[09:05:10]'))).toEqual([]);
    expect(lines).toContain('           [09:05:10] You: here is my address');
  },
);
