import { expect, test } from 'vitest';
import {
  parseAccent,
  parseAppName,
  parseFirebase,
  parseHideAddress,
  parseLanguages,
  parseLink,
  parseMaintenance,
  parseModes,
  parseOrigin,
  parseRulesVersion,
} from '../src/lib/public-settings.ts';

test('[U22] absent and empty variables mean the defaults', () => {
  for (const value of [undefined, '', '  ']) {
    expect(parseAppName(value)).toBe('Passerby');
    expect(parseOrigin(value)).toBe('');
    expect(parseLink(value)).toBe('');
    expect(parseFirebase(value)).toBeUndefined();
    expect(parseHideAddress(value)).toBe('off');
    expect(parseAccent(value)).toBeUndefined();
    expect(parseModes(value)).toEqual(['video', 'voice', 'text']);
    expect(parseRulesVersion(value)).toBe('1');
    expect(parseMaintenance(value)).toBe(false);
  }
});

test('[U22] modes are named in any order, and no others than there are', () => {
  expect(parseModes('text, video,')).toEqual(['video', 'text']);
  expect(parseModes('voice')).toEqual(['voice']);
  expect(() => parseModes('video,tv')).toThrow('not tv');
});

test('[U22] the version of the rules is one short word, and maintenance is on or off', () => {
  expect(parseRulesVersion(' 2026-11 ')).toBe('2026-11');
  expect(() => parseRulesVersion('a b')).toThrow();
  expect(parseMaintenance('on')).toBe(true);
  expect(() => parseMaintenance('yes')).toThrow('on or off');
});

test('[U22] hiding the address is off, offered or default, and nothing else', () => {
  for (const value of ['off', 'offered', 'default']) expect(parseHideAddress(value)).toBe(value);
  expect(() => parseHideAddress('yes')).toThrow();
});

test('[U46] the languages are those that are named, in their order; all where none is', () => {
  expect(parseLanguages(' de ,en,de,')).toEqual(['de', 'en']);
  for (const value of [undefined, '', ' , ']) expect(parseLanguages(value)).toEqual(['en', 'ar', 'de']);
  // Tests ask for it; nobody else is offered it.
  expect(parseLanguages('en-XA')).toEqual(['en-XA']);
});

test('[U46] a language that is not there stops the start, and those that are there are named', () => {
  for (const value of ['fr', 'de,xx', 'DE', 'de;en', 'constructor']) {
    expect(() => parseLanguages(value)).toThrow(/must be of en, ar, de, separated by commas; there is no/);
  }
});

test('[U22] an origin is taken with or without its last slash', () => {
  expect(parseOrigin('https://chat.example.org/')).toBe('https://chat.example.org');
  expect(parseOrigin('http://localhost:8080')).toBe('http://localhost:8080');
});

test.each([
  'chat.example.org',
  'ftp://chat.example.org',
  'javascript:alert(1)',
  'https://chat.example.org/path',
  'https://user@chat.example.org',
  'https://chat.example.org?x=1',
])('[U22] %j is refused as an origin', (value) => {
  expect(() => parseOrigin(value)).toThrow();
});

test('[U22] a link may have a path but no other scheme', () => {
  expect(parseLink('https://code.example.org/passerby')).toBe('https://code.example.org/passerby');
  expect(() => parseLink('javascript:alert(1)')).toThrow();
});

test("[U22] of Firebase's configuration the keys for signing in are kept", () => {
  const config = { apiKey: 'k', projectId: 'p', authDomain: 'p.firebaseapp.com', measurementId: 'G-1' };
  expect(parseFirebase(JSON.stringify(config))).toEqual({
    apiKey: 'k',
    projectId: 'p',
    authDomain: 'p.firebaseapp.com',
  });
});

test.each([
  ['{', /JSON/],
  ['{"projectId":"p"}', /apiKey/],
  ['{"apiKey":"k","projectId":"p","authDomain":"x; script-src *"}', /authDomain/],
  ['[]', /apiKey/],
])('[U22] %s is refused with the name of what is wrong', (value, fault) => {
  expect(() => parseFirebase(value)).toThrow(fault);
});

test('[U22] a name that would break the pages is refused', () => {
  expect(parseAppName(' Campus Chat ')).toBe('Campus Chat');
  expect(() => parseAppName('x'.repeat(41))).toThrow();
});
