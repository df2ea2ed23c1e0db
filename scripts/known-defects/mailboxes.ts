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
    'return [...entry.mailbox];',
    'return entry.mailbox.splice(0);',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'a mailbox is read without what came into it in the same turn',
    DRAIN,
    'if entry[MAILED] ~= 0 then writeCall() end\n',
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
    'math.max(forgetTo, entry[ACKNOWLEDGED]), weight',
    'math.max(forgetTo, entry[ACKNOWLEDGED]), entry[WEIGHT]',
    test('redis'),
  ),
];
