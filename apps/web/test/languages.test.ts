import { expect, test } from 'vitest';
import { languageChoices, languageName } from '../src/lib/languages.ts';

const codes = (choices: readonly { code: string }[]) => choices.map(({ code }) => code);

test("[U33] the browser's languages are offered first, without their regions and once", () => {
  const { suggested, others } = languageChoices(['pt-BR', 'pt', 'en-GB', 'not a tag'], []);
  expect(suggested).toEqual([
    { code: 'pt', label: 'Portuguese (português)' },
    { code: 'en', label: 'English' },
  ]);
  expect(codes(others)).not.toContain('pt');
  expect(codes(others)).toContain('de');
});

test('[U33] the common ones stand in the order of their names, each with its own name', () => {
  const { others } = languageChoices([], []);
  const labels = others.map(({ label }) => label);
  expect(labels).toEqual(labels.toSorted((one, other) => one.localeCompare(other, 'en')));
  expect(labels).toContain('German (Deutsch)');
  expect(new Set(codes(others)).size).toBe(others.length);
});

test('[U33] what is chosen is not offered again, and after five nothing is', () => {
  const { suggested, others } = languageChoices(['de'], ['de', 'pt']);
  expect([...codes(suggested), ...codes(others)]).not.toEqual(expect.arrayContaining(['de']));
  expect([...codes(suggested), ...codes(others)]).not.toEqual(expect.arrayContaining(['pt']));
  expect(languageChoices(['de'], ['a', 'b', 'c', 'd', 'e'])).toEqual({ suggested: [], others: [] });
});

test('[U33] a language that nobody knows is called by its code', () => {
  expect(languageName('qqq')).toBe('qqq');
});
