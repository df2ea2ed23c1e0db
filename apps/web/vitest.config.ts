import { defineConfig } from 'vitest/config';

// Without the SvelteKit plugin: what is tested here knows neither the framework nor the compiler.
export default defineConfig({
  // Svelte's client runtime, the one that has effects; inlined, or Node would pick the server's.
  ssr: { resolve: { conditions: ['browser'] } },
  test: {
    name: 'web',
    include: ['test/**/*.test.ts'],
    server: { deps: { inline: [/svelte/] } },
  },
});
