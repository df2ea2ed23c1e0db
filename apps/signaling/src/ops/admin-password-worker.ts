import { parentPort, workerData } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** Entry point of the thread that `admin-password.ts` starts: one comparison, one answer. */
const { password, passwordHash } = workerData as { password: string; passwordHash: string };
parentPort?.postMessage(compareSync(password, passwordHash));
