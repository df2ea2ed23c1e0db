import { expect, test } from 'vitest';
import { returnPath } from '../src/lib/return-path.ts';

test.each(['/chat', '/chat?mode=video#top', '/rules', '/'])('[U19] %s is returned to', (path) => {
  expect(returnPath(path, '/chat')).toBe(path);
});

test.each([
  null,
  '',
  'chat',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '\\\\evil.example',
  'javascript:alert(1)',
  '/login',
  '/login?return=/login',
  '/%zz/../login',
])('[U19] %j is not returned to', (value) => {
  expect(returnPath(value, '/chat')).toBe('/chat');
});
