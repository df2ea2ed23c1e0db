import { defineConfig } from 'vitest/config';

// Whole processes under load and under faults: one campaign at a time, or they measure one another.
export default defineConfig({
  test: {
    name: 'campaigns',
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
