import { Worker } from 'node:worker_threads';

/** A hash of the highest cost anybody uses is compared well within this time. */
const COMPARE_TIMEOUT_MS = 10_000;

/**
 * Compares a password with a bcrypt hash in a thread of its own, because bcryptjs holds the event
 * loop for up to 100 ms at a stretch, even in its asynchronous form. The thread lives for this one
 * comparison: the caller allows so few that keeping one would cost more than starting it.
 *
 * Rejects if the thread fails, takes longer than 10 s, or `signal` is aborted.
 */
export async function comparePassword(
  password: string,
  passwordHash: string,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./admin-password-worker.ts', import.meta.url), {
    workerData: { password, passwordHash },
    env: {},
    execArgv: [],
  });
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const abort = () => reject(new Error('password comparison aborted'));
  const timeout = setTimeout(abort, COMPARE_TIMEOUT_MS);
  signal.addEventListener('abort', abort);
  worker.once('message', (same) => resolve(same === true));
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('password comparison gave no answer')));
  try {
    return await promise;
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
