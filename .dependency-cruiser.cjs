/** Who may import whom: architecture section 4. Each rule fails the build. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from,
  to: { pathNot: [...allowed, 'node_modules', '^node:', '^[a-z_]+(/promises)?$'] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { pathNot: '^apps/web/' },
      to: { couldNotResolve: true, pathNot: ['^@passerby/web/handler$', 'firebase-tools'] },
    },
    only('protocol-stands-alone', 'protocol imports nothing of ours', { path: '^packages/protocol/src' }, [
      '^packages/protocol/src',
    ]),
    only('call-knows-protocol', 'call imports only protocol', { path: '^packages/call/src' }, [
      '^packages/(call|protocol)/src',
    ]),
    only(
      'core-knows-protocol',
      'core imports only protocol and itself',
      { path: '^apps/signaling/src/core' },
      ['^apps/signaling/src/core', '^packages/protocol/src'],
    ),
    {
      name: 'beside-the-core',
      comment: 'the folders beside the core import the core, never one another',
      severity: 'error',
      from: { path: '^apps/signaling/src/(backplane|transports|auth|moderation|ops)/' },
      to: { path: '^apps/signaling/src', pathNot: ['^apps/signaling/src/$1/', '^apps/signaling/src/core/'] },
    },
    only(
      'doctor-looks-from-outside',
      'the doctor knows the configuration and no part of the running server',
      { path: '^apps/signaling/src/doctor/' },
      ['^apps/signaling/src/(doctor/|config\\.ts|deployment-key\\.ts|ice-servers\\.ts)'],
    ),
    {
      name: 'network-at-the-edge',
      comment: 'core, backplane port and call engine know no transport, provider or framework',
      severity: 'error',
      from: {
        path: '^(packages/(protocol|call)|apps/signaling/src/core)',
        pathNot: '^packages/call/(src/signaling|test/)',
      },
      to: {
        path: 'node_modules/(socket\\.io|engine\\.io|hono|@hono|firebase|firebase-admin|@redis|prom-client|svelte|@sveltejs)',
      },
    },
    {
      name: 'call-without-node',
      severity: 'error',
      from: { path: '^packages/(protocol|call)/src' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'socket-io-in-its-places',
      comment: 'only the transport, the admin UI and server.ts import socket.io',
      severity: 'error',
      from: {
        path: '^apps/signaling/src',
        pathNot: [
          '^apps/signaling/src/transports/socket-',
          '^apps/signaling/src/ops/admin-',
          '^apps/signaling/src/server\\.ts$',
        ],
      },
      to: { path: 'node_modules/(socket\\.io|@socket\\.io)' },
    },
    {
      name: 'web-through-packages',
      comment: 'the web app sees the call engine and the protocol, never the server',
      severity: 'error',
      from: { path: '^apps/web/src' },
      to: { path: '^apps/signaling' },
    },
    {
      name: 'lib-below-routes',
      severity: 'error',
      from: { path: '^apps/web/src/lib' },
      to: { path: '^apps/web/src/routes' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/build/', '\\.svelte-kit'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types', 'svelte'],
      extensions: ['.ts', '.js', '.svelte', '.d.ts', '.cjs', '.mjs'],
    },
  },
};
