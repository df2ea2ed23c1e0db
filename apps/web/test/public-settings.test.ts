import { expect, test } from 'vitest';
import {
  parseAppName,
  parseFirebase,
  parseHideAddress,
  parseLink,
  parseOrigin,
} from '../src/lib/public-settings.ts';

test('[U22] absent and empty variables mean the defaults', () => {
  for (const value of [undefined, '', '  ']) {
    expect(parseAppName(value)).toBe('Passerby');
    expect(parseOrigin(value)).toBe('');
    expect(parseLink(value)).toBe('');
    expect(parseFirebase(value)).toBeUndefined();
    expect(parseHideAddress(value)).toBe('off');
  }
});

test('[U22] hiding the address is off, offered or default, and nothing else', () => {
  for (const value of ['off', 'offered', 'default']) expect(parseHideAddress(value)).toBe(value);
  expect(() => parseHideAddress('yes')).toThrow();
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
