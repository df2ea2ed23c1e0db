import { expect, it } from 'vitest';
import { iceServers } from '../src/ice-servers.ts';
import type { IceConfig } from '../src/ice-servers.ts';

const NOTHING: IceConfig = { stunUrls: [], turnUrls: [], turnSecret: '', turnTtlMs: 3_600_000 };
const TURN = ['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org:5349'];

it('[A13] with nothing configured no server is named', () => {
  expect(iceServers(NOTHING, 'tag', 0)).toEqual([]);
});

it('[A13] STUN servers are handed out as configured, without credentials', () => {
  expect(
    iceServers({ ...NOTHING, stunUrls: ['stun:a.example.org', 'stun:b.example.org'] }, 'tag', 0),
  ).toEqual([{ urls: ['stun:a.example.org', 'stun:b.example.org'] }]);
});

it('[A14] TURN credentials are those that TURN servers work out from the secret', () => {
  const config = { ...NOTHING, stunUrls: ['stun:a.example.org'], turnUrls: TURN, turnSecret: 'north star' };
  expect(iceServers(config, 'k3Vd0w', 1_700_000_000_999)).toEqual([
    { urls: ['stun:a.example.org'] },
    // printf 1700003600:k3Vd0w | openssl dgst -sha1 -hmac 'north star' -binary | base64
    { urls: TURN, username: '1700003600:k3Vd0w', credential: 'Qxcfw9/tOJ9W3/Gsge/kSnk5E3k=' },
  ]);
});
