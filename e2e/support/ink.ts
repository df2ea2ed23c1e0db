import type { Locator } from 'playwright/test';

/** How many pixels the words of an element paint outside its box, anywhere in the window. */
export async function inkOutside(element: Locator): Promise<number> {
  const page = element.page();
  await element.evaluate((one) => one.scrollIntoView({ block: 'center' }));
  const box = await element.boundingBox();
  if (!box) throw new Error('not shown');
  const withWords = await page.screenshot({ animations: 'disabled' });
  await element.evaluate((one: HTMLElement) => (one.style.color = 'transparent'));
  const without = await page.screenshot({ animations: 'disabled' });
  await element.evaluate((one: HTMLElement) => (one.style.color = ''));
  const pictures = [withWords, without].map((png) => png.toString('base64'));
  return page.evaluate(
    async ([images, { x, y, width, height }]) => {
      const [one, other] = await Promise.all(
        images.map(async (image) => {
          const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes]));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
          context?.drawImage(bitmap, 0, 0);
          return context?.getImageData(0, 0, bitmap.width, bitmap.height);
        }),
      );
      if (!one || !other) throw new Error('no canvas');
      let pixels = 0;
      for (let at = 0; at < one.data.length; at += 4) {
        const [column, row] = [(at / 4) % one.width, Math.floor(at / 4 / one.width)];
        const inside = column >= x - 1 && column <= x + width && row >= y - 1 && row <= y + height;
        if (!inside && [0, 1, 2].some((i) => one.data[at + i] !== other.data[at + i])) pixels += 1;
      }
      return pixels;
    },
    [pictures, box] as const,
  );
}
