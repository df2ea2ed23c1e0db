import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

// Development alone: the page comes from Vite, sockets and the guest pass from the signaling server.
// The Host header stays Vite's own, so that the server sees a same-origin request.
const signalingServer = process.env.DEV_SIGNALING_URL ?? 'http://127.0.0.1:8080';

// `/dev/states`, for whoever works on the screens, has a tree of routes and a build of its own: no other
// build has any of it.
const states = process.env.PASSERBY_STATES === 'on';
const statesFolder = '.svelte-kit/states';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter(states ? { out: `${statesFolder}/build` } : {}),
      ...(states && {
        files: { routes: 'states' },
        outDir: statesFolder,
        serviceWorker: { register: false },
      }),
      csp: {
        // `auto` means a nonce here: nothing is prerendered, because prerendered pages bypass
        // hooks.server.ts and would go out without the security headers.
        mode: 'auto',
        // Origins that a deployment adds (signaling elsewhere, Firebase) are appended in hooks.server.ts.
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          'style-src': ['self'],
          // SvelteKit's route announcer is built with a style attribute; attributes cannot carry a nonce.
          'style-src-attr': ['unsafe-inline'],
          'connect-src': ['self'],
          'media-src': ['self', 'blob:'],
          'img-src': ['self', 'data:'],
          'frame-src': ['none'],
          'object-src': ['none'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  server: {
    proxy: {
      '/socket.io': { target: signalingServer, ws: true },
      '/api': { target: signalingServer },
    },
  },
});
