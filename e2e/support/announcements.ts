import { type AnyPage, inPage } from './any-page.ts';

/** What a live region said. */
export interface Said {
  /** It interrupts. */
  urgent: boolean;
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

declare global {
  interface Window {
    said: Said[];
  }
}

/** Runs in a page before anything else: notes each text that a live region there comes to hold. */
export function noteAnnouncements(): void {
  window.said = [];
  /** The region that says what changes there; none where that is silent. */
  const regionOf = (node: Node): Element | undefined => {
    const element = node instanceof Element ? node : node.parentElement;
    const region = element?.closest('[aria-live], [role=status], [role=log], [role=alert]');
    return region && region.getAttribute('aria-live') !== 'off' ? region : undefined;
  };
  new MutationObserver((changes) => {
    const at = performance.timeOrigin + performance.now();
    for (const { target, addedNodes } of changes) {
      for (const node of addedNodes.length > 0 ? addedNodes : [target]) {
        const region = regionOf(node);
        const text = node.textContent?.trim();
        // A region that comes with its text is not read.
        if (!region || region === node || !text) continue;
        const urgent = region.matches('[aria-live=assertive], [role=alert]');
        window.said.push({ urgent, text, at });
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

/** From that moment until a live region said so; Infinity if it does not. */
export async function saidWithin(page: AnyPage, what: Omit<Said, 'at'>, from: number): Promise<number> {
  const GIVE_UP_MS = 5_000;
  return inPage(
    page,
    async ([{ urgent, text }, since, giveUpMs]) => {
      const giveUpAt = performance.now() + giveUpMs;
      for (;;) {
        const found = window.said.find(
          (one) => one.at >= since - 1 && one.urgent === urgent && one.text.includes(text),
        );
        if (found) return found.at - since;
        if (performance.now() > giveUpAt) return Infinity;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    [what, from, GIVE_UP_MS] as const,
  );
}
