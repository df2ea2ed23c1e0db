import { describe, expect, test } from 'vitest';
import type { Client } from './support/server.ts';
import { answer, candidate, offer } from './support/signals.ts';
import { type TextServer, startTextServer } from './support/text-server.ts';

// One chat with two queues, text and video, as its clients meet it. Two who may meet never wait side by
// side, so whoever stands in a queue with others here has parted from each of them before.

type Queue = 'text' | 'video';
const QUEUES: readonly Queue[] = ['text', 'video'];

/** A wider window would draw the last of those it holds. */
const startServer = () => startTextServer({}, { matchWindow: 1, random: () => 0.999 });

test('[Q1] twenty people in two queues: first come, first matched in each, whatever the other does', async () => {
  const server = await startServer();
  const waiting = {
    text: await whoHaveParted(server, 'text', 5),
    video: await whoHaveParted(server, 'video', 5),
  };
  const order = [3, 0, 4, 1, 2];
  for (const place of order) {
    for (const queue of QUEUES) await queueUp(waiting[queue][place] as Client, queue);
  }
  expect((await server.chat.count()).waiting).toMatchObject({ text: 5, video: 5 });

  for (const place of order) {
    for (const queue of QUEUES) {
      await meet(waiting[queue][place] as Client, server.ours(`newcomer ${queue} ${place}`), queue);
    }
  }
  expect(await server.chat.count()).toMatchObject({
    waiting: { text: 0, video: 0 },
    matched: { text: 10, video: 10 },
  });
});

test('[Q1] who comes by HTTP stands in the queue for texts and in no other', async () => {
  const server = await startServer();
  await queueUp(server.ours('video'), 'video');
  const waiting = await whoHaveParted(server, 'text', 4);
  for (const one of waiting) await queueUp(one, 'text');
  for (const one of waiting) {
    const stranger = await server.startLater();
    expect(stranger.events[0]).toEqual(['connected']);
    const [{ matchId }] = await one.next('peer:accepted');
    await one.ask('chat:message', { matchId, seq: 1, text: 'who is it?' });
    expect(await stranger.poll()).toEqual([['gotMessage', 'who is it?']]);
  }
  const waits = await server.startLater();
  expect(waits.events[0]).toEqual(['waiting']);
  const newcomer = server.ours('newcomer');
  await newcomer.ask('peer:find', { mode: 'text' });
  expect((await newcomer.next('peer:found'))[0].mode).toBe('text');
});

describe.each(QUEUES)('%s', (queue) => {
  test('[Q2] a match is of two: nobody else hears or says anything in it', async () => {
    const server = await startServer();
    const { ann, bob, matchId } = await couple(server, queue);
    const others = await couple(server, queue, 'cid', 'dan');
    const onlooker = server.ours('eve');
    await queueUp(onlooker, queue);
    const strangers = [others.ann, others.bob, onlooker];

    for (const [from, to] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      await speak(from, matchId);
      await listen(to, matchId);
    }
    for (const stranger of strangers) {
      await stranger.settled();
      expect(stranger.names()).toEqual([]);
      const over = { error: 'not-matched', retry: false };
      expect(await stranger.ask('chat:message', { matchId, seq: 9, text: 'let me in' })).toEqual(over);
      expect(await stranger.ask('peer:offer', offer(), { matchId, seq: 9 })).toEqual(over);
      expect(await stranger.ask('peer:state', { matchId, mic: true, cam: true })).toEqual(over);
    }
    for (const one of [ann, bob]) {
      await one.settled();
      expect(one.names()).toEqual([]);
    }
  });

  test.each(['peer:skip', 'peer:leave', 'session:end'])(
    '[Q3] after %s the other is told, and is back at the end of the queue at once if it asked for that',
    async (command) => {
      const server = await startServer();
      const [ann, bob, wil] = [server.ours('ann'), server.ours('bob'), server.ours('wil')];
      await meetAndPart(ann, wil, queue);
      await meetAndPart(bob, wil, queue);
      await queueUp(ann, queue, true);
      const matchId = await meet(ann, bob, queue);
      await queueUp(wil, queue);

      await bob.ask(command, ...(command === 'session:end' ? [] : [{ matchId }]));
      expect((await ann.next('peer:disconnected'))[0].matchId).toBe(matchId);
      await ann.next('peer:alone');
      // Ann had come before Wil, and stands behind him now.
      await meet(wil, server.ours('cid'), queue);
      await meet(ann, server.ours('dan'), queue);
    },
  );

  test.each(['peer:skip', 'peer:leave', 'session:end'])(
    '[Q3] after %s the other is told, and is not put back if it did not ask for that',
    async (command) => {
      const server = await startServer();
      const { ann, bob, matchId } = await couple(server, queue);
      await bob.ask(command, ...(command === 'session:end' ? [] : [{ matchId }]));
      expect((await ann.next('peer:disconnected'))[0].matchId).toBe(matchId);
      await server.ours('cid').ask('peer:find', { mode: queue });
      await ann.settled();
      expect(ann.names()).toEqual([]);
    },
  );
});

test('[Q3] when one who came by HTTP leaves, the other is back in the queue without asking again', async () => {
  const server = await startServer();
  const [ann, wil] = [server.ours('ann'), server.ours('wil')];
  await meetAndPart(ann, wil, 'text');
  await queueUp(ann, 'text', true);
  const stranger = await server.startLater();
  const [{ matchId }] = await ann.next('peer:accepted');
  await queueUp(wil, 'text');
  await stranger.ask('/send', { msg: 'bye' });
  await stranger.ask('/disconnect');
  await ann.next('chat:message');
  expect((await ann.next('peer:disconnected'))[0].matchId).toBe(matchId);
  await ann.next('peer:alone');
  for (const one of [wil, ann]) {
    expect((await server.startLater()).events[0]).toEqual(['connected']);
    await one.next('peer:accepted');
  }
});

test('[Q3] when both asked for it, a skip puts both back, and each meets the next who comes', async () => {
  const server = await startServer();
  const { ann, bob, matchId } = await couple(server, 'video', 'ann', 'bob', true);
  await bob.ask('peer:skip', { matchId });
  await ann.next('peer:disconnected');
  await ann.next('peer:alone');
  await bob.next('peer:alone');
  await meet(ann, server.ours('cid'), 'video');
  await meet(bob, server.ours('dan'), 'video');
});

test('[Q4] microphone and camera switched off and on are told to the partner alone', async () => {
  const server = await startServer();
  const { ann, bob, matchId } = await couple(server, 'video');
  for (const state of [
    { mic: false, cam: true },
    { mic: false, cam: false },
    { mic: true, cam: true },
  ]) {
    for (const [from, to] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      await from.ask('peer:state', { matchId, ...state });
      expect((await to.next('peer:state'))[0]).toMatchObject({ matchId, ...state });
      await from.settled();
      expect(from.names()).toEqual([]);
    }
  }
});

/** That many, each of whom has just parted from each other one, and none of whom waits. */
async function whoHaveParted(server: TextServer, queue: Queue, count: number): Promise<Client[]> {
  const all = Array.from({ length: count }, (_, index) => server.ours(`${queue} ${index}`));
  for (const [index, one] of all.entries()) {
    for (const other of all.slice(0, index)) await meetAndPart(other, one, queue);
  }
  return all;
}

/** From then on both may stand in the queue at once. */
async function meetAndPart(one: Client, other: Client, queue: Queue): Promise<void> {
  await queueUp(one, queue);
  const matchId = await meet(one, other, queue);
  await other.ask('peer:leave', { matchId });
  await one.next('peer:disconnected');
}

async function queueUp(one: Client, queue: Queue, requeue = false): Promise<void> {
  await one.ask('peer:find', { mode: queue, requeue });
  await one.next('peer:alone');
}

/** The newcomer meets the one who waits, and nobody else. */
async function meet(waiting: Client, newcomer: Client, queue: Queue, requeue = false): Promise<string> {
  await newcomer.ask('peer:find', { mode: queue, requeue });
  const [found] = await newcomer.next('peer:found');
  const [accepted] = await waiting.next('peer:accepted');
  expect(found).toMatchObject({ matchId: accepted.matchId, mode: queue, role: 'offerer' });
  return found.matchId as string;
}

async function couple(server: TextServer, queue: Queue, first = 'ann', second = 'bob', requeue = false) {
  const [ann, bob] = [server.ours(first), server.ours(second)];
  await queueUp(ann, queue, requeue);
  return { ann, bob, matchId: await meet(ann, bob, queue, requeue) };
}

/** Says everything that can be said in a match. */
async function speak(from: Client, matchId: string): Promise<void> {
  await from.ask('chat:message', { matchId, seq: 1, text: 'Hi!' });
  await from.ask('peer:offer', offer('mine'), { matchId, seq: 1 });
  await from.ask('peer:answer', answer('mine'), { matchId, seq: 2 });
  await from.ask('peer:sent:icecandidate', candidate(7), { matchId, seq: 3 });
}

async function listen(to: Client, matchId: string): Promise<void> {
  expect((await to.next('chat:message'))[0]).toMatchObject({ matchId, seq: 1, text: 'Hi!' });
  expect((await to.next('peer:call'))[0]).toEqual(offer('mine'));
  expect((await to.next('peer:answer'))[0]).toEqual(answer('mine'));
  expect((await to.next('peer:sent:icecandidate'))[0]).toEqual(candidate(7));
}
