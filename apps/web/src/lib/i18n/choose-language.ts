/**
 * In which of the `offered` languages (BCP 47 tags, the operator's first choice first) somebody reads:
 * the one they chose, else the one their browser likes best, else the first.
 * `accepted`: an Accept-Language header (RFC 9110, 12.5.4), which is anybody's, as is `chosen`.
 */
export function chooseLanguage(
  chosen: string | undefined,
  accepted: string | null,
  offered: readonly [string, ...string[]],
): string {
  if (chosen !== undefined && offered.includes(chosen)) return chosen;
  for (const range of rangesOf(accepted ?? '')) {
    const match = range === '*' ? offered[0] : offered.find((language) => matches(language, range));
    if (match !== undefined) return match;
  }
  return offered[0];
}

/** The ranges of a header in lower case, the most liked first; those of the same weight as they stand. */
function rangesOf(accepted: string): string[] {
  return accepted
    .toLowerCase()
    .split(',')
    .map((part) => {
      const [range = '', weight] = part.split(/;\s*q=/).map((piece) => piece.trim());
      return { range, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ range, weight }) => range !== '' && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ range }) => range);
}

/** Whoever reads one form of a language reads the others: `de-AT` takes `de`, and `pt` takes `pt-BR`. */
function matches(language: string, range: string): boolean {
  return primary(language.toLowerCase()) === primary(range);
}

function primary(tag: string): string {
  return tag.split('-')[0] ?? tag;
}
