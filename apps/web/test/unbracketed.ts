/**
 * What letters of a text stand outside of all brackets; empty where the pseudo-language said all of it.
 * What is isolated (U+2068 to U+2069) is somebody's own word, or a language's own name.
 */
export function unbracketed(text: string): string {
  let depth = 0;
  let outside = '';
  for (const sign of text.replaceAll(/\u2068[^\u2069]*\u2069/g, '')) {
    if (sign === '[') depth += 1;
    else if (sign === ']') depth -= 1;
    else if (depth === 0) outside += sign;
  }
  return /\p{L}/u.test(outside) ? outside.trim() : '';
}
