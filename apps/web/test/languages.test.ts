import { expect, test } from 'vitest';
import { formatsOf } from '../src/lib/i18n/formats.ts';
import { languageChoices } from '../src/lib/languages.ts';

const format = formatsOf('en');
const codes = (choices: readonly { code: string }[]) => choices.map(({ code }) => code);

test("[U33] the browser's languages are offered first, without their regions and once", () => {
  const { suggested, others } = languageChoices(['pt-BR', 'pt', 'en-GB', 'not a tag'], [], format);
  expect(suggested).toEqual([
    { code: 'pt', label: 'Portuguese (\u2068português\u2069)' },
    { code: 'en', label: 'English' },
  ]);
  expect(codes(others)).not.toContain('pt');
  expect(codes(others)).toContain('de');
});

test('[U33] the common ones stand in the order of their names, each with its own name', () => {
  const { others } = languageChoices([], [], format);
  const labels = others.map(({ label }) => label);
  expect(labels).toEqual(labels.toSorted((one, other) => one.localeCompare(other, 'en')));
  expect(labels).toContain('German (\u2068Deutsch\u2069)');
  expect(new Set(codes(others)).size).toBe(others.length);
});

test('[U33] what is chosen is not offered again, and after five nothing is', () => {
  const { suggested, others } = languageChoices(['de'], ['de', 'pt'], format);
  expect([...codes(suggested), ...codes(others)]).not.toEqual(expect.arrayContaining(['de']));
  expect([...codes(suggested), ...codes(others)]).not.toEqual(expect.arrayContaining(['pt']));
  expect(languageChoices(['de'], ['a', 'b', 'c', 'd', 'e'], format)).toEqual({ suggested: [], others: [] });
});

test('[U33] a language that nobody knows is called by its code', () => {
  expect(format.language('qqq')).toBe('qqq');
});
