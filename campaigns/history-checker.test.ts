import { expect, test } from 'vitest';
import { type Heard, type History, type Operation, emptyHistory, writeCanary } from './support/history.ts';
import { checkHistory } from './support/history-checker.ts';

const OPTIONS = { rematchAfterMs: 500 };

/** Ann and Bob, each in a session; `ann2` is another session of Ann's account. */
function scene() {
  const history: History = emptyHistory();
  for (const name of ['ann', 'bob', 'cid', 'ann2']) history.accounts.set(name, name.slice(0, 3));
  const offsets = new Map<string, number>();
  function hears(session: string, at: number, event: Heard['event']): Heard {
    const offset = (offsets.get(session) ?? 0) + 1;
    offsets.set(session, offset);
    const heard = { session, offset, at, event };
    history.heard.push(heard);
    return heard;
  }
  function does(
    session: string,
    at: number,
    what: Partial<Operation> & Pick<Operation, 'command'>,
  ): Operation {
    const operation: Operation = { session, invokedAt: at, completedAt: at + 1, outcome: 'ok', ...what };
    history.operations.push(operation);
    return operation;
  }
  const steps = {
    history,
    hears,
    does,
    matched: (session: string, at: number, match: string, role: 'offerer' | 'answerer', mode = 'text') =>
      hears(session, at, { type: 'matched', match, role, mode }),
    left: (session: string, at: number, match: string) =>
      hears(session, at, { type: 'left', match, reason: 'skipped' }),
    frame: (session: string, at: number, match: string, canary: string) =>
      hears(session, at, { type: 'frame', match, kind: 'say', canary }),
    /** `what`: of the operation, where it is not taken. */
    says(session: string, at: number, match: string, seq: number, what: Partial<Operation> = {}): string {
      const canary = writeCanary({ sender: session, match, seq });
      does(session, at, { command: 'say', match, canary, ...what });
      return canary;
    },
    /** Both are told of a match. */
    meet(match: string, at: number, [offerer, answerer]: [string, string] = ['ann', 'bob']): void {
      steps.matched(offerer, at, match, 'offerer');
      steps.matched(answerer, at + 1, match, 'answerer');
    },
    breaches: () => checkHistory(history, OPTIONS),
  };
  return steps;
}

const breach = (rule: string, what: string) => expect.stringContaining(`${rule}: ${what}`);

test('[J2] what one step after another explains breaks nothing', () => {
  const { meet, says, frame, left, does, breaches, hears, history } = scene();
  meet('m1', 10);
  frame('bob', 22, 'm1', says('ann', 20, 'm1', 1));
  // Its answer was lost; it was taken all the same.
  frame('ann', 25, 'm1', says('bob', 21, 'm1', 1, { outcome: 'unavailable' }));
  // Never answered, never arrived.
  const { completedAt: _, outcome: __, ...unknown } = does('ann', 26, { command: 'say' });
  history.operations[history.operations.length - 1] = unknown;
  does('ann', 30, { command: 'skip', match: 'm1' });
  left('bob', 33, 'm1');
  // Too late, and refused.
  says('bob', 34, 'm1', 2, { outcome: 'not-matched' });
  hears('ann', 35, { type: 'waiting' });
  meet('m2', 40, ['cid', 'ann']);
  // After the time apart.
  does('cid', 600, { command: 'find' });
  left('ann', 601, 'm2');
  meet('m3', 602, ['ann', 'bob']);
  expect(breaches()).toEqual([]);
});

test('[J2] a match that is restored after all was forgotten breaks nothing, and its session counts on from above', () => {
  const { meet, says, does, breaches, history } = scene();
  meet('m1', 10);
  // Bob has not heard of it when all is forgotten, and is back in the match.
  does('ann', 30, { command: 'skip', match: 'm1' });
  history.forgotten.push(40);
  history.restored.push({ session: 'bob', match: 'm1', from: 41, to: 50 });
  const canary = says('ann', 60, 'm1', 1);
  const event = { type: 'frame', match: 'm1', kind: 'say', canary } as const;
  history.heard.push({ session: 'bob', offset: 5_000, at: 62, event });
  expect(breaches()).toEqual([]);
  history.restored[0] = { session: 'ann', match: 'm1', from: 41, to: 50 };
  expect(breaches()).toEqual([]);
  history.heard.push({ session: 'bob', offset: 5_002, at: 63, event: { type: 'waiting' } });
  expect(breaches()).toEqual([breach('M5', 'something before this is missing')]);
  history.heard.pop();
  history.restored.pop();
  expect(breaches()).toEqual([
    breach('M5', 'something before this is missing'),
    breach('M4', 'something is taken for a match that was over'),
  ]);
});

test('[J2] a match that comes back by a late proof may have been over before, and its other side elsewhere', () => {
  for (const isLate of [true, false]) {
    const { meet, says, does, breaches, history } = scene();
    meet('m1', 10);
    says('ann', 11, 'm1', 1);
    does('ann', 15, { command: 'leave', match: 'm1' });
    meet('m2', 20, ['ann', 'cid']);
    says('ann', 30, 'm2', 1);
    says('cid', 40, 'm2', 1);
    does('ann', 45, { command: 'goodbye' });
    history.restored.push({ session: 'bob', match: 'm1', from: isLate ? 50 : 5, to: isLate ? 60 : 6 });
    says('bob', 70, 'm1', 1);
    expect(breaches()).toEqual(isLate ? [] : [breach('M2', 'nobody is in two matches')]);
  }
});

test('[J2] the checker sees a match of three', () => {
  const { meet, matched, breaches } = scene();
  meet('m1', 10);
  matched('cid', 12, 'm1', 'answerer');
  expect(breaches()).toContainEqual(breach('M1', 'a match has two sides'));
});

test('[J2] the checker sees two sides that are told different things', () => {
  const { matched, breaches } = scene();
  matched('ann', 10, 'm1', 'offerer', 'text');
  matched('bob', 10, 'm1', 'answerer', 'video');
  expect(breaches()).toContainEqual(breach('M1', 'both sides are told the same'));
});

test('[J2] the checker sees an account in two matches at one time', () => {
  const { meet, says, matched, breaches } = scene();
  meet('m1', 10);
  matched('ann2', 20, 'm2', 'offerer');
  says('ann2', 21, 'm2', 1);
  says('ann', 30, 'm1', 1);
  says('ann2', 40, 'm2', 2);
  expect(breaches()).toContainEqual(breach('M2', 'nobody is in two matches'));
});

test('[J2] the checker sees somebody taken out of a match unasked', () => {
  const { meet, matched, breaches } = scene();
  meet('m1', 10);
  matched('ann', 20, 'm2', 'offerer');
  expect(breaches()).toContainEqual(breach('M2', 'nobody asked for the end of a match'));
});

test('[J2] the checker sees one find that ends two matches', () => {
  const { meet, matched, does, breaches } = scene();
  meet('m1', 10);
  does('ann', 15, { command: 'find' });
  matched('ann', 20, 'm2', 'offerer');
  matched('ann', 30, 'm3', 'offerer');
  expect(breaches()).toEqual([breach('M2', 'nobody asked for the end of a match')]);
});

test('[J2] the checker sees an account that meets itself', () => {
  const { meet, breaches } = scene();
  meet('m1', 10, ['ann', 'ann2']);
  expect(breaches()).toContainEqual(breach('M3', 'nobody meets themselves'));
});

test('[J2] the checker sees two who meet too soon again, in another session too, unless all was forgotten', () => {
  for (const isForgotten of [false, true]) {
    const { meet, says, frame, does, left, breaches, history } = scene();
    meet('m1', 10);
    frame('bob', 21, 'm1', says('ann', 20, 'm1', 1));
    does('ann', 25, { command: 'skip', match: 'm1' });
    left('bob', 27, 'm1');
    history.accounts.set('cid', 'ann');
    meet('m2', 400, ['cid', 'bob']);
    if (isForgotten) history.forgotten.push(100);
    expect(breaches()).toEqual(isForgotten ? [] : [breach('M3', 'nobody meets who was just left')]);
  }
});

test('[J2] the checker sees a frame that reaches a third person', () => {
  const { meet, says, matched, frame, breaches } = scene();
  meet('m1', 10);
  matched('cid', 11, 'm2', 'offerer');
  frame('cid', 22, 'm2', says('ann', 20, 'm1', 1));
  expect(breaches()).toContainEqual(breach('M4', 'a frame arrives in a match it was not meant for'));
});

test('[J2] the checker sees a frame in a match that is over', () => {
  const { meet, says, left, frame, breaches } = scene();
  meet('m1', 10);
  const canary = says('ann', 20, 'm1', 1);
  left('bob', 21, 'm1');
  frame('bob', 22, 'm1', canary);
  expect(breaches()).toContainEqual(breach('M4', 'news of a match that is not on'));
});

test('[J2] the checker sees a frame that comes twice, or behind a later one', () => {
  const { meet, says, frame, breaches } = scene();
  meet('m1', 10);
  const [first, second] = [says('ann', 20, 'm1', 1), says('ann', 21, 'm1', 2)];
  frame('bob', 23, 'm1', second);
  frame('bob', 24, 'm1', first);
  expect(breaches()).toEqual([breach('M4', 'frames come once and in order')]);
});

test('[J2] the checker sees a frame that nobody said, or that comes back', () => {
  const { meet, says, frame, breaches } = scene();
  meet('m1', 10);
  frame('bob', 20, 'm1', writeCanary({ sender: 'ann', match: 'm1', seq: 7 }));
  expect(breaches()).toEqual([breach('M4', 'nobody said this')]);
  frame('ann', 22, 'm1', says('ann', 21, 'm1', 8));
  expect(breaches()).toContainEqual(breach('M4', 'a frame comes back to its sender'));
});

test('[J2] the checker sees a refused frame that arrives', () => {
  const { meet, says, frame, breaches } = scene();
  meet('m1', 10);
  frame('bob', 22, 'm1', says('ann', 20, 'm1', 1, { outcome: 'not-matched' }));
  expect(breaches()).toEqual([breach('M4', 'what was refused arrives')]);
});

test('[J2] the checker sees a frame that was taken and does not arrive', () => {
  const { meet, says, left, breaches } = scene();
  meet('m1', 10);
  says('ann', 20, 'm1', 1);
  expect(breaches()).toEqual([]);
  left('bob', 30, 'm1');
  expect(breaches()).toEqual([breach('M4', 'what was taken does not arrive')]);
});

test('[J2] the checker sees what is taken for a match that is over', () => {
  const { meet, says, left, breaches } = scene();
  meet('m1', 10);
  left('bob', 20, 'm1');
  says('ann', 21, 'm1', 1, { command: 'relay' });
  expect(breaches()).toContainEqual(breach('M4', 'something is taken for a match that was over'));
});

test('[J2] the checker sees what is taken from a line that was left behind', () => {
  const { does, breaches } = scene();
  does('ann', 20, { command: 'find', isBehind: true });
  expect(breaches()).toEqual([breach('M4', 'a line that was left behind is heard')]);
});

test('[J2] the checker sees a match that is told twice, and an end', () => {
  const { meet, matched, left, breaches } = scene();
  meet('m1', 10);
  left('bob', 20, 'm1');
  left('bob', 21, 'm1');
  expect(breaches()).toEqual([breach('M5', 'news of a match that is not on')]);
  matched('bob', 22, 'm1', 'answerer');
  expect(breaches()).toContainEqual(breach('M5', 'a match is told twice'));
});

test('[J2] the checker sees two who both offer', () => {
  const { matched, breaches } = scene();
  matched('ann', 10, 'm1', 'offerer');
  matched('bob', 10, 'm1', 'offerer');
  expect(breaches()).toEqual([breach('M5', 'one side offers, and one alone')]);
});

test('[J2] the checker sees a mailbox with a gap, and one that tells two stories', () => {
  const { meet, hears, history, breaches } = scene();
  meet('m1', 10);
  const again = { session: 'ann', offset: 1, at: 15, event: { type: 'waiting' } } as const;
  history.heard.push(again);
  expect(breaches()).toEqual([breach('M5', 'a mailbox tells two stories')]);
  history.heard.pop();
  hears('ann', 20, { type: 'news', match: 'm1', name: 'peer:away' });
  history.heard.splice(-1, 1);
  hears('ann', 21, { type: 'news', match: 'm1', name: 'peer:back' });
  expect(breaches()).toEqual([breach('M5', 'something before this is missing')]);
});
