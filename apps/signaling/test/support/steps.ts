/** Where the steps of `for … of` and spreading are taken: the shared prototypes of built-in iterators. */
const ITERATORS: { next(...args: unknown[]): unknown }[] = [
  Object.getPrototypeOf(new Map().values()),
  Object.getPrototypeOf(new Set().values()),
  Object.getPrototypeOf([].values()),
  Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())),
];

/**
 * How many steps the iterations of `run` take, over maps, sets, arrays and generators: a measure of
 * work that is the same on every machine. `run` counts as far as it goes without waiting.
 */
export function countSteps(run: () => unknown): number {
  let steps = 0;
  const restore = ITERATORS.map((prototype) => {
    const next = prototype.next;
    prototype.next = function (...args) {
      steps++;
      return next.apply(this, args);
    };
    return () => {
      prototype.next = next;
    };
  });
  try {
    run();
  } finally {
    for (const undo of restore) undo();
  }
  return steps;
}
