import { DEFAULT_WISHES } from '@passerby/protocol';
import { describe, expect, test } from 'vitest';
import type { PeerMessage } from '../src/peer-message.ts';
import { Texts } from '../src/texts.ts';
import type { Match } from '../src/types.ts';
import { FakeClock } from './fake-clock.ts';

const MATCH: Match = {
  matchId: 'match-one',
  role: 'offerer',
  mode: 'video',
  shared: { interests: ['tea'], languages: [] },
  iceServers: [],
  relayOnly: false,
};

/** The texts of a match whose server and data channel are the test. */
function setUp() {
  const clock = new FakeClock();
  const said: string[] = [];
  const direct: PeerMessage[] = [];
  const way = { cut: false, channel: true };
  let changes = 0;
  const texts = new Texts({
    match: MATCH,
    wishes: DEFAULT_WISHES,
    clock,
    signaling: {
      say: (_, seq, text) => void said.push(`${seq} ${text}`),
      unsay: (_, seq) => void said.push(`unsay ${seq}`),
      typing: (_, on) => void said.push(on ? 'typing' : 'not typing'),
      hurry: () => void said.push('hurry'),
    },
    sayDirectly(message) {
      if (way.channel) direct.push(message);
      return way.channel;
    },
    isCut: () => way.cut,
    onchange: () => (changes += 1),
  });
  return {
    texts,
    clock,
    said,
    direct,
    way,
    get changes() {
      return changes;
    },
    /** What the log shows, a line each. */
    get shown() {
      return texts.log.lines.map(({ from, text, progress, direct: directly }) =>
        [from, text, progress, directly && 'directly'].filter(Boolean).join(' '),
      );
    },
  };
}

describe('saying', () => {
  test('[K70] texts are numbered, sent and delivered one by one', () => {
    const parts = setUp();
    parts.texts.say('one');
    parts.texts.say('two');
    expect(parts.said).toEqual(['1 one', '2 two']);
    expect(parts.shown).toEqual(['me one sending', 'me two sending']);
    parts.texts.taken(1);
    expect(parts.shown[0]).toBe('me one sending');
    parts.texts.delivered(1);
    parts.texts.delivered(1);
    parts.texts.delivered(7);
    expect(parts.shown).toEqual(['me one delivered', 'me two sending']);
    expect(parts.direct).toEqual([]);
    expect(parts.texts.log.lines.map(({ key }) => key)).toEqual(['me 1', 'me 2']);
  });

  test('[K70] the log is a new object after a change and the same one without', () => {
    const parts = setUp();
    const first = parts.texts.log;
    expect(first).toMatchObject({ matchId: 'match-one', shared: { interests: ['tea'] }, lines: [] });
    parts.texts.delivered(1);
    parts.texts.hearTyping(false);
    expect(parts.texts.log).toBe(first);
    parts.texts.say('one');
    expect(parts.texts.log).not.toBe(first);
    expect(first.lines).toEqual([]);
  });

  test('[K73] ten seconds without arrival: undelivered, tried directly, and it may still arrive', async () => {
    const parts = setUp();
    parts.texts.say('one');
    await parts.clock.pass(9_999);
    parts.texts.say('two');
    expect(parts.shown).toEqual(['me one sending', 'me two sending']);
    expect(parts.direct).toEqual([]);
    await parts.clock.pass(1);
    expect(parts.shown).toEqual(['me one undelivered directly', 'me two sending directly']);
    expect(parts.direct).toEqual([
      { type: 'text', seq: 1, text: 'one' },
      { type: 'text', seq: 2, text: 'two' },
    ]);
    parts.texts.delivered(1);
    expect(parts.shown[0]).toBe('me one delivered directly');
    expect(parts.clock.pending).toBe(1);
  });

  test('[K73] retry tries every way at once, and waits as long again', async () => {
    const parts = setUp();
    parts.way.channel = false;
    parts.texts.say('one');
    await parts.clock.pass(10_000);
    expect(parts.shown).toEqual(['me one undelivered']);
    parts.way.channel = true;
    parts.texts.retry();
    expect(parts.said.at(-1)).toBe('hurry');
    expect(parts.direct).toHaveLength(1);
    expect(parts.shown).toEqual(['me one sending directly']);
    await parts.clock.pass(9_999);
    expect(parts.shown).toEqual(['me one sending directly']);
    await parts.clock.pass(1);
    expect(parts.shown).toEqual(['me one undelivered directly']);
  });

  test('[K73] at the end what only the server had is sent, what it had not is undelivered', () => {
    const parts = setUp();
    for (const text of ['arrived', 'taken', 'lost']) parts.texts.say(text);
    parts.texts.taken(1);
    parts.texts.delivered(1);
    parts.texts.taken(2);
    parts.texts.end('skipped');
    expect(parts.shown).toEqual(['me arrived delivered', 'me taken sent', 'me lost undelivered']);
    expect(parts.clock.pending).toBe(0);
    // Its acknowledgement was on the way.
    parts.texts.delivered(2);
    expect(parts.shown[1]).toBe('me taken delivered');
  });
});

describe('directly', () => {
  test('[K72] while somebody has no line a text goes both ways', () => {
    const parts = setUp();
    parts.way.cut = true;
    parts.texts.say('one');
    expect(parts.said).toEqual(['1 one']);
    expect(parts.direct).toEqual([{ type: 'text', seq: 1, text: 'one' }]);
    expect(parts.shown).toEqual(['me one sending directly']);
  });

  test('[K72] what was under way goes directly when the line goes, or the channel opens', () => {
    const parts = setUp();
    for (const text of ['one', 'two', 'three']) parts.texts.say(text);
    parts.texts.delivered(1);
    parts.texts.wayChanged();
    expect(parts.direct).toEqual([]);
    parts.way.cut = true;
    parts.way.channel = false;
    parts.texts.wayChanged();
    expect(parts.shown).toEqual(['me one delivered', 'me two sending', 'me three sending']);
    parts.way.channel = true;
    parts.texts.wayChanged();
    expect(parts.direct.map((message) => message.type === 'text' && message.seq)).toEqual([2, 3]);
  });

  test('[K72] what the partner has directly need not be sent any more', () => {
    const parts = setUp();
    parts.way.cut = true;
    for (const text of ['one', 'two', 'three']) parts.texts.say(text);
    parts.texts.got(2);
    expect(parts.said.slice(3)).toEqual(['unsay 1', 'unsay 2']);
    expect(parts.shown).toEqual([
      'me one delivered directly',
      'me two delivered directly',
      'me three sending directly',
    ]);
    parts.texts.got(2);
    expect(parts.said).toHaveLength(5);
  });

  test('[K72] a text that came directly is acknowledged there, up to where there is no gap', () => {
    const parts = setUp();
    parts.texts.hear(2, 'two', true);
    parts.texts.hear(1, 'one', false);
    parts.texts.hear(2, 'two', true);
    expect(parts.direct).toEqual([
      { type: 'got', upTo: 0 },
      { type: 'got', upTo: 2 },
    ]);
    expect(parts.shown).toEqual(['partner one', 'partner two directly']);
  });
});

describe('hearing', () => {
  test('[K71] each text once and in order, whichever way and however often it comes', () => {
    const parts = setUp();
    for (const seq of [3, 1, 1, 3, 2, 1, 4, 2]) parts.texts.hear(seq, `text ${seq}`, seq % 2 === 0);
    expect(parts.texts.log.lines.map(({ text }) => text)).toEqual(['text 1', 'text 2', 'text 3', 'text 4']);
    expect(new Set(parts.texts.log.lines.map(({ key }) => key)).size).toBe(4);
  });

  test('[K71] of those before their time 64 are held, and the next one always finds its place', () => {
    const parts = setUp();
    for (let seq = 200; seq > 1; seq -= 1) parts.texts.hear(seq, `text ${seq}`, true);
    expect(parts.shown).toEqual([]);
    parts.texts.hear(1, 'text 1', true);
    expect(parts.texts.log.lines).toHaveLength(1);
    for (let seq = 2; seq <= 200; seq += 1) parts.texts.hear(seq, `text ${seq}`, true);
    expect(parts.texts.log.lines.map(({ text }) => text)).toEqual(
      Array.from({ length: 200 }, (_, index) => `text ${index + 1}`),
    );
  });

  test('[K78] the log keeps the newest 5,000 lines', () => {
    const parts = setUp();
    for (let seq = 1; seq <= 5_002; seq += 1) parts.texts.hear(seq, `text ${seq}`, false);
    expect(parts.texts.log.lines).toHaveLength(5_000);
    expect(parts.texts.log.lines[0]?.text).toBe('text 3');
    expect(parts.texts.log.lines.at(-1)?.text).toBe('text 5002');
  });
});

describe('typing', () => {
  test('[K74] on at the first key, off 5 s after the last', async () => {
    const parts = setUp();
    parts.texts.typed();
    await parts.clock.pass(4_000);
    parts.texts.typed();
    await parts.clock.pass(4_999);
    expect(parts.said).toEqual(['typing']);
    await parts.clock.pass(1);
    expect(parts.said).toEqual(['typing', 'not typing']);
    parts.texts.typed();
    expect(parts.said).toHaveLength(3);
  });

  test('[K74] off before the text that ends it, and nothing after the end', async () => {
    const parts = setUp();
    parts.texts.typed();
    parts.texts.say('one');
    expect(parts.said).toEqual(['typing', 'not typing', '1 one']);
    parts.texts.typed();
    parts.texts.end('skipped');
    await parts.clock.pass(60_000);
    expect(parts.said).toHaveLength(4);
  });

  test('[K74] told directly while somebody has no line', () => {
    const parts = setUp();
    parts.way.cut = true;
    parts.texts.typed();
    expect(parts.direct).toEqual([{ type: 'typing', on: true }]);
  });

  test('[K74] the partner types until its text comes or the match ends', () => {
    const parts = setUp();
    parts.texts.hearTyping(true);
    expect(parts.texts.log.partnerTyping).toBe(true);
    parts.texts.hear(2, 'two', false);
    expect(parts.texts.log.partnerTyping).toBe(true);
    parts.texts.hear(1, 'one', false);
    expect(parts.texts.log.partnerTyping).toBe(false);
    parts.texts.hearTyping(true);
    parts.texts.end('skipped');
    parts.texts.hearTyping(true);
    expect(parts.texts.log).toMatchObject({ partnerTyping: false, endedAt: parts.clock.now() });
  });
});
