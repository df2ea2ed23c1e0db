import type { Backplane } from '../../src/core/ports.ts';

/** A call of the port that waits to be let through. */
export interface HeldCall {
  readonly verb: keyof Backplane;
  readonly args: readonly unknown[];
  /** Runs the verb, whole. The caller hears of it only through `answer`. */
  run(): Promise<unknown>;
  answer(result: unknown): void;
  refuse(error: unknown): void;
}

/** A backplane whose verbs wait in `held` until somebody runs them, in whatever order: a slow network. */
export function heldBackplane(backplane: Backplane, held: HeldCall[]): Backplane {
  return new Proxy(backplane, {
    get(target, name) {
      const verb = name as keyof Backplane;
      const call = target[verb].bind(target) as (...args: unknown[]) => Promise<unknown>;
      if (verb === 'watch') return call; // it waits for nothing
      return (...args: unknown[]) =>
        new Promise((answer, refuse) => {
          held.push({ verb, args, run: () => call(...args), answer, refuse });
        });
    },
  });
}

/** Runs a held call and answers it at once. */
export async function release(call: HeldCall): Promise<void> {
  await call.run().then(call.answer, call.refuse);
}

/** Lets everything through, the oldest first, until nothing is held any more. */
export async function releaseAll(held: HeldCall[]): Promise<void> {
  for (let call = held.shift(); call; call = held.shift()) {
    await release(call);
    await new Promise(setImmediate); // what the answer sets off may hold the next call
  }
}
