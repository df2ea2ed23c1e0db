import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Without the SvelteKit plugin: what is tested here does not know the framework. The `browser`
// condition picks Svelte's client runtime, the one that has effects.
export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ['browser'] },
  test: { name: 'web', environment: 'node', include: ['test/**/*.test.ts'] },
});
