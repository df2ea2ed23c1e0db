import { createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_LENGTH = 32;

/**
 * The secret that all keys of a deployment derive from: the given one, or one that is generated at
 * the first start and kept in `dataDir` (mode 0600), so that restarts without any configuration keep
 * guest passes good.
 */
export function deploymentKey(secret: string | undefined, dataDir: string): Uint8Array {
  if (secret !== undefined) return new TextEncoder().encode(secret);
  const file = join(dataDir, 'deployment-key');
  try {
    return readKey(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Written under another name first: whoever finds the file finds all of it.
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, randomBytes(KEY_LENGTH).toString('base64url'), { mode: 0o600, flag: 'wx' });
    linkSync(draft, file);
  } catch (error) {
    // Another process of the same deployment was first: its key is the one.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readKey(file);
}

/** Throws for a file that does not hold a whole key: with part of one, passes could be forged. */
function readKey(file: string): Uint8Array {
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64url');
  if (key.length !== KEY_LENGTH) throw new Error(`${file} does not hold a key; restore it or delete it`);
  return key;
}

/** A key for one purpose (RFC 5869). 32 bytes. */
export function deriveKey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), purpose, KEY_LENGTH));
}

/** A keyed hash for what is stored but must not be readable, as base64url. */
export function keyedHash(key: Uint8Array): (value: string) => string {
  const secret = createSecretKey(key);
  return (value) => createHmac('sha256', secret).update(value).digest('base64url');
}
