import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { deploymentKey } from '../deployment-key.ts';
import { type Finding, reasonOf } from './finding.ts';

const subject = 'deployment key';

/** The key that guest passes and resume tokens are signed with. Nothing is written. */
export async function* checkDataDir(config: {
  deploymentSecret: string | undefined;
  dataDir: string;
}): AsyncGenerator<Finding> {
  if (config.deploymentSecret !== undefined) {
    yield { level: 'ok', subject, detail: 'DEPLOYMENT_SECRET; nothing is kept in DATA_DIR' };
    return;
  }
  const file = join(config.dataDir, 'deployment-key');
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    yield found.code === 'ENOENT'
      ? await mayBeMade(config.dataDir)
      : {
          level: 'fail',
          subject,
          detail: reasonOf(found),
          advice: 'let DATA_DIR be a directory of the server’s own',
        };
    return;
  }
  try {
    deploymentKey(undefined, config.dataDir);
  } catch (error) {
    yield {
      level: 'fail',
      subject,
      detail: reasonOf(error),
      advice: 'give the file to the user that the server runs as, or restore it from a backup',
    };
    return;
  }
  yield (found.mode & 0o077) === 0
    ? { level: 'ok', subject, detail: file }
    : {
        level: 'fail',
        subject,
        detail: `others may read ${file}, and with it sign in as anybody`,
        advice: `chmod 600 ${file}`,
      };
}

/** Whether the first start can make the key. */
async function mayBeMade(dataDir: string): Promise<Finding> {
  let folder = resolve(dataDir);
  for (;;) {
    try {
      if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a directory`);
      await access(folder, constants.W_OK | constants.X_OK);
      return { level: 'ok', subject, detail: `none yet; the first start makes one in ${dataDir}` };
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (missing && folder !== dirname(folder)) folder = dirname(folder);
      else {
        const advice = 'let DATA_DIR be a directory that the server may write to, or set DEPLOYMENT_SECRET';
        return { level: 'fail', subject, detail: `none, and none can be made: ${reasonOf(error)}`, advice };
      }
    }
  }
}
