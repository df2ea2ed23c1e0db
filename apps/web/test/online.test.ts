import { expect, test } from 'vitest';
import { english as messages } from './whole-language.ts';
import { followOnline, toOnlineCount, type OnlineCount } from '../src/lib/online.ts';

const COUNT = { online: 12, video: 5, voice: 3, text: 4, shown: true };

test('[U36] a count is taken as it is, and one that is not to be shown is not', () => {
  expect(toOnlineCount({ ...COUNT, more: 1 })).toEqual(COUNT);
  for (const answer of [
    { ...COUNT, shown: false },
    { ...COUNT, shown: undefined },
    { ...COUNT, voice: '3' },
    { ...COUNT, online: -1 },
    { ...COUNT, text: 1.5 },
    {},
    null,
    'busy',
  ]) {
    expect(toOnlineCount(answer)).toBeUndefined();
  }
});

test('[U36] one person is no people', () => {
  expect([0, 1, 2, 1_234].map(messages.landing.hereNow)).toEqual([
    '0 people here now',
    '1 person here now',
    '2 people here now',
    '1,234 people here now',
  ]);
});

/** A page that can be hidden, a clock that is moved by hand, and a server that answers what it is told. */
function page() {
  const shown: (OnlineCount | undefined)[] = [];
  const timers: { ms: number; run: () => void }[] = [];
  const listeners = new Set<() => void>();
  const state = { visible: true, asked: 0, answer: COUNT as unknown };
  const end = followOnline({
    load: () => {
      state.asked += 1;
      return state.answer === 'down' ? Promise.reject(new Error('down')) : Promise.resolve(state.answer);
    },
    show: (count) => shown.push(count),
    visible: () => state.visible,
    onVisibility: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    after: (ms, run) => {
      const timer = { ms, run };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  });
  return {
    state,
    shown,
    timers,
    listeners,
    end,
    async settle() {
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    },
    async minute() {
      timers.shift()?.run();
      await this.settle();
    },
    async turn(visible: boolean) {
      state.visible = visible;
      for (const listener of listeners) listener();
      await this.settle();
    },
  };
}

test('[U36] the count is asked for at once and every minute', async () => {
  const tab = page();
  await tab.settle();
  expect(tab.shown).toEqual([COUNT]);
  expect(tab.timers.map(({ ms }) => ms)).toEqual([60_000]);
  tab.state.answer = { ...COUNT, online: 13 };
  await tab.minute();
  expect(tab.shown.at(-1)?.online).toBe(13);
  expect(tab.timers).toHaveLength(1);
});

test('[U36] a page that nobody sees does not ask, and asks when it is seen again and the minute is over', async () => {
  const tab = page();
  await tab.settle();
  await tab.turn(false);
  await tab.turn(true);
  expect(tab.state.asked).toBe(1);
  await tab.turn(false);
  await tab.minute();
  expect(tab.state.asked).toBe(1);
  await tab.turn(true);
  expect(tab.state.asked).toBe(2);
});

test('[U36] a count that cannot be had is not shown, and is asked for again', async () => {
  const tab = page();
  await tab.settle();
  tab.state.answer = 'down';
  await tab.minute();
  expect(tab.shown.at(-1)).toBeUndefined();
  tab.state.answer = COUNT;
  await tab.minute();
  expect(tab.shown.at(-1)).toEqual(COUNT);
});

test('[U36] nothing is shown or asked for any more by a page that was left', async () => {
  const tab = page();
  tab.end();
  await tab.settle();
  expect([tab.shown, tab.timers, tab.listeners.size]).toEqual([[], [], 0]);
});
