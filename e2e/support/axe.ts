import type axeCore from 'axe-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright/test';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 up to AA, and axe's own best practices. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with the page as it is: one line for each element. Evaluated past the page's policy. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate(async (tags) => {
    const axe = (globalThis as unknown as { axe: typeof axeCore }).axe;
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] });

    /** WCAG 2.2, 2.5.3 asks that the name contains what is shown, as "Microphone" does "Mic"; axe asks for whole words. */
    const isNamed = (selector: string): boolean => {
      const element = document.querySelector<HTMLElement>(selector);
      const name = element?.getAttribute('aria-label') ?? '';
      return name.toLowerCase().includes(element?.innerText.trim().toLowerCase() ?? name);
    };

    return violations.flatMap(({ id, nodes }) =>
      nodes
        .filter(({ target }) => id !== 'label-content-name-mismatch' || !isNamed(String(target)))
        .map(
          ({ target, failureSummary = '' }) =>
            `${id} ${String(target)}: ${failureSummary.split('\n')[1]?.trim()}`,
        ),
    );
  }, TAGS);
}
