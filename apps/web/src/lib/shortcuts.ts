export type ShortcutCommand = 'next' | 'stop' | 'microphone' | 'camera' | 'chat' | 'leave-field';

/** The parts of a KeyboardEvent that matter. */
export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  repeat: boolean;
  /** In the middle of composing a character (IME). */
  isComposing: boolean;
}

/** Where the key was pressed. */
export interface KeyPlace {
  /**
   * In a field that takes text, and whether there is any; or on a control that Enter presses.
   * Undefined: on nothing that has a use for keys.
   */
  on: 'empty-field' | 'filled-field' | 'control' | undefined;
  /** A dialog or menu is open; it has the first right to Escape. */
  inOverlay: boolean;
  /** Single letters and signs can be switched off (WCAG 2.1.4). */
  singleKeys: boolean;
}

/** Which command a key means, if any. */
export function shortcutFor(press: KeyPress, place: KeyPlace): ShortcutCommand | undefined {
  if (press.isComposing || press.repeat || place.inOverlay) return undefined;
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  if (press.key === 'Escape') {
    if (press.shiftKey) return 'stop';
    // What is being written is not lost to a key that was meant for something else.
    return place.on === 'filled-field' ? 'leave-field' : 'next';
  }
  if (place.on === 'empty-field' || place.on === 'filled-field') return undefined;
  if (press.key === 'Enter') return place.on === undefined && !press.shiftKey ? 'chat' : undefined;
  if (!place.singleKeys) return undefined;
  // On some keyboards the stroke is typed with Shift.
  if (press.key === '/') return 'chat';
  if (press.shiftKey) return undefined;
  switch (press.key.toLowerCase()) {
    case 'm':
      return 'microphone';
    case 'v':
      return 'camera';
    case 'c':
      return 'chat';
    default:
      return undefined;
  }
}

/** What a key meets that is pressed on this element. */
export function placeOf(target: EventTarget | null): KeyPlace['on'] {
  if (!(target instanceof HTMLElement)) return undefined;
  if (target instanceof HTMLTextAreaElement) return fieldWith(target.value);
  if (target instanceof HTMLInputElement && !target.matches('[type=checkbox], [type=radio]')) {
    return fieldWith(target.value);
  }
  // A list takes letters to search by.
  if (target instanceof HTMLSelectElement || target.isContentEditable) return 'filled-field';
  return target.matches('button, a, summary, input') ? 'control' : undefined;
}

function fieldWith(text: string): KeyPlace['on'] {
  return text === '' ? 'empty-field' : 'filled-field';
}
