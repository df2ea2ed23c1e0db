import { one, type Mutation } from './mutation.ts';

const web = (name: string): string => `apps/web/src/lib/${name}.ts`;
const webTest = (name: string): string => `apps/web/test/${name}.test.ts`;

/** Of the page. */
export const PAGE: readonly Mutation[] = [
  one(
    'an Enter that ends a composition sends the text',
    web('draft'),
    ' && !isComposing && keyCode !== 229',
    '',
    webTest('draft'),
  ),
  one(
    'a text that is too long is sent',
    web('draft'),
    'sendable: is(textSchema, text)',
    "sendable: text.trim() !== ''",
    webTest('draft'),
  ),
  one(
    'Escape in a half-written text is Next',
    web('shortcuts'),
    "return place.on === 'filled-field' ? 'leave-field' : 'next';",
    "return 'next';",
    webTest('shortcuts'),
  ),
  one(
    'a voice chat offers a camera',
    web('controls'),
    "camera: mode === 'video' ?",
    "camera: mode !== 'text' ?",
    webTest('controls'),
  ),
  one(
    'a text passes for another entry of a saved chat',
    web('chat-file'),
    '.split(LINE_BREAK)',
    ".split('\\r\\n')",
    webTest('chat-file'),
  ),
  one(
    'who asked for somebody is not told that it is chance',
    web('chat-log'),
    'if (!isChoosy(wishes)) return MEETINGS[mode];',
    'return MEETINGS[mode];',
    webTest('chat-log'),
  ),
  one(
    'a search that cannot find anybody looks like any other',
    web('scene'),
    'if (paused) return',
    'if (paused && anyone === undefined) return',
    webTest('controls'),
  ),
  one(
    'a change of one wish forgets another',
    web('preferences'),
    'interests: [...interests],',
    '',
    webTest('preferences'),
  ),
  one(
    'a number that is not to be shown is shown',
    web('online'),
    'shown: v.literal(true)',
    'shown: v.boolean()',
    webTest('online'),
  ),
];
