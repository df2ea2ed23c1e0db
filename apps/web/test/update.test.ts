import { expect, test } from 'vitest';
import { updateFor } from '../src/lib/update.ts';

test('[U39] a new version can be had where a reload ends nothing, and otherwise comes with Stop', () => {
  for (const status of ['idle', 'failed', 'parted'] as const) expect(updateFor(status), status).toBe('now');
  for (const status of ['starting', 'searching', 'connecting', 'connected', 'reconnecting'] as const)
    expect(updateFor(status), status).toBe('with-stop');
});
