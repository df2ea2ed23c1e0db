import type { Ending, TextLine, TextLog } from '@passerby/call';
import { DEFAULT_WISHES, type Wishes } from '@passerby/protocol';
import { describe, expect, test } from 'vitest';
import { entriesOf, seenAll, unreadOf } from '../src/lib/chat-log.ts';
import { english as messages } from './whole-language.ts';

const NOTHING = { interests: [], languages: [] };
const wishes: Wishes = { ...DEFAULT_WISHES, mode: 'text' };
const LOG: TextLog = {
  matchId: 'match-0001',
  mode: 'text',
  shared: NOTHING,
  wishes,
  startedAt: 1_000,
  lines: [],
  partnerTyping: false,
};

function text(from: TextLine['from'], number: number, more: Partial<TextLine> = {}): TextLine {
  return { key: `${from} ${number}`, from, text: `${from} says ${number}`, at: 1_000 + number, ...more };
}

function log(change: Partial<TextLog>) {
  return entriesOf({ ...LOG, ...change }, messages);
}

/** The notices, without the marks that keep the words of others apart. */
function notices(...args: Parameters<typeof log>): string[] {
  const found = log(...args).filter((entry) => entry.kind === 'notice');
  return found.map((entry) => entry.text.replaceAll(/[\u2068\u2069]/g, ''));
}

function texts(...args: Parameters<typeof log>) {
  return log(...args).filter((entry) => entry.kind === 'text');
}

describe('texts', () => {
  test('[U27] the texts stand in their order, each with who wrote it, and the name where it changes', () => {
    const entries = texts({ lines: [text('me', 1), text('partner', 1), text('partner', 2), text('me', 2)] });
    expect(entries.map(({ name, text: said, first }) => [name, said, first])).toEqual([
      ['You', 'me says 1', true],
      ['Stranger', 'partner says 1', true],
      ['Stranger', 'partner says 2', false],
      ['You', 'me says 2', true],
    ]);
  });

  test('[U27] a text is given as it was written', () => {
    const written = '  <b>\u202eevil</b>\n\nhttps://example.org  ';
    expect(texts({ lines: [text('partner', 1, { text: written })] })[0]?.text).toBe(written);
  });

  test('[U128] what is as it was is the same entry, so that nothing else is drawn anew', () => {
    const lines = [text('me', 1, { progress: 'sending' }), text('partner', 1)];
    const before = log({ lines });
    const [delivered, heard] = [{ ...text('me', 1, { progress: 'delivered' }) }, { ...text('partner', 1) }];
    const after = entriesOf({ ...LOG, lines: [delivered, heard, text('me', 2)] }, messages, before);
    expect(after.map((entry) => before.includes(entry))).toEqual([true, false, true, false]);
    expect(after).toEqual(log({ lines: [delivered, heard, text('me', 2)] }));
  });

  test('[U27] no two entries of two conversations have the same key', () => {
    const both = ['match-0001', 'match-0002'].flatMap((matchId) =>
      log({ matchId, lines: [text('me', 1), text('partner', 1)], endedAt: 2_000, ending: 'left' }),
    );
    expect(new Set(both.map(({ key }) => key)).size).toBe(both.length);
  });

  test('[U27] how far a text came is told, and that it went past the server', () => {
    const [sent, direct] = texts({
      lines: [text('me', 1, { progress: 'sending' }), text('me', 2, { progress: 'delivered', direct: true })],
    });
    expect([sent?.progress, sent?.direct]).toEqual(['sending', false]);
    expect([direct?.progress, direct?.direct]).toEqual(['delivered', true]);
  });

  test('[U27] what was not delivered can be tried again by one button, while the match is on', () => {
    const undelivered = [1, 2].map((number) => text('me', number, { progress: 'undelivered' }));
    const said = [...undelivered, text('me', 3, { progress: 'sending' })];
    expect(texts({ lines: said }).map(({ retry }) => retry)).toEqual([false, true, false]);
    expect(texts({ lines: said, endedAt: 2_000 }).some(({ retry }) => retry)).toBe(false);
  });
});

describe('notices', () => {
  test('[U28] the log begins with the kind of conversation', () => {
    const first = (['video', 'voice', 'text'] as const).map((mode) => notices({ mode }));
    expect(first).toEqual([
      ['You are on a video call with a stranger.'],
      ['You are on a voice call with a stranger.'],
      ['You are chatting with a stranger.'],
    ]);
  });

  test('[U28] it says what both share, all of it', () => {
    const interests = ['chess', 'tea', 'cats', 'dogs'];
    expect(notices({ shared: { interests, languages: ['pt', 'de'] } })).toEqual([
      'You are chatting with a stranger. You both like chess, tea, cats and dogs. You both speak Portuguese and German.',
    ]);
  });

  test('[U28] who asked for somebody and shares nothing is told that it is chance', () => {
    const random = 'Nobody who shares your wishes was there: this stranger is random.';
    for (const named of [{ interests: ['chess'] }, { languages: ['de'] }]) {
      expect(notices({ wishes: { ...wishes, ...named } })).toEqual([
        `You are chatting with a stranger. ${random}`,
      ]);
    }
    const shared = { interests: [], languages: ['de'] };
    const both = { ...wishes, interests: ['chess'], languages: ['de'] };
    expect(notices({ wishes: both, shared })[0]).not.toContain('random');
  });

  test('[U28] the words of others do not reorder the sentence', () => {
    const [notice] = log({ shared: { interests: ['כדורגל'], languages: [] } });
    expect(notice?.text).toBe('You are chatting with a stranger. You both like \u2068כדורגל\u2069.');
  });

  test.each([
    ['skipped', 'The stranger moved on.'],
    ['left', 'The stranger left.'],
    ['ended', 'The stranger left.'],
    ['lost', 'The connection to the stranger was lost.'],
    ['moderated', 'This conversation was ended by a moderator.'],
    ['failed', 'We could not connect you two.'],
    ['me', 'You left.'],
  ] as const satisfies (readonly [Ending, string])[])(
    '[U28] after %s it ends with "%s"',
    (ending, notice) => {
      expect(notices({ endedAt: 2_000, ending }).at(-1)).toBe(notice);
      expect(notices({})).toHaveLength(1);
    },
  );
});

describe('unread texts', () => {
  const read = { ...LOG, lines: [text('partner', 1), text('me', 1)] };

  test('[U29] what the partner wrote since it was last seen is unread', () => {
    expect(unreadOf(read, undefined)).toBe(1);
    expect(unreadOf(read, seenAll(read))).toBe(0);
    const more = { ...read, lines: [...read.lines, text('me', 2), text('partner', 2), text('partner', 3)] };
    expect(unreadOf(more, seenAll(read))).toBe(2);
    expect(unreadOf(more, seenAll(LOG))).toBe(3);
  });

  test('[U29] in a log that has forgotten what was seen everything is unread', () => {
    const later = { ...LOG, lines: [text('partner', 8), text('partner', 9)] };
    expect(unreadOf(later, seenAll(read))).toBe(2);
  });

  test('[U29] what was seen of another match counts for nothing', () => {
    const next = { ...read, matchId: 'match-0002' };
    expect(unreadOf(next, seenAll(read))).toBe(1);
    expect(unreadOf(undefined, seenAll(read))).toBe(0);
  });
});
