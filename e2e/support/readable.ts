import type { Page } from 'playwright/test';

/**
 * Everything that a page tells a reader: what it shows, what it names for those who do not see it, its live regions and
 * its title. Not what people wrote themselves, and not names, which are in elements with `translate="no"`.
 */
export async function readable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts = [document.title];
    const description = document.querySelector('meta[name=description]')?.getAttribute('content');
    if (description) texts.push(description);
    const own = 'script, style, [translate=no], .bubble, bdi, textarea';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, nodeValue } = walker.currentNode;
      // Where scripts run, what stands for the others is markup that is only text.
      const text = nodeValue?.replaceAll(/<[^>]*>/g, '').trim();
      if (text && !parentElement?.closest(own)) texts.push(text);
    }
    for (const name of ['aria-label', 'aria-description', 'title', 'placeholder', 'alt']) {
      for (const element of document.querySelectorAll(`[${name}]:not([translate=no])`)) {
        const value = element.getAttribute(name);
        if (value) texts.push(value);
      }
    }
    return texts;
  });
}
