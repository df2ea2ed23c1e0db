import { config as loadDotenv } from 'dotenv';
import { examine } from './doctor/examine.ts';
import { lineOf } from './doctor/finding.ts';

// `node apps/signaling/src/doctor.ts [https://chat.example.org]`: what works and what does not, from the same
// configuration as the server. Exit code 1 if anything fails.
loadDotenv({ quiet: true });
const origin = process.argv[2];
const counts = { ok: 0, warn: 0, fail: 0, skip: 0 };
for await (const finding of examine({ env: process.env, origin, now: Date.now })) {
  counts[finding.level]++;
  console.log(lineOf(finding));
}
console.log(
  `\n${counts.ok} ok, ${counts.warn} to look at, ${counts.fail} wrong, ${counts.skip} not looked at`,
);
process.exitCode = counts.fail > 0 ? 1 : 0;
