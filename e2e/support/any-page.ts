import type { Page as PlaywrightPage } from 'playwright/test';
import type { Page as PuppeteerPage } from 'puppeteer-core';

/** A page in any browser, whoever drives it. */
export type AnyPage = Pick<PlaywrightPage, 'evaluate'> | Pick<PuppeteerPage, 'evaluate'>;

/** Runs a function in it. */
export async function inPage<Argument, Result>(
  page: AnyPage,
  run: (argument: Argument) => Result,
  argument: Argument,
): Promise<Awaited<Result>> {
  // Both do the same; only what they call the type of a function differs.
  const evaluate = page.evaluate.bind(page) as (
    run: (argument: Argument) => Result,
    argument: Argument,
  ) => Promise<Awaited<Result>>;
  return evaluate(run, argument);
}
