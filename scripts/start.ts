import { ensureWebBuild } from './web-build.ts';

// One process: what was built is served by the server that this import starts.
await ensureWebBuild();
await import('../apps/signaling/src/main.ts');
