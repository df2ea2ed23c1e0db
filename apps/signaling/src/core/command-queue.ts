import type { SessionId } from './types.ts';

/**
 * Runs the commands of one session one after another and those of different
 * sessions side by side. Without it a session's own commands overlap, and an
 * old one may land in a new match.
 */
export class CommandQueue {
  readonly #last = new Map<SessionId, Promise<unknown>>();

  /** Runs `command` when the session's earlier ones are done; settles as it does. */
  run<T>(id: SessionId, command: () => Promise<T>): Promise<T> {
    const before = this.#last.get(id);
    const result = before ? before.then(command, command) : command();
    this.#last.set(id, result);
    const forget = () => {
      if (this.#last.get(id) === result) this.#last.delete(id);
    };
    result.then(forget, forget);
    return result;
  }

  /** Sessions with a command under way. */
  get size(): number {
    return this.#last.size;
  }
}
