import { describe } from 'vitest';
import { crowdRules } from './backplane-crowd.contract.ts';
import { interestRules } from './backplane-interests.contract.ts';
import { leaseRules } from './backplane-leases.contract.ts';
import { mailboxRules } from './backplane-mailbox.contract.ts';
import { matchRules } from './backplane-match.contract.ts';
import { metricsRules } from './backplane-metrics.contract.ts';
import { poolRules } from './backplane-pool.contract.ts';
import { restoreRules } from './backplane-restore.contract.ts';
import { sessionRules } from './backplane-sessions.contract.ts';
import type { CreateSubject } from './support/stage.ts';

/**
 * What every backplane must do, through the port alone. `create` makes an empty one
 * whose clock stands still but for `advance`. `timeout`: of each test, in milliseconds.
 */
export function backplaneContract(name: string, create: CreateSubject, timeout = 5_000): void {
  describe(`${name} backplane`, { timeout }, () => {
    sessionRules(create);
    leaseRules(create);
    poolRules(create);
    interestRules(create);
    crowdRules(create);
    matchRules(create);
    mailboxRules(create);
    restoreRules(create);
    metricsRules(create, { stored: name !== 'memory' });
  });
}
