import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { POLL_MS } from './support/text-server.ts';
import { type TextServerChild, startTextServerChild } from './support/text-server-child.ts';

const CROWD = 10_000;
/** Requests sent at once; the rest of the crowd waits for its turn. */
const AT_ONCE = 100;

test('[X27] ten thousand polls lie idle: each is answered, others are served, and the memory comes back', async () => {
  needOpenFiles(CROWD + 1_000);
  const server = await startTextServerChild();
  // What the first crowd leaves behind are the code and the tables of a process that has seen one.
  await comeAndGo(server);
  const before = await server.memory();
  await comeAndGo(server);
  expect(await server.memory()).toBeLessThan(before * 1.1);
}, 120_000);

/** A crowd comes in pairs, polls, is let wait for the whole of `POLL_MS`, and goes. */
async function comeAndGo(server: TextServerChild): Promise<void> {
  const { post, hangUp } = createClient(server.port);
  const start = async (parameters: string) => JSON.parse(await post('/start', parameters)) as string;
  const poll = (id: string | undefined) => post('/events', `id=${id}`);

  // Every other one speaks the protocol of 2010.
  const crowd = await eachOf(CROWD, (index) => start(index % 2 === 0 ? '' : 'm=0'));
  await eachOf(CROWD, async (index) => expect(await poll(crowd[index])).toContain('connected'));
  const polls: Promise<string>[] = [];
  while (polls.length < CROWD) {
    for (let more = 0; more < AT_ONCE; more++) polls.push(poll(crowd[polls.length]));
    await server.waiting(polls.length);
  }

  const [ann, bob] = [await start('m=0'), await start('m=0')];
  expect(await poll(ann)).toContain('connected');
  await post('/send', `id=${bob}&msg=Hi`);
  expect(await poll(ann)).toBe('[["gotMessage", "Hi"]]');
  expect(await post('/count', '')).toBe(String(CROWD + 2));
  // One of the crowd is spoken to.
  await post('/send', `id=${crowd[1]}&msg=Hi`);
  expect(await polls[0]).toBe('[["gotMessage", "Hi"]]');
  await post('/disconnect', `id=${ann}`);
  await post('/disconnect', `id=${bob}`);

  await server.pass(POLL_MS);
  const answers = (await Promise.all(polls)).slice(1);
  expect(answers).toEqual(answers.map((_, index) => (index % 2 === 0 ? '[]' : 'null')));
  await eachOf(CROWD, async (index) => expect(await post('/disconnect', `id=${crowd[index]}`)).toBe('win'));
  expect(await post('/count', '')).toBe('0');
  hangUp();
}

function createClient(port: number) {
  const agent = new Agent({ keepAlive: true });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (path: string, body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', path, method: 'POST', headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(text)).on('error', reject);
      });
      sent.on('error', reject).end(body);
    });
  return { post, hangUp: () => agent.destroy() };
}

/** Does that many things, `AT_ONCE` at a time; their results in order. */
async function eachOf<T>(count: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await act(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

/** Node raises its limit as far as it may by itself; where that is too little, the test cannot tell anything. */
function needOpenFiles(count: number): void {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { hard: number | 'unlimited' } };
  };
  const { hard } = userLimits.open_files;
  if (hard === 'unlimited' || hard >= count) return;
  throw new Error(`this test needs ${count} open files, and the hard limit (ulimit -Hn) is ${hard}`);
}
