import { describe } from 'vitest';
import { leaseRules } from './backplane.contract-leases.ts';
import { mailboxRules } from './backplane.contract-mailbox.ts';
import { matchRules } from './backplane.contract-match.ts';
import { poolRules } from './backplane.contract-pool.ts';
import { sessionRules } from './backplane.contract-sessions.ts';
import type { CreateSubject } from './support/stage.ts';

/**
 * What every backplane must do, through the port alone. `create` makes an empty one
 * whose clock stands still but for `advance`.
 */
export function backplaneContract(name: string, create: CreateSubject): void {
  describe(`${name} backplane`, () => {
    sessionRules(create);
    leaseRules(create);
    poolRules(create);
    matchRules(create);
    mailboxRules(create);
  });
}
