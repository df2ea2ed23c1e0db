import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTestServer } from './support/server.ts';

const MARK = '----';

test('[X23] the commands of docs/text-api.md answer what stands there', async () => {
  const page = readFileSync(new URL('../../../docs/text-api.md', import.meta.url), 'utf8');
  const steps = [...page.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...output] = step.split('\n');
        return { command, output: output.join('\n').trim() };
      }),
  );
  expect(steps.length).toBeGreaterThan(20);

  const { url } = await startTestServer({
    parts: { textApi: { pollMs: 1, startsPerMinute: 0, strangeIdsPerMinute: 0 } },
  });
  // One shell for all, because later commands use the variables of earlier ones.
  const script = steps
    .map(
      ({ command }) => `{ ${command.replace('http://localhost:8080', url)}\n} 2>&1; printf '\\n${MARK}\\n'`,
    )
    .join('\n');
  const { stdout } = await promisify(execFile)('bash', ['-c', script]);
  const answers = stdout.split(`${MARK}\n`).map((answer) => answer.trim());
  for (const [index, { command, output }] of steps.entries()) {
    const pattern = output.split('…').map(literally).join('.+?');
    expect(answers[index], command).toMatch(new RegExp(`^${pattern}$`));
  }
});

/** A pattern that matches this text and nothing else. */
function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
