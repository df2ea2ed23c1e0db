import { expect } from 'playwright/test';
import type { Stranger } from './stranger.ts';

/** Two people in a call with each other. */
export class Pair {
  readonly ann: Stranger;
  readonly bob: Stranger;
  #texts = 0;

  private constructor(ann: Stranger, bob: Stranger) {
    this.ann = ann;
    this.bob = bob;
  }

  /**
   * Each comes by an address of their own; both see each other when this resolves. Ann is the one who waited,
   * and who hides where she is if the call is to be `relayed`.
   */
  static async meet(
    ann: Stranger,
    annUrl: string,
    bob: Stranger,
    bobUrl: string,
    { relayed = false } = {},
  ): Promise<Pair> {
    await Promise.all([ann.signInAsGuest(annUrl, 'video'), bob.signInAsGuest(bobUrl, 'video')]);
    if (relayed) await ann.hideAddress();
    await ann.start.click();
    await ann.expectState('searching');
    await bob.start.click();
    const pair = new Pair(ann, bob);
    await pair.both((stranger) => stranger.expectState('connected'));
    await pair.both((stranger) => stranger.framesWithin(20, 0, 15_000));
    return pair;
  }

  /** Of Ann and of Bob, side 0 and side 1. */
  async both<T>(of: (stranger: Stranger, side: 0 | 1) => Promise<T>): Promise<[T, T]> {
    return Promise.all([of(this.ann, 0), of(this.bob, 1)]);
  }

  /** Each says something and the other reads it. Returns what both said. */
  async talk(timeout = 15_000): Promise<string[]> {
    const said = [`from Ann ${++this.#texts}`, `from Bob ${this.#texts}`];
    await Promise.all([this.ann.say(said[0] ?? ''), this.bob.say(said[1] ?? '')]);
    await Promise.all([
      expect(this.bob.lines('partner').last()).toContainText(said[0] ?? '', { timeout }),
      expect(this.ann.lines('partner').last()).toContainText(said[1] ?? '', { timeout }),
    ]);
    return said;
  }

  /** It is the call it was at first: one match, one connection, and nothing that nobody caught. */
  async expectUnbroken(): Promise<void> {
    const [matchId] = this.ann.matchIds;
    for (const stranger of [this.ann, this.bob]) {
      await stranger.expectState('connected');
      expect(stranger.matchIds).toEqual([matchId]);
      expect(await stranger.page.evaluate(() => window.recording.connections.length)).toBe(1);
      expect(stranger.uncaught).toEqual([]);
    }
  }
}
