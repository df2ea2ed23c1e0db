// Letters that are read as what they were and are not to be found in English.
const ACCENTED: Readonly<Record<string, string>> = Object.fromEntries(
  [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter, index) => [
    letter,
    [...'åƀçđéƒĝĥîĵķļɱñöƥɋŕšţûṽŵẋýžÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖƤɊŔŠŢÛṼŴẊÝŽ'][index] ?? letter,
  ]),
);

/** How much longer the texts of other languages may be than the English ones. */
const LONGER = 0.4;

/**
 * The same messages as somebody sees them who looks for what was forgotten: accented, in brackets and 40 % longer.
 * What is put into a message is changed with it.
 */
export function pseudoMessages<T>(message: T): T {
  return changed(message) as T;
}

function changed(message: unknown): unknown {
  if (typeof message === 'string') return pseudoText(message);
  if (typeof message === 'function') return (...parts: unknown[]) => changed(message(...parts));
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [name, changed(value)]));
}

function pseudoText(text: string): string {
  if (text === '') return '';
  const accented = Array.from(text, (letter) => ACCENTED[letter] ?? letter).join('');
  return `[${accented}${' ~'.repeat(Math.ceil((text.length * LONGER) / 2))}]`;
}
