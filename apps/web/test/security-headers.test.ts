import { expect, test } from 'vitest';
import { outsideSources, PAGE_HEADERS, withSources } from '../src/lib/security-headers.ts';

const POLICY =
  "default-src 'self'; connect-src 'self'; script-src 'self' 'nonce-x'; frame-src 'none'; object-src 'none'";
const PAGE = 'https://chat.example.org';

function policyFor(settings: Partial<Parameters<typeof outsideSources>[0]>): Record<string, string> {
  const all = { signalingOrigin: '', firebase: undefined, firebaseEmulator: '', ...settings };
  const policy = withSources(POLICY, outsideSources(all, PAGE));
  return Object.fromEntries(
    policy.split('; ').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1).join(' ')]),
  );
}

test('[U23] C01 without outside services a page reaches its own origin alone', () => {
  expect(policyFor({})).toEqual({
    'default-src': "'self'",
    'connect-src': "'self' wss://chat.example.org",
    'script-src': "'self' 'nonce-x'",
    'frame-src': "'none'",
    'object-src': "'none'",
  });
});

test('[U23] a signaling server elsewhere is reached over HTTP and WebSocket', () => {
  expect(policyFor({ signalingOrigin: 'https://s.example.org' })['connect-src']).toBe(
    "'self' wss://chat.example.org https://s.example.org wss://s.example.org",
  );
});

test('[U23] Firebase opens its own endpoints and nothing else', () => {
  const firebase = { apiKey: 'k', projectId: 'p', authDomain: 'p.firebaseapp.com' };
  const policy = policyFor({ firebase });
  expect(policy['connect-src']).toContain('https://identitytoolkit.googleapis.com');
  expect(policy['script-src']).toBe("'self' 'nonce-x' https://apis.google.com");
  expect(policy['frame-src']).toBe('https://p.firebaseapp.com');
  expect(policy['default-src']).toBe("'self'");
});

test('[U23] the emulator is allowed with Firebase only', () => {
  const firebaseEmulator = 'http://127.0.0.1:9099';
  expect(policyFor({ firebaseEmulator })['connect-src']).not.toContain('9099');
  const firebase = { apiKey: 'k', projectId: 'demo' };
  expect(policyFor({ firebase, firebaseEmulator })['connect-src']).toContain(firebaseEmulator);
});

test('[U23] camera and microphone are for this origin alone', () => {
  expect(PAGE_HEADERS['permissions-policy']).toContain('camera=(self), microphone=(self)');
});
