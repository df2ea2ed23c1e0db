/** Whether a dialog or menu lies over the page, which then has the first right to Escape and to letters. */
export function isOverlayOpen(page: Document): boolean {
  // A browser without popovers does not know their selector, and throws.
  const open = CSS.supports('selector(:popover-open)') ? ':popover-open, dialog[open]' : 'dialog[open]';
  return page.querySelector(open) !== null;
}
