import { answerParent } from '../child.ts';
import type { Done, Rate } from '../contest.ts';
import { percentiles } from '../measure.ts';
import { seededRandom } from '../../apps/signaling/test/support/random.ts';
import { ChatClient, type Dialect } from './chat-client.ts';
import { Movement, pace, sideBySide } from './pace.ts';
import { CANDIDATE, OFFER, isOffer, senders } from './signals.ts';

// Thousands of clients of one chat server, in a process of their own.

export interface Crowd {
  /** Of the nodes, at which the clients take turns. */
  ports: readonly number[];
  dialect: Dialect;
  /** One for each client. */
  tokens: string[];
  /** Whether the server has a welcome for clients of our own. */
  welcomes: boolean;
  seed: number;
}

export type ChatLoad = {
  connect(crowd: Crowd): Promise<void>;
  /** Ends all sessions and connections. */
  disconnect(): Promise<void>;
  /** Everybody looks for somebody; resolves when all are matched but those few who may not meet. */
  match(): Promise<void>;
  /** Strangers skip, each at random, and who was left looks again. Counted and timed are matches: last find to both told. */
  skip(rate: Rate): Promise<Done>;
  /** Offers and candidates to the partner. Counted are those that arrived. */
  signal(rate: Rate): Promise<Done>;
  /** Texts to the partner, timed from sender to receiver. */
  talk(rate: Rate): Promise<Done>;
};

interface Participant {
  client: ChatClient;
  /** JSON of its id; undefined while it looks. */
  match: string | undefined;
  role: 'offerer' | 'answerer' | undefined;
  searchingSince: number;
  seq: number;
}

const CONNECTING_MAX = 32;
const DRAWS_MAX = 1_000;
const WISHES = JSON.stringify({
  mode: 'video',
  interests: [],
  languages: [],
  anyone: false,
  requeue: false,
  relayOnly: false,
});

function createChatLoad(): ChatLoad {
  let dialect: Dialect = 'plain';
  let participants: Participant[] = [];
  let random = seededRandom(1);
  const movement = new Movement();
  const refusals = new Set<string>();
  /** By match: who was told first. */
  const toldFirst = new Map<string, Participant>();
  let timings: number[] = [];
  let arrived = 0;

  function find(participant: Participant): void {
    participant.match = undefined;
    participant.searchingSince = performance.now();
    if (dialect === 'own') participant.client.send('peer:find', WISHES);
    else participant.client.send('peer:find');
  }

  /** Ends its match and looks again: one command. */
  function skip(participant: Participant): void {
    const { match } = participant;
    if (dialect === 'plain' || match === undefined) return find(participant);
    participant.match = undefined;
    participant.searchingSince = performance.now();
    participant.client.send('peer:skip', `{"matchId":${match}}`);
  }

  function matched(participant: Participant, role: Participant['role'], payload: string): void {
    const match = /"matchId":("[^"]*")/.exec(payload)?.[1];
    if (match === undefined) throw new Error(`a match without an id: ${payload}`);
    Object.assign(participant, { match, role, seq: 0 });
    const first = toldFirst.get(match);
    if (!first) {
      toldFirst.set(match, participant);
      return;
    }
    toldFirst.delete(match);
    timings.push(performance.now() - Math.max(first.searchingSince, participant.searchingSince));
  }

  function meta(participant: Participant): string {
    return `{"matchId":${participant.match},"seq":${++participant.seq}}`;
  }

  function relay(participant: Participant, nth: number): void {
    const [name, body] = isOffer(nth) ? ['peer:offer', OFFER] : ['peer:sent:icecandidate', CANDIDATE];
    if (dialect === 'own') participant.client.send(name, body, meta(participant));
    else participant.client.send(name, body);
  }

  function say(participant: Participant): void {
    const text = `said at ${performance.now()}, and long enough for a sentence or two of small talk`;
    participant.client.send('chat:message', `${meta(participant).slice(0, -1)},"text":"${text}"}`);
  }

  function receive(client: ChatClient, name: string, payload: string): void {
    const participant = participants[client.index];
    if (!participant) return;
    movement.seen();
    switch (name) {
      case 'peer:found':
        matched(participant, 'offerer', payload);
        break;
      case 'peer:accepted':
        matched(participant, 'answerer', payload);
        break;
      case 'peer:disconnected':
        find(participant);
        break;
      case 'peer:call':
      case 'peer:sent:icecandidate':
        arrived++;
        break;
      case 'chat:message':
        timings.push(performance.now() - Number(/said at ([\d.]+)/.exec(payload)?.[1]));
        break;
    }
  }

  /** One of those that `may`, at random; undefined where hardly any may, because the server does not keep up. */
  function draw(may: (participant: Participant) => boolean): Participant | undefined {
    for (let tries = 0; tries < DRAWS_MAX; tries++) {
      const participant = participants[Math.floor(random() * participants.length)];
      if (participant && may(participant)) return participant;
    }
    return undefined;
  }

  const isMatched = ({ match }: Participant) => match !== undefined;

  /** Runs a load until nothing moves any more. What it makes of the server: refusals are none. */
  async function run(rate: Rate, step: (count: number) => void): Promise<void> {
    timings = [];
    arrived = 0;
    await pace(rate.perSecond, rate.ms, step);
    await movement.quiet();
    if (refusals.size > 0) throw new Error(`refused: ${[...refusals].join(' ')}`);
  }

  return {
    async connect({ ports, tokens, welcomes, seed, ...crowd }) {
      dialect = crowd.dialect;
      random = seededRandom(seed);
      const listener = {
        event: receive,
        refused: (_client: ChatClient, ack: string) => void refusals.add(ack),
      };
      await sideBySide(tokens.length, CONNECTING_MAX, async (index) => {
        const token = tokens[index] ?? '';
        const port = ports[index % ports.length] ?? 0;
        const client = await ChatClient.connect({ index, port, dialect, token, welcomes, listener });
        participants[index] = { client, match: undefined, role: undefined, searchingSince: 0, seq: 0 };
      });
      await movement.quiet();
    },
    async disconnect() {
      for (const { client } of participants) client.goodbye();
      await movement.quiet();
      for (const { client } of participants) client.close();
      participants = [];
      await movement.quiet();
    },
    async match() {
      for (const participant of participants) find(participant);
      await movement.quiet();
    },
    async skip(rate) {
      // The offerer: a bare find of the other one right after the match would count as one that crossed it.
      await run(rate, () => {
        const one = draw((each) => isMatched(each) && each.role === 'offerer');
        if (one) skip(one);
      });
      return { count: timings.length, ...percentiles(timings) };
    },
    async signal(rate) {
      const next = senders(rate.perSecond, () => draw(isMatched));
      await run(rate, (count) => {
        const [sender, nth] = next(count);
        if (sender) relay(sender, nth);
      });
      return { count: arrived, p50: 0, p99: 0 };
    },
    async talk(rate) {
      await run(rate, () => {
        const one = draw(isMatched);
        if (one) say(one);
      });
      return { count: timings.length, ...percentiles(timings) };
    },
  };
}

answerParent(undefined, createChatLoad());
