import type { Mode } from '@passerby/protocol';

interface OfferedMode {
  mode: Mode;
  label: string;
  /** What it asks for. */
  hint: string;
}

/** What one can come for, in the order in which it is offered. */
export const MODES: readonly OfferedMode[] = [
  { mode: 'video', label: 'Video', hint: 'Camera and microphone' },
  { mode: 'voice', label: 'Voice', hint: 'Microphone alone' },
  { mode: 'text', label: 'Text', hint: 'Nothing but words' },
];

/** The mode of that name; undefined for anything else. */
export function toMode(name: string | null | undefined): Mode | undefined {
  return MODES.find(({ mode }) => mode === name)?.mode;
}
