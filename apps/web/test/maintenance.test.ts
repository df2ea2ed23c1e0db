import { expect, test } from 'vitest';
import { detour } from '../src/lib/maintenance.ts';

test('[U69] while the site is closed its entrances lead to the page that says so, and the rest can be read', () => {
  for (const route of ['/', '/(session)/login', '/(session)/chat'])
    expect(detour(route, true)).toBe('/maintenance');
  for (const route of ['/(pages)/rules', '/(notice)/maintenance', '/(notice)/offline', '/logo', null]) {
    expect(detour(route, true)).toBeUndefined();
  }
});

test('[U69] while it is open nothing is led astray, and the page that says closed leads to the start', () => {
  for (const route of ['/', '/(session)/chat', '/(pages)/rules', null])
    expect(detour(route, false)).toBeUndefined();
  expect(detour('/(notice)/maintenance', false)).toBe('/');
});
