import type { Page } from 'playwright/test';

/**
 * What is wrong with how a page is laid out, each in a sentence; empty where all is well: it does not scroll sideways,
 * and no control that can be seen leaves the window, cuts off its own words, or lies over another.
 */
export async function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth} wide, the window ${clientWidth}`);

    const named = (element: Element): string =>
      `"${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`;

    /** What of a box is left within all that clips it, the window below and above aside. */
    const seen = (element: Element, box: DOMRect): DOMRect => {
      let { left, right, top, bottom } = box;
      for (let outer = element.parentElement; outer; outer = outer.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(outer);
        const edge = outer.getBoundingClientRect();
        if (overflowX !== 'visible') {
          left = Math.max(left, edge.left);
          right = Math.min(right, edge.right);
        }
        if (overflowY !== 'visible') {
          top = Math.max(top, edge.top);
          bottom = Math.min(bottom, edge.bottom);
        }
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    };

    // What lies over the page is alone while it does.
    const scope = document.querySelector(':popover-open, dialog:modal') ?? document.body;
    const controls = [...scope.querySelectorAll('a, button, select, textarea, input')].filter(
      (control) =>
        control.checkVisibility({ visibilityProperty: true }) && !control.matches('.visually-hidden'),
    );
    const boxes = controls.map((control) =>
      [...control.getClientRects()]
        .map((box) => seen(control, box))
        .filter(({ width, height }) => width > 1 && height > 1),
    );
    for (const [index, control] of controls.entries()) {
      for (const { left, right } of boxes[index] ?? []) {
        if (left < -1 || right > clientWidth + 1) faults.push(`${named(control)} leaves the window`);
      }
      if (control.matches('button') && control.scrollWidth > control.clientWidth + 1) {
        faults.push(`${named(control)} is cut off`);
      }
      for (const [other, second] of controls.entries()) {
        if (other <= index || control.contains(second) || second.contains(control)) continue;
        const over = (boxes[index] ?? []).some((one) =>
          (boxes[other] ?? []).some(
            (two) =>
              Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1 &&
              Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 1,
          ),
        );
        if (over) faults.push(`${named(control)} lies over ${named(second)}`);
      }
    }
    return faults;
  });
}
