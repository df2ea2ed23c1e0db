import { createGuestAuth } from '../../apps/signaling/src/auth/guest.ts';
import { deploymentKey } from '../../apps/signaling/src/deployment-key.ts';
import { SECRET } from './deployment-secret.ts';
import { People } from './people.ts';

// People in a process of their own, so that they take no time from the test or from one another's servers.
// Does what its parent asks for (see `load.ts`), and ends with it.

export interface LoadOptions {
  name: string;
  urls: readonly string[];
  seed: number;
}

export type LoadVerb = Exclude<keyof People, symbol>;

export interface Request {
  number: number;
  verb: LoadVerb;
  args: unknown[];
}

export type Response = { number: number } & ({ value: unknown } | { error: string });

const options = JSON.parse(process.argv[2] ?? '') as LoadOptions;
const guest = createGuestAuth({ key: deploymentKey(SECRET, '') });
const people = new People({ ...options, sign: (older) => guest.issue(older) });

async function answer({ number, verb, args }: Request): Promise<void> {
  const asked = people[verb].bind(people) as (...args: unknown[]) => unknown;
  const response: Response = await Promise.resolve()
    .then(() => asked(...args))
    .then(
      (value) => ({ number, value }),
      (error: unknown) => ({ number, error: String(error) }),
    );
  process.send?.(response);
}

process.on('message', (request) => void answer(request as Request));
process.on('disconnect', () => process.exit());
