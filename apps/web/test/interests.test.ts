import { expect, test } from 'vitest';
import { addInterests, endsInterest } from '../src/lib/interests.ts';

test('[U32] what was typed becomes interests at its commas, in the form in which they are compared', () => {
  expect(addInterests(['tea'], ' Chess!, old   Films,C++ ')).toEqual({
    interests: ['tea', 'chess', 'old films', 'c++'],
    rest: '',
    problem: undefined,
  });
});

test('[U32] the commas of other scripts and a pasted list do as well', () => {
  for (const comma of [',', '،', '，', '、', '\n']) {
    expect(endsInterest(`a${comma}`)).toBe(true);
    expect(addInterests([], `a${comma}b`).interests).toEqual(['a', 'b']);
  }
  expect(endsInterest('old films')).toBe(false);
});

test('[U32] what is there already or has no letter is dropped', () => {
  expect(addInterests(['tea'], 'TEA, !!, , tea')).toEqual({
    interests: ['tea'],
    rest: '',
    problem: undefined,
  });
});

test('[U32] what is longer than 30 characters stays in the field and says why', () => {
  expect(addInterests([], `${'x'.repeat(31)}, ${'\u{1f431}'.repeat(30)}`)).toEqual({
    interests: ['\u{1f431}'.repeat(30)],
    rest: 'x'.repeat(31),
    problem: 'too-long',
  });
});

test('[U32] an eleventh interest stays in the field and says why', () => {
  const ten = Array.from({ length: 10 }, (_, number) => `interest ${number}`);
  expect(addInterests(ten.slice(0, 9), 'one, two, three')).toEqual({
    interests: [...ten.slice(0, 9), 'one'],
    rest: 'two, three',
    problem: 'too-many',
  });
  expect(addInterests(ten, 'interest 3').problem).toBeUndefined();
});
