/** What a key of one's own choice can mean; each has a letter or sign, alone or with Alt. */
export const KEYED_COMMANDS = [
  'microphone',
  'camera',
  'chat',
  'blur',
  'own-picture',
  'full-screen',
  'picture-in-picture',
  'settings',
  'report',
] as const;
export type KeyedCommand = (typeof KEYED_COMMANDS)[number];

export type ShortcutCommand = KeyedCommand | 'next' | 'stop' | 'talk' | 'leave-field';

/** The letter (lower case) or sign of each command. No two have the same. */
export type KeyMap = Readonly<Record<KeyedCommand, string>>;

export const DEFAULT_KEYS: KeyMap = {
  microphone: 'm',
  camera: 'v',
  chat: 'c',
  blur: 'b',
  'own-picture': 'h',
  'full-screen': 'f',
  'picture-in-picture': 'p',
  settings: ',',
  report: 'r',
};

/** Alone its letter takes Shift: nobody opens it by a slip of the finger. */
const SHIFTED: KeyedCommand = 'report';

/** The parts of a KeyboardEvent that matter. */
export interface KeyPress {
  key: string;
  /** The place of the key, whatever is printed on it. */
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  repeat: boolean;
  /** In the middle of composing a character (IME). */
  isComposing: boolean;
  /** 229: an input method has used it. */
  keyCode: number;
}

/** Where the key was pressed. */
export interface KeyPlace {
  /**
   * In a field that takes text, and whether there is any; or on what has a use for Enter and the space bar.
   * Undefined: on nothing that has a use for keys.
   */
  on: 'empty-field' | 'filled-field' | 'control' | undefined;
  /** A dialog or menu is open; it has the first right to Escape. */
  inOverlay: boolean;
  /** Single letters and signs can be switched off (WCAG 2.1.4). */
  singleKeys: boolean;
  keys: KeyMap;
  /** Alt types characters, as it does on Apple's systems: in a text field they are what was meant. */
  altTypes: boolean;
}

/** Which command a key means, if any. */
export function shortcutFor(press: KeyPress, place: KeyPlace): ShortcutCommand | undefined {
  // Safari ends a composition before it reports the key that ended it, as one of 229 (WebKit bug 165004).
  if (press.isComposing || press.keyCode === 229 || press.repeat || place.inOverlay) return undefined;
  if (press.ctrlKey || press.metaKey) return undefined;
  if (press.altKey && press.shiftKey) return undefined;
  const inField = place.on === 'empty-field' || place.on === 'filled-field';
  if (press.altKey && place.altTypes && inField && [...press.key].length === 1) return undefined;
  if (press.altKey)
    return keyed(press.key.toLowerCase(), place.keys) ?? keyed(printedAt(press.code), place.keys);
  if (press.key === 'Escape') {
    if (press.shiftKey) return 'stop';
    // What is being written is not lost to a key that was meant for something else.
    return place.on === 'filled-field' ? 'leave-field' : 'next';
  }
  if (inField) return undefined;
  if (press.key === 'Enter') return place.on === undefined && !press.shiftKey ? 'chat' : undefined;
  if (press.key === ' ') return place.on === undefined && !press.shiftKey ? 'talk' : undefined;
  if (!place.singleKeys) return undefined;
  // On some keyboards the stroke is typed with Shift.
  if (press.key === '/' && !Object.values(place.keys).includes('/')) return 'chat';
  const command = keyed(press.key.toLowerCase(), place.keys);
  // So are many signs; a capital letter is another key than the letter.
  return !isLetter(press.key) || press.shiftKey === (command === SHIFTED) ? command : undefined;
}

/**
 * The keys as a device remembers them, `microphone=k` to a line. What does not fit is dropped: what is no
 * command, no single letter or sign, or taken by another command.
 */
export function readKeys(text: string): KeyMap {
  const keys: Record<KeyedCommand, string> = { ...DEFAULT_KEYS };
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    const command = KEYED_COMMANDS.find((name) => name === line.slice(0, at));
    const key = line.slice(at + 1);
    if (command && isFree(key, command, keys)) keys[command] = key;
  }
  return keys;
}

/** What {@link readKeys} reads. */
export function keysText(keys: KeyMap): string {
  return KEYED_COMMANDS.map((command) => `${command}=${keys[command]}`).join('\n');
}

/** The keys of commands as `aria-keyshortcuts` wants them. */
export type KeyLabels = Readonly<Record<KeyedCommand, string>>;

/** Without single letters only those with Alt are left. */
export function keyLabels(keys: KeyMap, singleKeys: boolean): KeyLabels {
  const labelOf = (command: KeyedCommand): string => {
    const alone = takesShift(command, keys) ? 'Shift+' : '';
    return (singleKeys ? alone : 'Alt+') + keys[command].toUpperCase();
  };
  return Object.fromEntries(KEYED_COMMANDS.map((command) => [command, labelOf(command)])) as KeyLabels;
}

/** Whether the key of a command means it only together with Shift, where it is not pressed with Alt. */
export function takesShift(command: KeyedCommand, keys: KeyMap): boolean {
  return command === SHIFTED && isLetter(keys[command]);
}

/** Whether a command can have this key: a letter or sign that can be typed and that no other command has. */
export function isFree(key: string, command: KeyedCommand, keys: KeyMap): boolean {
  if ([...key].length !== 1 || /[\s\p{C}]/u.test(key) || key !== key.toLowerCase()) return false;
  return KEYED_COMMANDS.every((other) => other === command || keys[other] !== key);
}

/** What a key meets that is pressed on this element. */
export function placeOf(target: EventTarget | null): KeyPlace['on'] {
  if (!(target instanceof HTMLElement)) return undefined;
  if (target instanceof HTMLTextAreaElement) return fieldWith(target.value);
  if (target instanceof HTMLInputElement && !target.matches('[type=checkbox], [type=radio], [type=range]')) {
    return fieldWith(target.value);
  }
  // A list takes letters to search by.
  if (target instanceof HTMLSelectElement || target.isContentEditable) return 'filled-field';
  // The browser's own control for devices, which it does not call a button; a log, which is scrolled by keys.
  return target.matches('button, a, summary, input, usermedia, [role=log]') ? 'control' : undefined;
}

/** Whether it has a capital. */
function isLetter(key: string): boolean {
  return key.toLowerCase() !== key.toUpperCase();
}

function keyed(key: string | undefined, keys: KeyMap): KeyedCommand | undefined {
  return KEYED_COMMANDS.find((command) => keys[command] === key);
}

const SIGNS: Readonly<Record<string, string>> = { Comma: ',', Period: '.', Slash: '/', Semicolon: ';' };

/** What is printed on a key of most keyboards. With Alt the key itself may say little: macOS types other signs with it. */
function printedAt(code: string): string | undefined {
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? SIGNS[code];
}

function fieldWith(text: string): KeyPlace['on'] {
  return text === '' ? 'empty-field' : 'filled-field';
}
