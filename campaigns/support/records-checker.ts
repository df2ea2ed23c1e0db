import type { Records } from './records.ts';

export interface RecordOptions {
  /** A session whose lease ended longer ago should be gone, in milliseconds. */
  lapsedWithinMs: number;
}

/**
 * What of M1, M2, M3, M5 and M6 these records break, in words. Whatever befalls nodes and clients, all of it holds
 * at each moment, because every verb is one step.
 */
export function checkRecords(records: Records, { lapsedWithinMs }: RecordOptions): string[] {
  const { at, sessions, accounts } = records;
  const breaches: string[] = [];
  const breach = (rule: string, what: string, about: unknown) =>
    void breaches.push(`${rule}: ${what}: ${JSON.stringify(about)}`);
  const [waiting, matched, pool] = [records.waiting, records.matched, records.pool].map(placesOf);

  for (const [id, session] of sessions) {
    const { account = '', mode, match = '', partner = '', role, waiting: waits = '', leaseEnd } = session;
    const owner = accounts.get(account);
    if (owner !== id) breach('M2', 'an account has one session', [account, id, owner]);
    if (match !== '' && waits) breach('M2', 'nobody is in a match and waits', session);
    if ((waiting?.get(id) ?? '') !== (waits ? mode : '')) breach('M2', 'who waits is in one pool', session);
    if ((matched?.get(id) ?? '') !== (match && role === 'answerer' ? mode : ''))
      breach('M2', 'each match is counted by who answers', session);
    if (pool?.has(id) !== (waits === 'placed')) breach('M2', 'who can be taken knows it', session);
    if (Number(leaseEnd) < at - lapsedWithinMs) breach('M6', 'no record outlives its lease', [at, session]);
    if (match === '') continue;
    const other = sessions.get(partner);
    if (other?.match !== match || other.partner !== id)
      breach('M1', 'both sides are in a match', [session, other]);
    if (other?.account === account) breach('M3', 'nobody meets themselves', [session, other]);
    if (other?.role === role) breach('M5', 'one side offers, and one alone', [session, other]);
  }
  const named = {
    'an account': [...accounts.values()],
    'a claim': records.claims,
    'who waits': waiting?.keys() ?? [],
    'who can be taken': pool?.keys() ?? [],
    'who is looked at again': [...records.again.values()].flat(),
    'who answers in a match': matched?.keys() ?? [],
    'a lease': records.leases,
  };
  for (const place of records.events) {
    const [, id = '', offset] = /^(.*):(\d+)$/s.exec(place) ?? [];
    const { acknowledged, last } = sessions.get(id) ?? {};
    if (!(Number(offset) > Number(acknowledged) && Number(offset) <= Number(last)))
      breach('M6', 'an event is of no mailbox', place);
  }
  for (const [what, ids] of Object.entries(named)) {
    for (const id of ids) if (!sessions.has(id)) breach('M6', `${what} is of no session`, id);
  }
  for (const strange of records.strange) breach('M6', 'every key expires, and is known', strange);
  return breaches;
}

/** Where each is; in two places at once: both. */
function placesOf(lists: Map<string, string[]>): Map<string, string> {
  const places = new Map<string, string>();
  for (const [place, ids] of lists) {
    for (const id of ids) {
      const before = places.get(id);
      places.set(id, before === undefined ? place : `${before} ${place}`);
    }
  }
  return places;
}

/** What is left of everybody who was there; once all of them have gone, each is an orphan. */
export function leftovers({
  sessions,
  accounts,
  claims,
  events,
  waiting,
  matched,
  pool,
  again,
  leases,
  nodes,
}: Records): string[] {
  const named = { accounts, nodes, pool, again, sessions, waiting, matched };
  return [
    ...Object.entries(named).flatMap(([what, map]) => [...map.keys()].map((name) => `${what}: ${name}`)),
    ...leases.map((id) => `leases: ${id}`),
    ...claims.map((id) => `claims: ${id}`),
    ...events.map((place) => `events: ${place}`),
  ];
}
