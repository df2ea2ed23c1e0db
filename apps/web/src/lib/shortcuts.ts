export type ShortcutCommand = 'next' | 'stop' | 'microphone' | 'camera';

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
  /** In a field that takes text. */
  inField: boolean;
  /** A dialog or menu is open; it has the first right to Escape. */
  inOverlay: boolean;
  /** Single letters can be switched off (WCAG 2.1.4). */
  singleKeys: boolean;
}

/** Which command a key means, if any. */
export function shortcutFor(press: KeyPress, place: KeyPlace): ShortcutCommand | undefined {
  if (press.isComposing || press.repeat || place.inOverlay) return undefined;
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  if (press.key === 'Escape') {
    if (place.inField) return undefined;
    return press.shiftKey ? 'stop' : 'next';
  }
  if (press.shiftKey || place.inField || !place.singleKeys) return undefined;
  switch (press.key.toLowerCase()) {
    case 'm':
      return 'microphone';
    case 'v':
      return 'camera';
    default:
      return undefined;
  }
}
