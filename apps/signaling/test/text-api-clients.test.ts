import { Client } from 'omegle-client';
import OmegleNode from 'omegle-node';
import type { EventEmitter } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type TextServer, startTextServer } from './support/text-server.ts';

// Two client libraries as they were published. Only where they connect to is changed: the host names
// in them no longer exist.

const EVENTS = [
  'waiting',
  'connected',
  'typing',
  'stoppedTyping',
  'gotMessage',
  'strangerDisconnected',
  'disconnected',
];

interface Stranger {
  say(text: string): void;
  startTyping(): void;
  stopTyping(): void;
  leave(): void;
  /** The next event with this name, after those that were taken already; its argument. */
  next(name: string): Promise<unknown>;
  names(): string[];
}

type Library = (server: TextServer) => Stranger;

/** Keeps the events of an emitter in order. Errors of the library fail the test. */
function keep(emitter: EventEmitter): Pick<Stranger, 'next' | 'names'> {
  const received: { name: string; arg: unknown }[] = [];
  const names: string[] = [];
  let wake = () => {};
  for (const name of EVENTS) {
    emitter.on(name, (arg: unknown) => {
      received.push({ name, arg });
      names.push(name);
      wake();
    });
  }
  const failures: unknown[] = [];
  for (const name of ['error', 'omerror', 'omegleError']) emitter.on(name, (error) => failures.push(error));
  onTestFinished(() => expect(failures).toEqual([]));
  return {
    names: () => names,
    async next(name) {
      for (;;) {
        const at = received.findIndex((event) => event.name === name);
        if (at >= 0) return received.splice(0, at + 1).at(-1)?.arg;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

const omegleNode: Library = () => {
  const client = new OmegleNode();
  const events = keep(client);
  client.connect();
  return {
    ...events,
    say: (text) => client.send(text),
    startTyping: () => client.startTyping(),
    stopTyping: () => client.stopTyping(),
    leave: () => client.disconnect(),
  };
};

const omegleClient: Library = () => {
  const client = new Client();
  const events = keep(client);
  const well = (error?: number) => expect(error).toBeUndefined();
  client.start(well);
  return {
    ...events,
    say: (text) => client.send(text, well),
    startTyping: () => client.startTyping(well),
    stopTyping: () => client.stopTyping(well),
    leave: () => client.disconnect(well),
  };
};

const libraries = { 'omegle-node 1.1.4': omegleNode, 'omegle-client 1.0.0': omegleClient };
const names = Object.keys(libraries) as (keyof typeof libraries)[];

/** Sends what goes to omegle.com to the test's server instead. */
function redirect({ url, timers }: TextServer): void {
  const { hostname, port } = new URL(url);
  const real = http.request;
  let redirected = 0;
  let pending = 0;
  const toUs = (options: http.RequestOptions, callback?: (response: http.IncomingMessage) => void) => {
    if (!/^(front1\.)?omegle\.com$/.test(String(options.host ?? options.hostname))) {
      return real(options, callback);
    }
    redirected++;
    pending++;
    const ours = { ...options, protocol: 'http:', host: hostname, hostname, port, agent: false };
    return real(ours, callback).once('response', () => void pending--);
  };
  vi.spyOn(http, 'request').mockImplementation(toUs as typeof http.request);
  vi.spyOn(https, 'request').mockImplementation(toUs as typeof https.request);
  // omegle-client gives setTimeout something that is no function, which Node took until version 10.
  const timeout = globalThis.setTimeout;
  vi.stubGlobal('setTimeout', (run: unknown, ms?: number, ...args: unknown[]) =>
    timeout(() => typeof run === 'function' && run(...args), ms),
  );
  onTestFinished(async () => {
    // The libraries do not expect a server that goes away: all of their requests are answered first.
    await vi.waitFor(() => {
      timers.pass(60_000);
      expect(pending).toBe(0);
    });
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    expect(redirected).toBeGreaterThan(0);
  });
}

const pairs = names.flatMap((first) => names.map((second) => [first, second] as const));

test.each(pairs)('[X22] %s talks with %s', async (first, second) => {
  const server = await startTextServer();
  redirect(server);
  const ann = libraries[first](server);
  await ann.next('waiting');
  const bob = libraries[second](server);
  await Promise.all([ann.next('connected'), bob.next('connected')]);
  expect(bob.names()).not.toContain('waiting');
  for (const [from, to] of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    from.startTyping();
    await to.next('typing');
    from.stopTyping();
    await to.next('stoppedTyping');
    from.say('hello there');
    expect(await to.next('gotMessage')).toBe('hello there');
  }
  bob.leave();
  await ann.next('strangerDisconnected');
  await vi.waitFor(async () => expect((await server.chat.count()).online).toBe(0));
});

test.each(names)(
  '[X22] %s talks with a person on the web page, and stays through idle polls',
  async (name) => {
    const server = await startTextServer();
    redirect(server);
    const ann = libraries[name](server);
    await ann.next('waiting');
    const web = server.ours('web');
    await web.ask('peer:find', { mode: 'text' });
    const [{ matchId }] = await web.next('peer:found');
    await ann.next('connected');
    for (let idle = 0; idle < 3; idle++) {
      await server.timers.reached(1);
      server.timers.pass(60_000);
    }
    await web.ask('chat:typing', { matchId, on: true });
    await ann.next('typing');
    await web.ask('chat:message', { matchId, seq: 1, text: 'Grüße 😀' });
    expect(await ann.next('gotMessage')).toBe('Grüße 😀');
    ann.say('thanks');
    expect((await web.next('chat:message'))[0]).toMatchObject({ matchId, seq: 1, text: 'thanks' });
    ann.leave();
    expect((await web.next('peer:disconnected'))[0]).toMatchObject({ matchId, reason: 'left' });
  },
);

test.each(names)('[X22] %s talks with a client of 2010', async (name) => {
  const server = await startTextServer();
  const old = await server.start();
  expect(await old.poll()).toEqual([['waiting']]);
  redirect(server);
  const ann = libraries[name](server);
  await ann.next('connected');
  expect(await old.poll()).toEqual([['connected']]);
  await old.ask('/typing');
  await ann.next('typing');
  expect(await old.ask('/send', { msg: 'hi' })).toBe('');
  expect(await ann.next('gotMessage')).toBe('hi');
  ann.say('hello');
  expect(await old.poll()).toEqual([['gotMessage', 'hello']]);
  await old.ask('/disconnect');
  await ann.next('strangerDisconnected');
});
