import type { Dialect } from '../../src/transports/text-api-events.ts';
import type { TextServer } from './text-server.ts';

/** What one hears, whichever way it came. */
type Heard = 'waiting' | 'connected' | 'typing' | 'stopped typing' | 'left' | { said: string };

/** Somebody who came to talk. */
export interface Talker {
  find(): Promise<void>;
  say(text: string): Promise<void>;
  typing(on: boolean): Promise<void>;
  leave(): Promise<void>;
  /** The next thing that is heard; waits for it. */
  hear(): Promise<Heard>;
  /** All that has come and was not heard yet. */
  rest(): Promise<Heard[]>;
}

export const transports = ['socket', 'poll of 2010', 'later poll'] as const;

export function createTalker(
  server: TextServer,
  transport: (typeof transports)[number],
  account: string,
): Talker {
  if (transport === 'socket') return socketTalker(server, account);
  return pollTalker(server, transport === 'later poll' ? 'later' : 'seed');
}

function socketTalker(server: TextServer, account: string): Talker {
  const client = server.ours(account);
  let matchId = '';
  let seq = 0;
  const translate = (name: string, [first]: unknown[]): Heard | undefined => {
    const payload = first as { matchId: string; text: string; on: boolean };
    switch (name) {
      case 'peer:alone':
        return 'waiting';
      case 'peer:found':
      case 'peer:accepted':
        matchId = payload.matchId;
        return 'connected';
      case 'chat:message':
        return { said: payload.text };
      case 'chat:typing':
        return payload.on ? 'typing' : 'stopped typing';
      case 'peer:disconnected':
        return 'left';
      default:
        return undefined;
    }
  };
  const take = (): Heard | undefined => {
    for (let event; (event = client.received.shift());) {
      const heard = translate(event.name, event.args);
      if (heard !== undefined) return heard;
    }
    return undefined;
  };
  return {
    find: () => client.ask('peer:find', { mode: 'text' }),
    say: (text) => client.ask('chat:message', { matchId, seq: ++seq, text }),
    typing: (on) => client.ask('chat:typing', { matchId, on }),
    leave: () => client.ask('peer:leave', { matchId }),
    async hear() {
      for (;;) {
        const heard = take();
        if (heard !== undefined) return heard;
        await new Promise<void>((resolve) => client.socket.onAny(() => resolve()));
      }
    },
    async rest() {
      await client.settled();
      const all: Heard[] = [];
      for (let heard; (heard = take()) !== undefined;) all.push(heard);
      return all;
    },
  };
}

function pollTalker(server: TextServer, dialect: Dialect): Talker {
  let stranger: Awaited<ReturnType<TextServer['start']>>;
  let typing = false;
  let partnerTypes = false;
  const heard: Heard[] = [];
  const translate = ([name, arg]: [string, ...unknown[]]): Heard | undefined => {
    switch (name) {
      case 'gotMessage':
        partnerTypes = false;
        return { said: String(arg) };
      case 'typing':
        partnerTypes = dialect === 'later' || !partnerTypes;
        return partnerTypes ? 'typing' : 'stopped typing';
      case 'stoppedTyping':
        return 'stopped typing';
      case 'strangerDisconnected':
        return 'left';
      case 'waiting':
      case 'connected':
        return name;
      default:
        return undefined;
    }
  };
  const poll = async () => {
    const events = (await stranger.poll()) as [string, ...unknown[]][] | null;
    heard.push(...(events ?? []).map(translate).filter((one) => one !== undefined));
  };
  return {
    async find() {
      stranger = await server.start(dialect === 'later' ? '?m=0' : '');
    },
    async say(text) {
      typing = false;
      await stranger.ask('/send', { msg: text });
    },
    async typing(on) {
      if (on === typing) return;
      typing = on;
      await stranger.ask(on || dialect === 'seed' ? '/typing' : '/stoppedtyping');
    },
    leave: async () => void (await stranger.ask('/disconnect')),
    async hear() {
      while (heard.length === 0) await poll();
      return heard.shift() as Heard;
    },
    async rest() {
      const timers = server.timers.size;
      const last = poll();
      // Either there was something, or the poll waits and its time is over now.
      const held = server.timers.reached(timers + 1).then(() => server.timers.pass(60_000));
      await Promise.race([last, held]);
      await last;
      return heard.splice(0);
    },
  };
}
