import { setTimeout as pause } from 'node:timers/promises';
import { drawWishes } from '../../apps/signaling/test/support/acceptance.ts';
import { DEFAULT_WISHES, type Wishes } from '../../packages/protocol/src/wishes.ts';
import type { ChatNode, Line } from './chat-node.ts';
import { Client } from './client.ts';
import type { Journal } from './journal.ts';

export interface WorkerParts {
  /** Its own, of at least 16 characters. */
  name: string;
  account: string;
  /** Uniform in [0, 1). */
  random(): number;
  /** Those that take connections. */
  nodes(): readonly ChatNode[];
  journal: Journal;
  /** A resume token of another account. */
  strangersToken(account: string): string | undefined;
  /** How long it waits for an answer before it gives a node up, in milliseconds. */
  patienceMs(): number;
}

/** A node that was given up is mostly left alone for so long. */
const SHUN_MS = 4_000;
/** Longer than any lease of the run. */
const VANISHED_MS = 16_000;
const ACKNOWLEDGE_AT = 16;
const LEFT_BEHIND_MAX = 3;
const BURST_MAX = 24;
const PAST_BURST_MAX = 6;

/**
 * Does at random what people, browsers and networks do: it looks for somebody, talks, skips, loses its line and
 * comes back to the same node or another, gives up nodes that do not answer, speaks on lines that it has left
 * behind, and names matches and shows tokens that are over.
 */
export class Worker {
  readonly client: Client;
  readonly #parts: WorkerParts;
  #leftBehind: Line[] = [];
  #shunned: { node: ChatNode; until: number } | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.client = new Client(parts);
  }

  /** Acts until that says so. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (this.client.line) await this.#act();
      else await this.#comeBack();
    }
  }

  /** Looks for somebody, however often it has to come in for that. */
  async searches(wishes: Wishes): Promise<void> {
    do await this.isIn();
    while ((await this.client.find(wishes)) !== 'ok');
  }

  /** Comes in, now or a little later. */
  async isIn(): Promise<void> {
    while (!this.client.line) await this.#enter(true);
  }

  async #act(): Promise<void> {
    const { client } = this;
    const node = client.line?.node;
    const match = client.session?.match;
    const acts: [weight: number, act: () => Promise<unknown> | undefined][] = [
      [match ? 45 : 0, () => this.#talk(match ?? '')],
      [match ? 10 : 0, () => client.skip(match ?? '', this.#chance(0.15) ? 'failed' : undefined)],
      [12, () => this.#nameThePast()],
      [match ? 4 : 12, () => client.find(this.#wishes())],
      [match ? 3 : 6, () => client.find()],
      [2, () => client.leave()],
      [2, () => client.widen()],
      [4, () => this.#comeAgain()],
      [2, () => this.#leaveBehind()],
      [4, () => this.#speakBehind()],
      [1, () => this.#tryBadly()],
      [1, () => client.goodbye()],
      [0.5, () => void client.forget()],
      [0.03, () => this.#vanish()],
    ];
    let roll = this.#random() * acts.reduce((sum, [weight]) => sum + weight, 0);
    const [, act] = acts.find(([weight]) => (roll -= weight) < 0) ?? [];
    await act?.();
    // It has given the node up.
    if (node && !client.line && client.session) this.#shun(node);
    if (client.unacknowledged >= ACKNOWLEDGE_AT || this.#chance(0.1)) void client.acknowledge();
    if (client.session?.isWaiting && this.#chance(0.5)) await client.news(this.#random() * 20);
  }

  /** As typing and trickling candidates come: several at once. */
  #talk(match: string): Promise<unknown> | undefined {
    const other = () =>
      this.#chance(0.5)
        ? this.client.typing(match, this.#chance(0.5))
        : this.client.tell(match, this.#chance(0.5));
    const talking = this.#burst(BURST_MAX, match, other);
    // Mostly the answers come while something else is done.
    return this.#chance(0.4) ? talking : undefined;
  }

  /** Texts and signals, and one of the others for every four of them. */
  #burst(max: number, match: string, other: () => Promise<unknown>): Promise<unknown> {
    const length = 1 + Math.floor(this.#random() * max);
    return Promise.all(
      Array.from({ length }, () => {
        const roll = this.#random();
        if (roll > 0.8) return other();
        return this.client.send(roll < 0.5 ? 'say' : 'relay', match, { again: this.#chance(0.05) });
      }),
    );
  }

  #nameThePast(): Promise<unknown> | undefined {
    const { client } = this;
    const match = this.#pick(client.session?.past ?? []);
    if (match === undefined || match === client.session?.match) return undefined;
    const other = () => {
      const roll = this.#random();
      if (roll < 0.3) return client.skip(match);
      return roll < 0.7 ? client.leave(match) : client.typing(match, true);
    };
    return this.#burst(PAST_BURST_MAX, match, other);
  }

  /** The line drops, for a moment or longer. */
  async #comeAgain(): Promise<void> {
    this.client.drop();
    await pause(this.#random() ** 3 * 400);
    await this.#comeBack();
  }

  async #vanish(): Promise<void> {
    this.client.drop();
    this.#parts.journal.count('vanished');
    await pause(VANISHED_MS);
  }

  /** Comes back on another line while the one before is still there, for its node at least. */
  async #leaveBehind(): Promise<void> {
    const line = this.client.leaveBehind();
    if (!line) return;
    this.#leftBehind.unshift(line);
    for (const old of this.#leftBehind.splice(LEFT_BEHIND_MAX)) old.close();
    await this.#comeBack();
  }

  /** What was still under way there. */
  #speakBehind(): undefined {
    const { session, line } = this.client;
    const behind = this.#pick(this.#leftBehind.filter(({ node }) => node !== line?.node));
    if (!behind || !session) return;
    const match = session.match ?? session.past[0];
    const roll = this.#random();
    if (match === undefined || roll < 0.2) void this.client.find(undefined, behind);
    else if (roll < 0.6) void this.client.send('say', match, { behind });
    else if (roll < 0.8) void this.client.typing(match, true, behind);
    else void this.client.skip(match, undefined, behind);
  }

  /** With a token that is void, or another account's, or as an attempt that is long over. */
  async #tryBadly(): Promise<void> {
    const { client } = this;
    const { journal, strangersToken, name } = this.#parts;
    const node = this.#node();
    const { session } = client;
    if (!session || !node) return;
    const isLate = client.attempt > 1 && this.#chance(0.5);
    const spent = this.#chance(0.5) ? this.#pick(session.spent) : strangersToken(client.account);
    const token = isLate ? session.token : spent;
    if (token === undefined) return;
    const other = { id: `${name}-other-${Math.floor(this.#random() * 1e9)}`, attempt: 1 };
    const showing = isLate ? { id: client.id, attempt: client.attempt - 1 } : other;
    const resume = { token, offset: session.offset };
    const what = isLate ? 'late attempts' : 'bad tokens';
    journal.count(what);
    await client.open(node, { client: showing, takeOver: false, resume }, (line, { resumed, sessionId }) => {
      if (resumed === 'replayed') journal.breach(`C4: ${what} open nothing`, [sessionId, session.id]);
      line.close();
    });
  }

  async #comeBack(): Promise<void> {
    if (this.#chance(0.03)) this.client.forget();
    await this.#enter(this.#chance(0.5));
  }

  async #enter(takeOver: boolean): Promise<void> {
    if (!this.client.session) for (const line of this.#leftBehind.splice(0)) line.close();
    const node = this.#node();
    const outcome = node && (await this.client.enter(node, takeOver));
    if (node && outcome === undefined) this.#shun(node);
    // Another worker has the account, or this one has come back by an attempt that it had given up.
    if (outcome === 'overtaken') this.client.forget();
    if (!this.client.line) await pause(this.#random() * 150);
  }

  #node(): ChatNode | undefined {
    const { node: bad, until = 0 } = this.#shunned ?? {};
    const shunned = performance.now() < until && !this.#chance(0.1) ? bad : undefined;
    return this.#pick(this.#parts.nodes().filter((node) => node !== shunned));
  }

  #shun(node: ChatNode): void {
    this.#shunned = { node, until: performance.now() + SHUN_MS };
  }

  #wishes(): Wishes {
    const mode = this.#pick(['video', 'video', 'video', 'voice', 'text'] as const) ?? 'video';
    const named = this.#chance(0.3) && drawWishes(this.#parts.random);
    return { ...DEFAULT_WISHES, mode, ...named, requeue: this.#chance(0.3), relayOnly: this.#chance(0.2) };
  }

  #random(): number {
    return this.#parts.random();
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }
}
