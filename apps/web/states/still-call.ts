import type { CallView } from '@passerby/call';
import type { CallEngine } from '#lib/call.svelte.ts';

/** A call that shows what it is told to, and does nothing that it is asked. */
export function stillCall(view: CallView): { call: CallEngine; show: (view: CallView) => void } {
  let shown = view;
  const listeners = new Set<(view: CallView) => void>();
  const known: Partial<CallEngine> = {
    get view() {
      return shown;
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const call = new Proxy(known, {
    get: (target, name) => Reflect.get(target, name) ?? (() => undefined),
  }) as CallEngine;
  return {
    call,
    show(next) {
      shown = next;
      for (const listener of listeners) listener(next);
    },
  };
}
