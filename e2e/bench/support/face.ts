import type { BrowserContext, Page } from 'playwright';
import { type Probed, probe } from './probe.ts';

/** Somebody in a page of the running app, whose times are read from the page itself. */
export class Face {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Signs in as a guest; camera and microphone are on when it resolves. */
  static async open(
    context: BrowserContext,
    url: string,
    size: { width: number; height: number },
  ): Promise<Face> {
    const page = await context.newPage();
    await page.addInitScript(probe, size);
    await page.goto(`${url}/login?return=/chat`);
    await page.getByRole('button', { name: /18 or older/ }).click();
    await page.getByRole('button', { name: /guest/i }).click();
    // The browser's own control, where it has one, stands in the place of our button.
    await page
      .locator('usermedia')
      .or(page.getByRole('button', { name: 'Show my camera' }))
      .first()
      .click();
    await page.locator('[data-testid=local-video]').waitFor();
    return new Face(page);
  }

  async press(name: 'Start' | 'Next' | 'Stop'): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async comesTo(state: string): Promise<void> {
    await this.page.locator(`main[data-state=${state}]`).waitFor({ state: 'attached' });
  }

  /** The `count`th time of that kind, as soon as there are so many. */
  async at<What extends keyof Probed>(what: What, count: number): Promise<Probed[What][number]> {
    const handle = await this.page.waitForFunction(
      ([kind, index]) => window.probed[kind][index] ?? false,
      [what, count - 1] as const,
      { polling: 20 },
    );
    return (await handle.jsonValue()) as Probed[What][number];
  }

  /** How many times of that kind there are. */
  async count(what: keyof Probed): Promise<number> {
    return this.page.evaluate((kind) => window.probed[kind].length, what);
  }
}
