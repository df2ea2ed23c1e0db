import { one, type Mutation } from './mutation.ts';

const doctor = (name: string): string => `apps/signaling/src/doctor/${name}.ts`;
const test = (name: string): string => `apps/signaling/test/${name}.test.ts`;

/** Of the doctor. */
export const DOCTOR: readonly Mutation[] = [
  one(
    'the doctor takes an answer of a TURN server that does not know the secret',
    doctor('turn-client'),
    'if (!isSignedWith(answer.bytes, key)) throw',
    'if (false) throw',
    test('doctor-ice'),
  ),
  one(
    'the doctor does not see that a relay leads into private networks',
    doctor('check-ice'),
    'const reached = await firstPermitted(client, FORBIDDEN);',
    'const reached = await firstPermitted(client, []);',
    test('doctor-ice'),
  ),
  one(
    'the doctor is content with a key that others may read',
    doctor('check-data-dir'),
    'found.mode & 0o077',
    'found.mode & 0',
    test('doctor'),
  ),
  one(
    'the doctor ends well, whatever it found',
    'apps/signaling/src/doctor.ts',
    'counts.fail > 0 ? 1 : 0',
    '0',
    test('doctor'),
  ),
];
