import { tick } from 'svelte';

/** What somebody does on the screen to bring about what a fixture alone cannot. */
export type Act = () => Promise<void>;

/** Presses a key where no field has the focus. */
export async function press(init: KeyboardEventInit): Promise<void> {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }));
  await tick();
}

/** Presses the first control of that selector, as soon as there is one. */
export async function click(selector: string): Promise<void> {
  (await appeared<HTMLElement>(selector)).click();
  await tick();
}

/** The first element of that selector, as soon as there is one. */
export async function appeared<Found extends Element>(selector: string): Promise<Found> {
  for (;;) {
    const found = document.querySelector<Found>(selector);
    if (found) return found;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
