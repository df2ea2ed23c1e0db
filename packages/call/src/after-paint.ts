/** A frame that has not come by then is not waited for. */
const PATIENCE_MS = 200;

/**
 * Does what can wait until what has just been changed is on the screen: with the frame after the next, after 200 ms at
 * the latest, and at once in a page that nobody sees, for it paints none. The returned function does it now,
 * if it is still to be done.
 */
export function afterPaint(act: () => void): () => void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    act();
  };
  const timer = setTimeout(once, PATIENCE_MS);
  if (document.visibilityState === 'hidden') once();
  // The first comes before its paint, and a task after it may still do so; with the second the paint is out.
  else requestAnimationFrame(() => requestAnimationFrame(once));
  return once;
}
