import type { Mode } from '@passerby/protocol';

/** What one can come for, in the order in which it is offered. */
export const MODES: readonly Mode[] = ['video', 'voice', 'text'];

/** The mode of that name; undefined for anything that is not offered. */
export function toMode(name: string | null | undefined, offered: readonly Mode[]): Mode | undefined {
  return offered.find((mode) => mode === name);
}
