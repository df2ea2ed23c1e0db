import { expect, test } from 'vitest';
import {
  ATTRIBUTE,
  METHOD,
  attribute,
  decode,
  decodeAddress,
  encodeAddress,
  encodeRequest,
  errorOf,
  isSignedWith,
  longTermKey,
} from '../src/doctor/stun-message.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

// RFC 5769 section 2.4: a request with long-term credentials.
const TRANSACTION_ID = bytes('78ad3433c6ad72c029da412e');
const USERNAME = 'マトリックス';
const REALM = 'example.org';
const NONCE = 'f//499k954d6OL34oL9FSTvy64sA';
const SIGNED_REQUEST = bytes(`
  0001 0060 2112a442 78ad3433c6ad72c029da412e
  0006 0012 e3839ee38388e383aae38383e382afe382b9 0000
  0015 001c 662f2f3439396b39353464364f4c33346f4c39465354767936347341
  0014 000b 6578616d706c652e6f7267 00
  0008 0014 f67024656dd64a3e02b8e0712e85c9a28ca89666`);
// Section 2.2: an answer to a client at 192.0.2.1:32853.
const ANSWER = bytes(`
  0101 003c 2112a442 b7e7a701bc34d686fa87dfae
  8022 000b 7465737420766563746f7220
  0020 0008 0001 a147 e112a643
  0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7
  8028 0004 c07d4c96`);

test('[Y4] a request with long-term credentials is the one of RFC 5769', () => {
  const request = encodeRequest(
    METHOD.binding,
    TRANSACTION_ID,
    [
      { type: ATTRIBUTE.username, value: Buffer.from(USERNAME) },
      { type: ATTRIBUTE.nonce, value: Buffer.from(NONCE) },
      { type: ATTRIBUTE.realm, value: Buffer.from(REALM) },
    ],
    longTermKey(USERNAME, REALM, 'TheMatrIX'),
  );
  expect(request.toString('hex')).toBe(SIGNED_REQUEST.toString('hex'));
});

test('[Y4] an answer is read, and its signature held against the secret, as in RFC 5769', () => {
  const message = decode(ANSWER);
  if (!message) throw new Error('not read');
  expect([message.class, message.method]).toEqual(['success', METHOD.binding]);
  const address = attribute(message, ATTRIBUTE.xorMappedAddress) ?? Buffer.alloc(0);
  expect(decodeAddress(address, message.transactionId)).toEqual({ address: '192.0.2.1', port: 32_853 });
  const secret = Buffer.from('VOkJxbRl1RmTxUk/WvJxBt');
  expect(isSignedWith(ANSWER, secret)).toBe(true);
  expect(isSignedWith(ANSWER, Buffer.from('another'))).toBe(false);
  const changed = Buffer.from(ANSWER);
  changed.writeUInt8(changed.readUInt8(40) ^ 1, 40);
  expect(isSignedWith(changed, secret)).toBe(false);
  expect(isSignedWith(ANSWER.subarray(0, 32), secret)).toBe(false);
});

test('[Y4] addresses of both families go out and come back as they were', () => {
  const there = (address: string) => encodeAddress({ address, port: 32_853 }, TRANSACTION_ID);
  for (const address of ['192.0.2.1', '255.255.255.255', '::1', '2001:db8:1234:5678:11:2233:4455:6677'])
    expect(decodeAddress(there(address), TRANSACTION_ID)).toEqual({ address, port: 32_853 });
  // Section 2.3: 2001:db8:1234:5678:11:2233:4455:6677 behind another transaction id.
  const answered = encodeAddress(
    { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32_853 },
    bytes('b7e7a701bc34d686fa87dfae'),
  );
  expect(answered.toString('hex')).toBe('0002a1470113a9faa5d3f179bc25f4b5bed2b9d9');
  expect(there('::ffff:192.0.2.1')).toEqual(there('::ffff:c000:201'));
  expect(decodeAddress(Buffer.from([0, 1, 0, 0]), TRANSACTION_ID)).toBeUndefined();
});

test('[Y4] what is no STUN message is not read', () => {
  expect(decode(Buffer.alloc(0))).toBeUndefined();
  expect(decode(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).toBeUndefined();
  expect(decode(ANSWER.subarray(0, -1))).toBeUndefined();
  const tooLong = Buffer.from(ANSWER);
  tooLong.writeUInt16BE(0xffff, 22);
  expect(decode(tooLong)).toBeUndefined();
  const without = Buffer.from(ANSWER);
  without.writeUInt32BE(0, 4);
  expect(decode(without)).toBeUndefined();
});

test('[Y4] a refusal has its code and its words', () => {
  const refusal = bytes('0113 0014 2112a442 78ad3433c6ad72c029da412e 0009 0010 00000401');
  const message = decode(Buffer.concat([refusal, Buffer.from('Unauthorized')]));
  expect(message && errorOf(message)).toEqual({ code: 401, reason: 'Unauthorized' });
});
