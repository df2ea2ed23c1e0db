import { setTimeout as pause } from 'node:timers/promises';
import type { RedisServer } from '../../apps/signaling/test/support/redis-server.ts';
import { DEFAULT_WISHES, type Wishes } from '../../packages/protocol/src/wishes.ts';
import type { ChatNode, Line } from './chat-node.ts';
import { Client, type Outcome } from './client.ts';
import type { ChatNodes } from './chat-nodes.ts';
import { Journal } from './journal.ts';
import { checkRecords } from './records-checker.ts';
import { type Records, readRecords } from './records.ts';

/** For a trial to come out the same whatever the machine does meanwhile. */
const PATIENCE_MS = 20_000;
/** Before the node goes on: its own lease and a sweep, and what is left of a session's that was not renewed. */
const STOPPED_MS = 11_000;
const HELD_MAX = 5;

interface TrialParts {
  /** Told apart by it from those at the same time. */
  number: number;
  stopped: ChatNode;
  other: ChatNode;
  journal: Journal;
}

/** Sessions that a node shows, and what is said to it while it is stopped. */
interface Trial {
  /** Comes back at the other node, in the middle of its match. */
  returning: Client;
  /** Comes back there, too, and looks for somebody else. */
  moving: Client;
  /** Its account begins anew there. */
  beginning: Client;
  anew: Client;
  /** Waits, and stays away for longer than its lease. */
  lapsing: Client;
  /** At the other node all the time, each in a match with one of these. */
  partners: Client[];
  /** What was said before the node stopped, and perhaps done. */
  early: Outcome[];
  /** What was said to it while it was stopped; nothing may come of it. */
  held: Outcome[];
}

export interface PauseResult {
  /** Commands that nodes held while they were stopped. */
  held: number;
  breaches: string[];
}

/**
 * Every node but the last is stopped past its lease with commands in flight, its clients come back at the last
 * one, and it goes on: each node is a trial. Nothing that it held may be taken.
 */
export async function pauseRound(deployment: ChatNodes, redis: RedisServer): Promise<PauseResult> {
  const journal = new Journal();
  const nodes = deployment.nodes;
  const other = nodes.at(-1) as ChatNode;
  const trials = await Promise.all(
    nodes.slice(0, -1).map((stopped, number) => stopWithCommands({ number, stopped, other, journal })),
  );
  await pause(STOPPED_MS);
  await Promise.all(trials.map((trial) => comeBack(trial, other, journal)));
  const before = await readRecords(redis, deployment.prefix);
  for (const node of nodes) if (node.isPaused) node.goOn();
  const outcomes = await Promise.all(trials.flatMap(({ held }) => held));
  await Promise.all(trials.flatMap(({ early }) => early));
  const after = await readRecords(redis, deployment.prefix);
  for (const operation of journal.history.operations) {
    if (!operation.isBehind || operation.outcome !== 'ok') continue;
    // These answer the same whether there was something to end or not.
    if (operation.command !== 'leave' && operation.command !== 'goodbye')
      journal.breach('J4: a held command is taken', operation);
  }
  for (const trial of trials) await checkTrial(trial, before, after, journal);
  journal.breaches.push(...checkRecords(after, { lapsedWithinMs: STOPPED_MS }));
  await Promise.all(trials.flatMap(everybody).map((client) => client.goodbye()));
  return { held: outcomes.length, breaches: journal.breaches };
}

async function stopWithCommands({ number, stopped, other, journal }: TrialParts): Promise<Trial> {
  const client = (role: string, account = role) =>
    new Client({
      name: `trial-of-pauses-${number}-${role}`,
      account: `${number} ${account}`,
      journal,
      patienceMs: () => PATIENCE_MS,
    });
  const [returning, moving, beginning] = [client('returning'), client('moving'), client('beginning')];
  const lapsing = client('lapsing');
  const partners = [client('partner-of-first'), client('partner-of-second'), client('partner-of-third')];
  await Promise.all([
    ...[returning, moving, beginning, lapsing].map((one) => comeIn(one, stopped)),
    ...partners.map((one) => comeIn(one, other)),
  ]);
  for (const [index, one] of [returning, moving, beginning].entries()) {
    await one.find(about(number, index));
    await partners[index]?.find(about(number, index));
  }
  await lapsing.find(about(number, 9));
  for (const one of [returning, moving, beginning]) await until(() => one.session?.match !== undefined, one);
  const matches = [returning, moving, beginning].map((one) => one.session?.match ?? '');
  const early = [returning, moving, beginning].flatMap((one, index) =>
    Array.from({ length: HELD_MAX }, () => one.send('say', matches[index] ?? '')),
  );
  // So that they are on their way.
  await new Promise(setImmediate);
  stopped.pause();
  const held = [returning, moving, beginning].flatMap((one, index) => {
    const behind = one.leaveBehind();
    return behind ? hold(one, behind, matches[index] ?? '') : [];
  });
  const waiting = lapsing.leaveBehind();
  if (waiting) held.push(lapsing.find(about(number, 0), waiting));
  return { returning, moving, beginning, anew: client('anew', 'beginning'), lapsing, partners, early, held };
}

/** A node that was stopped a moment ago has to find Redis again. */
async function comeIn(client: Client, node: ChatNode): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while ((await client.enter(node, false)) !== 'ok') {
    if (performance.now() > end) throw new Error(`${client.account} is not let in`);
    await pause(50);
  }
}

/** Everything that could change something. */
function hold(one: Client, behind: Line, match: string): Outcome[] {
  return [
    ...Array.from({ length: HELD_MAX }, () => one.send('say', match, { behind })),
    one.send('relay', match, { behind }),
    one.typing(match, true, behind),
    one.skip(match, undefined, behind),
    one.leave(undefined, behind),
    one.find(DEFAULT_WISHES, behind),
    one.goodbye(behind),
  ];
}

/** While the node is stopped, and everybody else takes it for dead. */
async function comeBack(trial: Trial, other: ChatNode, journal: Journal): Promise<void> {
  const { returning, moving, anew, partners } = trial;
  await Promise.all(partners.map((one) => until(() => hasHeard(journal, one, 'peer:away'), one)));
  for (const one of [returning, moving, anew]) {
    const outcome = await one.enter(other, false);
    if (outcome !== 'ok') journal.breach('J4: who comes back is let in', [one.account, outcome]);
  }
  await moving.skip(moving.session?.match ?? '');
  await anew.find({ ...DEFAULT_WISHES, mode: 'voice', interests: [trial.anew.account] });
}

async function checkTrial(trial: Trial, before: Records, after: Records, journal: Journal): Promise<void> {
  const { returning, moving, anew, lapsing, partners } = trial;
  const breach = (what: string, about: unknown) => journal.breach(`J4: ${what}`, about);
  const stateOf = (records: Records, client: Client) => {
    const { match, waiting, interests, mode, node } = records.sessions.get(client.session?.id ?? '') ?? {};
    return JSON.stringify({ match, waiting, interests, mode, node });
  };
  for (const client of [returning, moving, anew]) {
    const [was, is] = [stateOf(before, client), stateOf(after, client)];
    if (was !== is) breach('a stopped node changes what has gone elsewhere', [client.account, was, is]);
  }
  const gone = lapsing.session?.id ?? '';
  if (after.sessions.has(gone)) breach('a session outlives its lease', gone);
  // What was on its way when the node stopped may have come before, and not after.
  const [partner] = partners;
  const mailbox = journal.history.heard.filter(({ session }) => session === partner?.session?.id);
  const back = mailbox.findLastIndex(({ event }) => event.type === 'news' && event.name === 'peer:back');
  if (back < 0) breach('who came back is seen', partner?.account);
  for (const { event } of mailbox.slice(back + 1)) {
    if (event.type === 'frame') breach('a stopped node says what it held', event);
  }
  // The match is as good as ever.
  const match = returning.session?.match ?? '';
  for (const one of [returning, partner]) {
    if ((await one?.send('say', match)) !== 'ok') breach('its match goes on', one?.account);
  }
}

function everybody({ returning, moving, anew, partners }: Trial): Client[] {
  return [returning, moving, anew, ...partners];
}

/** Only those who have the same number meet. */
function about(number: number, pair: number): Wishes {
  return { ...DEFAULT_WISHES, mode: 'text', interests: [`trial ${number} pair ${pair}`] };
}

function hasHeard({ history }: Journal, { session }: Client, name: string): boolean {
  return history.heard.some(
    (heard) => heard.session === session?.id && heard.event.type === 'news' && heard.event.name === name,
  );
}

async function until(isSo: () => boolean, client: Client): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`${client.account} waited in vain`);
    await client.news(100);
  }
}
