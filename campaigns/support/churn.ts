import type { Person } from './person.ts';

/** A line that is not made again at once stays away for so long at most: longer than a search is kept, at times. */
const ABSENT_MAX_MS = 20_000;

type Action = readonly [share: number, act: (person: Person, random: () => number) => void];

const SEEKING: readonly Action[] = [
  [80, () => {}],
  // A leave alone may cross a match, of whose end nobody would tell it.
  [10, (person) => (person.leave(), begin(person))],
  [10, (person, random) => person.drop(random() * ABSENT_MAX_MS)],
];
const IN_MATCH: readonly Action[] = [
  [60, (person) => person.say()],
  [14, (person) => person.skip()],
  [8, (person) => person.leave()],
  [8, (person) => person.drop(0)],
  [5, (person, random) => person.drop(random() * ABSENT_MAX_MS)],
  [5, begin],
];

/** Somebody does one of the things that people, their browsers and their networks do. `random`: uniform in [0, 1). */
export function churn(person: Person, random: () => number): void {
  if (!person.online) return;
  switch (person.status) {
    case 'idle':
      person.find();
      break;
    case 'seeking':
      draw(SEEKING, random)(person, random);
      break;
    case 'matched':
      draw(IN_MATCH, random)(person, random);
      break;
  }
}

/** Goodbye, and in again. */
function begin(person: Person): void {
  person.goodbye();
  person.enter();
}

function draw(actions: readonly Action[], random: () => number): Action[1] {
  let roll = random() * actions.reduce((sum, [share]) => sum + share, 0);
  const drawn = actions.find(([share]) => (roll -= share) < 0);
  return drawn?.[1] ?? (() => {});
}
