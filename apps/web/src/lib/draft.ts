import { TEXT_LENGTH_MAX, textSchema } from '@passerby/protocol';
import { is } from 'valibot';

/** From here on the length is shown. */
const COUNTED_FROM = 400;

export interface Draft {
  sendable: boolean;
  /** The length; only when it comes near the most there may be. */
  counted: number | undefined;
  /** Nothing is cut. */
  tooLong: boolean;
}

/** A text that is being written. Lengths are in characters as the server counts them: Unicode code points. */
export function draftOf(text: string): Draft {
  const length = [...text].length;
  return {
    sendable: is(textSchema, text),
    counted: length >= COUNTED_FROM ? length : undefined,
    tooLong: length > TEXT_LENGTH_MAX,
  };
}

/** The parts of a KeyboardEvent that matter. */
export type DraftPress = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>;

/** Whether a key sends what is written. Shift+Enter is a new line. */
export function sends({ key, shiftKey, isComposing, keyCode }: DraftPress): boolean {
  // 229: Safari ends the composition before it reports the Enter that ended it (WebKit bug 165004).
  return key === 'Enter' && !shiftKey && !isComposing && keyCode !== 229;
}
