import { one, type Mutation } from './mutation.ts';

const MEMORY = 'apps/signaling/src/backplane/memory.ts';
const POSTING = 'apps/signaling/src/backplane/lua/parts/mailboxes.lua';
const DRAIN = 'apps/signaling/src/backplane/lua/drain.lua';
const test = (name: string): string => `apps/signaling/test/${name}.test.ts`;

/** Of what waits for a client. */
export const MAILBOXES: readonly Mutation[] = [
  one(
    'a mailbox grows without bound',
    MEMORY,
    'entry.mailbox.length >= mailboxMax || ',
    '',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'an event that was not acknowledged is not given again',
    MEMORY,
    'return mailbox.slice(',
    'return mailbox.splice(',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'a mailbox is read without what came into it in the same turn',
    'apps/signaling/src/backplane/lua/parts/matches.lua',
    'if entry[MAILED] == 1 then writeCall() end\n',
    '',
    test('redis-turns'),
  ),
  one(
    'a partner who types on and off fills the mailbox of whoever is away, where Redis keeps it',
    POSTING,
    'if to[AWAY] == 1 and PASSING[kind] then',
    'if false then',
    test('redis'),
  ),
  one(
    'a partner who types on and off fills the mailbox of whoever is away',
    MEMORY,
    'if (to.away && isPassing(event))',
    'if (false)',
    test('memory'),
  ),
  one(
    'a mailbox holds any number of bytes',
    MEMORY,
    ' || weight > mailboxMax * EVENT_WEIGHT_MAX',
    '',
    test('memory'),
  ),
  one(
    'what was acknowledged weighs on',
    MEMORY,
    'entry.mailboxWeight -= weightOf(event);',
    '',
    test('memory'),
  ),
  one(
    'a mailbox holds any number of bytes, where Redis keeps it',
    POSTING,
    ' or weight > MAILBOX_MAX * EVENT_WEIGHT_MAX',
    '',
    test('redis'),
  ),
  one(
    'what was acknowledged weighs on, where Redis keeps it',
    DRAIN,
    'entry[WEIGHT] = entry[WEIGHT] - #event',
    '',
    test('redis'),
  ),
  one(
    'an event whose news were lost is never written',
    'apps/signaling/src/transports/socket-line.ts',
    'event?.offset === this.#written + 1',
    'event !== undefined',
    test('two-nodes'),
  ),
  one(
    'an event that came with its news is read all the same',
    'apps/signaling/src/transports/socket-line.ts',
    'if (!event || !isNext || ',
    'if (!event || isNext || ',
    test('two-nodes'),
  ),
  one(
    'another node is told of what a failed verb would have done',
    'apps/signaling/src/backplane/lua/parts/sessions.lua',
    'for index = #published, publishedBefore + 1, -1 do published[index] = nil end',
    '',
    test('redis-turns'),
  ),
  one(
    'a text that was read with all else is never called delivered',
    DRAIN,
    'forgetTo == last and entry[TEXTED] <= before',
    'forgetTo == last',
    test('two-nodes'),
  ),
  one(
    'a client comes back by the name of something that is no session',
    'apps/signaling/src/backplane/redis.ts',
    'if (isForeign(id)) return false;',
    '',
    test('redis'),
  ),
  one(
    'a Redis that vanished is asked for ever on a connection that nobody answers',
    'apps/signaling/src/backplane/redis.ts',
    'this.#renewConnection();\n      }',
    '}',
    test('redis-away'),
  ),
  one(
    'whoever has events already is given them again',
    MEMORY,
    'entry.lastOffset - from',
    'entry.lastOffset',
    test('memory'),
  ),
  one(
    'whoever has events already is given them again, where Redis keeps them',
    DRAIN,
    'readMailbox(entry, from + 1, last)',
    'readMailbox(entry, forgetTo + 1, last)',
    test('redis'),
  ),
];
