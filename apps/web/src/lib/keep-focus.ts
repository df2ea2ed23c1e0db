/** The control that is always there: Start, or Next. */
const PRIMARY = '.control.primary';

/**
 * An attachment. A button that goes away when it is pressed by keyboard takes the focus along, and who cannot see the
 * page starts over at its top. Here the focus goes to a button beside it, else to the one that is always there.
 */
export function keepFocus(place: HTMLElement): () => void {
  /** The button that has the focus and what it stands in; undefined: something else has it, or it came by a pointer. */
  let last: { button: Element; beside: Element | null } | undefined;

  function note({ target }: FocusEvent): void {
    const counts = target instanceof HTMLButtonElement && target.matches(':focus-visible');
    last = counts ? { button: target, beside: target.parentElement } : undefined;
  }

  const observer = new MutationObserver(() => {
    if (!last || last.button.isConnected) return;
    const { beside } = last;
    last = undefined;
    if (document.activeElement !== document.body) return;
    const near = beside?.isConnected ? [...beside.querySelectorAll('button')].find(isVisible) : undefined;
    (near ?? place.querySelector<HTMLElement>(PRIMARY))?.focus();
  });

  place.addEventListener('focusin', note);
  observer.observe(place, { childList: true, subtree: true });
  return () => {
    place.removeEventListener('focusin', note);
    observer.disconnect();
  };
}

function isVisible(element: HTMLElement): boolean {
  return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}
