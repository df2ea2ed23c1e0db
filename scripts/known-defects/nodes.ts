import { one, type Mutation } from './mutation.ts';

const campaign = (name: string): string => `campaigns/${name}.test.ts`;

/** Of whole nodes: how they end, and what becomes of those who were there. */
export const NODES: readonly Mutation[] = [
  one(
    'nobody looks after the sessions of a node that died',
    'apps/signaling/src/backplane/lua/lapsed.lua',
    'if entry and entry[NODE] == dead and entry[AWAY] == 0 then goAway(entry) end',
    '',
    campaign('node-killed'),
  ),
  one(
    'a node that closes ends the sessions of those who could go elsewhere',
    'apps/signaling/src/transports/socket-line.ts',
    'await (this.#plain ? this.chat.end(this.id) : this.chat.away(this.id)).catch(',
    'await this.chat.end(this.id).catch(',
    campaign('rolling-restart'),
  ),
  one(
    'a second signal does not hurry a node that closes',
    'apps/signaling/src/main.ts',
    'if (closing) return output.exit(1);',
    'if (closing) return;',
    campaign('rolling-restart'),
  ),
  one(
    'a node that closes writes its last lines until somebody takes them',
    'apps/signaling/src/log-output.ts',
    'const exit = () => {',
    'process.exit(code); const exit = () => {',
    campaign('rolling-restart'),
  ),
  one(
    'a client waits for long before it comes back to a server that began anew',
    'packages/call/src/back-off.ts',
    '[0, 300, 1_200,',
    '[0, 9_000, 1_200,',
    campaign('storm'),
  ),
];
