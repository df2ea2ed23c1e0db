import type { Attachment } from 'svelte/attachments';

/** A way over the screen in CSS pixels, and where it has come to (of the page's viewport). */
export interface Drag {
  dx: number;
  dy: number;
  x: number;
  y: number;
  /** Since the finger came down. */
  ms: number;
}

export interface DragParts {
  /** Whether this touch is the start of one: not each that begins on a button, say. */
  begins?: (event: PointerEvent) => boolean;
  moved: (drag: Drag) => void;
  /** Let go, or taken away by the browser (`cancelled`). */
  ended: (drag: Drag, cancelled: boolean) => void;
}

/** Less than this is a shaky tap. */
const SLACK_PX = 6;

/** Follows one pointer from where it comes down on the element until it is let go, wherever that is. */
export function dragging({ begins, moved, ended }: DragParts): Attachment<HTMLElement> {
  return (element) => {
    let touch: AbortController | undefined;
    const down = (start: PointerEvent): void => {
      if (!start.isPrimary || start.button !== 0 || begins?.(start) === false) return;
      touch?.abort();
      touch = new AbortController();
      const { signal } = touch;
      let far = false;
      const since = (event: PointerEvent): Drag => ({
        dx: event.clientX - start.clientX,
        dy: event.clientY - start.clientY,
        x: event.clientX,
        y: event.clientY,
        ms: event.timeStamp - start.timeStamp,
      });
      const move = (event: PointerEvent): void => {
        if (event.pointerId !== start.pointerId) return;
        const drag = since(event);
        far ||= Math.hypot(drag.dx, drag.dy) >= SLACK_PX;
        if (far) moved(drag);
      };
      const end = (event: PointerEvent): void => {
        if (event.pointerId !== start.pointerId) return;
        touch?.abort();
        if (far) ended(since(event), event.type === 'pointercancel');
      };
      // On the window: a quick hand leaves the element before it has moved at all.
      addEventListener('pointermove', move, { signal });
      addEventListener('pointerup', end, { signal });
      addEventListener('pointercancel', end, { signal });
    };
    element.addEventListener('pointerdown', down);
    return () => {
      touch?.abort();
      element.removeEventListener('pointerdown', down);
    };
  };
}
