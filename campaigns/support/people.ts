import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../../apps/signaling/test/support/random.ts';
import { churn } from './churn.ts';
import { type Fate, type Pass, Person, type Texts } from './person.ts';

export interface PeopleOptions {
  /** Their names begin with it. */
  name: string;
  urls: readonly string[];
  sign(older?: string): Promise<Pass>;
  seed: number;
}

/** What they do by themselves: say the next text, skip or search, or whatever people do. */
const HABITS = {
  talk: (person: Person) => person.say(),
  skip: (person: Person) => (person.status === 'matched' ? person.skip() : seek(person)),
  churn,
} satisfies Record<string, (person: Person, random: () => number) => void>;
export type Habit = keyof typeof HABITS;

/** However slow the machine is, by then it has happened or will not. */
const PATIENCE_MS = 90_000;
/** So many come together, one group after another: coming is no storm yet. */
const GROUP = 25;
const GROUP_EVERY_MS = 25;
const BEAT_MS = 20;

function seek(person: Person): void {
  if (person.status === 'idle') person.find();
}

/** The people of one load process. What resolves when something has happened rejects when it does not in time. */
export class People {
  readonly #options: PeopleOptions;
  readonly #random: () => number;
  #people: Person[] = [];
  #beat: NodeJS.Timeout | undefined;
  /** What is waited for. */
  readonly #expected = new Set<() => void>();

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  /** So many more come; resolves when all are in. */
  async enter(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const person = new Person({
        ...this.#options,
        name: `${this.#options.name}${this.#people.length}`,
        first: this.#people.length,
        onchange: () => this.#changed(),
      });
      this.#people.push(person);
      person.enter();
      if (index % GROUP === 0) await wait(GROUP_EVERY_MS);
    }
    await this.#all('online', (person) => person.online);
  }

  /** All look for somebody; resolves when all have. */
  async meet(): Promise<void> {
    for (const person of this.#people) seek(person);
    await this.#all('matched', ({ status }) => status === 'matched');
  }

  /** From now on each of them does such a thing every so often, in turn, until `settle`. */
  live(habit: Habit, everyMs: number): void {
    clearInterval(this.#beat);
    const began = performance.now();
    let done = 0;
    this.#beat = setInterval(() => {
      const due = ((performance.now() - began) * this.#people.length) / everyMs;
      for (; done < due; done++) {
        const person = this.#people[done % this.#people.length];
        if (person) HABITS[habit](person, this.#random);
      }
    }, BEAT_MS);
  }

  /** They do no more; resolves when all have a line and what they said to partners who have one has arrived. */
  async settle(): Promise<void> {
    clearInterval(this.#beat);
    await this.#all('settled', (person) => person.online && person.isHeard);
  }

  /** Fates are told from now on. */
  mark(): void {
    for (const person of this.#people) person.mark();
  }

  /** Resolves when all have lost their line since the mark. */
  async lost(): Promise<void> {
    await this.#all('cut off', ({ fate }) => fate.lostAt !== undefined);
  }

  /** Resolves when all have been away since the mark, and are back. */
  async back(): Promise<void> {
    await this.#all('back', ({ fate }) => fate.lostAt !== undefined && fate.backAt !== undefined);
  }

  /** One in so many is gone at once, without a goodbye; what became of them until then. */
  vanish(oneIn: number): readonly Fate[] {
    const gone = this.#people.filter((_, index) => index % oneIn === 0);
    this.#people = this.#people.filter((_, index) => index % oneIn !== 0);
    for (const person of gone) person.vanish();
    return gone.map(({ fate }) => fate);
  }

  fates(): readonly Fate[] {
    return this.#people.map(({ fate }) => fate);
  }

  texts(): readonly Texts[] {
    return this.#people.map(({ texts }) => texts);
  }

  faults(): readonly string[] {
    return this.#people.flatMap(({ faults }) => faults);
  }

  /** All say goodbye. */
  leave(): void {
    clearInterval(this.#beat);
    for (const person of this.#people.splice(0)) person.goodbye();
  }

  #changed(): void {
    for (const look of this.#expected) look();
  }

  /** Resolves when it holds for everybody; rejects with some of those it does not hold for when that takes too long. */
  #all(what: string, holds: (person: Person) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#expected.delete(look);
      };
      // Most of what happens changes nothing for the one who was missing when they were looked through last.
      let missing: Person | undefined;
      const look = () => {
        if (missing && !holds(missing)) return;
        missing = this.#people.find((person) => !holds(person));
        if (missing) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        const late = this.#people.filter((person) => !holds(person));
        reject(
          new Error(`${late.length} of ${this.#people.length} not ${what}: ${late.slice(0, 5).join(', ')}`),
        );
      }, PATIENCE_MS);
      this.#expected.add(look);
      look();
    });
  }
}
