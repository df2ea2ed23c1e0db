// Defects that random chats are known to have, and others that this code could have. What cannot be put
// back here is proven elsewhere: an error on playing the partner's picture that leaves the call without
// a way on (E18), alerts as user interface (E6) and calls that no relay carries (E17) by the end-to-end
// tests. Two do not apply yet: state in one process, since one process is all there is, and the want of
// reports, blocks and bans, which are still to be built.

/** A defect, how to put it back, and who must notice. */
export interface Mutation {
  /** One sentence. */
  defect: string;
  edits: readonly Edit[];
  /** Test files each of which must have a failing test. */
  red: readonly string[];
}

export interface Edit {
  file: string;
  /** Stands exactly once in the file. */
  from: string;
  to: string;
}

const CHAT = 'apps/signaling/src/core/chat.ts';
const MEMORY = 'apps/signaling/src/backplane/memory.ts';
const POOL = 'apps/signaling/src/backplane/pool.ts';
const ENTRY = 'apps/signaling/src/backplane/entry.ts';
const DEADLINES = 'apps/signaling/src/backplane/deadlines.ts';
const MACHINE = 'packages/call/src/machine.ts';
const PEER = 'packages/call/src/peer.ts';
const TEXTS = 'packages/call/src/texts.ts';
const SOCKET_SESSION = 'packages/call/src/socket-session.ts';
const test = (name: string): string => `apps/signaling/test/${name}.test.ts`;
const callTest = (name: string): string => `packages/call/test/${name}.test.ts`;
const web = (name: string): string => `apps/web/src/lib/${name}.ts`;
const webTest = (name: string): string => `apps/web/test/${name}.test.ts`;

/** Most defects are one edit. */
function one(defect: string, file: string, from: string, to: string, ...red: string[]): Mutation {
  return { defect, edits: [{ file, from, to }], red };
}

const POOL_AND_MATCHES: Mutation[] = [
  one(
    'a second find leaves a one-sided pair',
    MEMORY,
    "this.#part(entry.match, entry, request.reason ?? 'skipped');",
    'entry.match = undefined;',
    ...['memory', 'chat', 'chat.fuzz', 'plain-client'].map(test),
  ),
  one(
    'a skip tells nobody',
    MEMORY,
    "this.#post(stayer, { type: 'partner-left', matchId: match.id, reason });",
    '',
    ...['memory', 'chat', 'chat.fuzz', 'plain-client'].map(test),
  ),
  one(
    'signals are not tied to a match',
    MEMORY,
    "if (!entry || !match || (matchId !== 'current' && matchId !== match.id)) return false;",
    'if (!entry || !match) return false;',
    ...['memory', 'chat', 'chat.fuzz'].map(test),
  ),
  {
    defect: 'an account in two tabs meets itself',
    edits: [
      {
        file: MEMORY,
        from: 'if (active && !options.takeOver) return false;',
        to: 'if (active) break replace;',
      },
      { file: MEMORY, from: '    if (old) {\n', to: '    replace: if (old) {\n' },
      { file: POOL, from: 'other.account === account || ', to: '' },
    ],
    red: ['memory', 'chat.resume', 'chat.fuzz'].map(test),
  },
  one(
    'a find looks at everybody',
    POOL,
    'for (const ticket of merged(lists)) {',
    'for (const ticket of [...this.#lists.values()].flat().sort(byWaiting)) {\n' +
      'if (!ticket.keys.some((key) => keys.includes(key))) continue;',
    test('memory'),
  ),
  one(
    'a skip does not say which match it means',
    CHAT,
    'backplane.find(id, { ending: matchId, reason })',
    "backplane.find(id, { ending: 'current', reason })",
    ...['chat', 'chat.fuzz', 'socket-session'].map(test),
  ),
  one(
    'an old skip ends the next match',
    MEMORY,
    "} else if (ending !== entry.match.id) return 'stale';",
    '}',
    ...['memory', 'chat', 'chat.fuzz'].map(test),
  ),
  one(
    'an old goodbye ends the next match',
    MEMORY,
    "if (match !== 'current' && match !== entry.match.id) return undefined;",
    '',
    ...['memory', 'chat', 'chat.fuzz'].map(test),
  ),
  one(
    'a poll that crosses its match ends it',
    MEMORY,
    'if (this.#isCrossedPoll(entry, entry.match, request))',
    'if (false)',
    ...['memory', 'plain-client'].map(test),
  ),
  one(
    'who stays is handed to a third person unasked',
    MEMORY,
    'if (stayer.wishes.requeue && ',
    'if (',
    ...['memory', 'chat.fuzz', 'plain-client', 'two-queues'].map(test),
  ),
  one(
    'who stays and asked to go on is not put back in the queue',
    MEMORY,
    'if (stayer.wishes.requeue && ',
    'if (!stayer.wishes.requeue && ',
    ...['memory', 'two-queues'].map(test),
  ),
  one(
    'the two who parted meet again at once',
    MEMORY,
    'this.#pool.bar(leaver, stayer, apartMs);',
    '',
    ...['memory', 'chat', 'chat.fuzz', 'plain-client'].map(test),
  ),
  one(
    'two who wait only because they parted wait for ever',
    POOL,
    'const dueAt = Math.min(widenAt, retryAt);',
    'const dueAt = widenAt;',
    ...['memory', 'chat', 'chat.fuzz'].map(test),
  ),
  one(
    'modes mix',
    POOL,
    '`${mode}\\n${interest}\\n${language}`',
    '`${mode && interest}\\n${language}`',
    ...['memory', 'chat.fuzz', 'socket-session'].map(test),
  ),
  one(
    'always the longest waiting, whatever the window',
    POOL,
    'this.#options.random() * compatible.length',
    '0',
    test('memory'),
  ),
  one(
    'the newcomer waits for the call of who waited',
    ENTRY,
    "sides: [createSide(longer, 'answerer'), createSide(shorter, 'offerer')],",
    "sides: [createSide(longer, 'offerer'), createSide(shorter, 'answerer')],",
    test('memory'),
  ),
  one(
    'both sides offer',
    ENTRY,
    'entry: ticket.owner, role,',
    "entry: ticket.owner, role: role && 'offerer',",
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'a match that failed costs the place in time',
    MEMORY,
    '? ticket : undefined;',
    '? undefined : undefined;',
    test('memory'),
  ),
  one(
    'a repeated signal or text is delivered again',
    MEMORY,
    'if (seq <= side.lastSeq[kind]) return true;',
    '',
    ...['memory', 'chat', 'chat.fuzz', 'faults/texts'].map(test),
  ),
];

const INTERESTS: Mutation[] = [
  one(
    'languages are not looked at where an interest is shared',
    POOL,
    '`${mode}\\n${interest}\\n${language}`',
    '`${mode}\\n${interest}\\n${interest === NONE ? language : NONE}`',
    ...['pool', 'memory', 'chat.fuzz'].map(test),
  ),
  one(
    'who insists meets anyone',
    POOL,
    '(anyone || named.length === 0 ? [...named, NONE] : named)',
    '[...named, NONE]',
    ...['pool', 'memory', 'chat.fuzz', 'socket-wishes', 'text-api-wishes'].map(test),
  ),
  one(
    'who insists does so for ever',
    POOL,
    'const widenAt = ticket.anyone ? Infinity : ticket.since + this.#options.interestWaitMs;',
    'const widenAt = Infinity;',
    ...['pool', 'memory', 'chat.fuzz', 'socket-wishes', 'text-api-wishes'].map(test),
  ),
  one(
    'who returns insists although its time has passed',
    POOL,
    'seek(ticket: Ticket<Owner>): Ticket<Owner> | undefined {\n    this.#widenInTime(ticket);',
    'seek(ticket: Ticket<Owner>): Ticket<Owner> | undefined {',
    ...['pool', 'memory', 'chat.fuzz'].map(test),
  ),
  one(
    'nobody is told that anyone will do by now',
    MEMORY,
    'if (anyone !== told?.anyone)',
    'if (!told)',
    ...['memory', 'chat.fuzz', 'socket-wishes'].map(test),
  ),
  one(
    'a poll of who waits insists anew',
    MEMORY,
    "if (sameWishes(wishes, entry.wishes)) return 'done';",
    '',
    ...['memory', 'plain-client'].map(test),
  ),
  one(
    'what one of them likes passes for what both like',
    ENTRY,
    'longer.wishes[kind].filter((named) => shorter.wishes[kind].includes(named));',
    'longer.wishes[kind].filter(() => shorter);',
    ...['memory', 'chat.fuzz', 'socket-wishes', 'text-api-wishes'].map(test),
  ),
  one(
    'a withheld ticket is found by what it names',
    POOL,
    'this.#add(ticket, [], Infinity);',
    'this.#add(ticket, keysOf(ticket), Infinity);',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'who shares the interest that was named first comes first',
    POOL,
    'if (head && (!next || byWaiting(head, next) < 0)) next = head;',
    'next ??= head;',
    ...['pool', 'memory'].map(test),
  ),
  one(
    'the lists of those who have gone stay',
    POOL,
    'if (list?.length === 0) this.#emptied.add(key);',
    '',
    test('pool'),
  ),
  one(
    'who is about to be ended as too slow is matched',
    MEMORY,
    ' === entry && !this.#slow.has(entry);',
    ' === entry;',
    test('memory'),
  ),
  one(
    'a language that clients send unasked keeps them waiting',
    'apps/signaling/src/transports/text-api-wishes.ts',
    'anyone: interests.length === 0 && language === UNASKED,',
    'anyone: false,',
    test('text-api-wishes'),
  ),
];

const SESSIONS: Mutation[] = [
  one(
    'the commands of one session overlap',
    'apps/signaling/src/core/command-queue.ts',
    'before ? before.then(command, command) : command()',
    'command()',
    ...['command-queue', 'chat'].map(test),
  ),
  one(
    'a late owner of a lapsed session is trusted',
    MEMORY,
    'return this.#leases.isAhead(id, this.#options.now()) ? this.#sessions.get(id) : undefined;',
    'return this.#sessions.get(id);',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'a lapsed session is put back in the pool',
    MEMORY,
    'this.#mayMeet(stayer)',
    '!this.#slow.has(stayer)',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'lapsed sessions stay for ever',
    DEADLINES,
    'passed.push(key);',
    '',
    ...['deadlines', 'memory', 'chat', 'chat.fuzz', 'socket-session'].map(test),
  ),
  one(
    'a lapsed session is handed to every sweeper',
    DEADLINES,
    'this.#unfile(key);\n          passed.push(key);',
    'passed.push(key);',
    ...['deadlines', 'memory'].map(test),
  ),
  one(
    'who has no line is matched',
    MEMORY,
    'const partner = owner.away ? undefined : this.#pool.seek(ticket);',
    'if (owner.away) this.#pool.withdraw(ticket);\n    const partner = this.#pool.seek(ticket);',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'a mailbox grows without bound',
    MEMORY,
    'if (entry.mailbox.length >= this.#options.mailboxMax) {',
    'if (false) {',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'an event that was not acknowledged is not given again',
    MEMORY,
    'return [...entry.mailbox];',
    'return entry.mailbox.splice(0);',
    ...['memory', 'chat.fuzz'].map(test),
  ),
  one(
    'a resume token works for any account',
    MEMORY,
    'if (!entry || entry.session.account !== account) return false;',
    'if (!entry) return false;',
    ...['memory', 'chat.resume', 'chat.fuzz', 'socket-session'].map(test),
  ),
  one(
    'a resume token can be replayed',
    MEMORY,
    'entry.resumeHash = hash;',
    '',
    ...['memory', 'chat.resume', 'socket-session'].map(test),
  ),
  one(
    'a resume token dies with a lost answer',
    MEMORY,
    'entry.nextResumeHashes = [...entry.nextResumeHashes, next].slice(-NEXT_HASHES_MAX);',
    'entry.resumeHash = next;',
    ...['memory', 'chat.resume', 'socket-session'].map(test),
  ),
  one(
    'a late request of a line that was given up voids the token in hand',
    MEMORY,
    '[...entry.nextResumeHashes, next]',
    '[next]',
    ...['memory', 'socket-session'].map(test),
  ),
  one(
    'a limited skip takes the ticket that the partner’s skip has just made',
    MEMORY,
    "if (reason !== 'skipped' && (match",
    'if ((match',
    ...['memory', 'chat'].map(test),
  ),
  one('ids stand in the logs', CHAT, 'return id.slice(0, 6);', 'return id;', test('chat')),
];

const PRIVACY: Mutation[] = [
  one(
    'addresses are relayed where they should be hidden',
    'apps/signaling/src/core/relay-only.ts',
    'if (!isRelay(candidate)) return undefined;',
    '',
    ...['relay-only', 'chat', 'chat.fuzz', 'socket-session'].map(test),
  ),
  one(
    'the address behind the relay is relayed',
    'apps/signaling/src/core/relay-only.ts',
    "candidate.replace(/ raddr \\S+/gi, ' raddr 0.0.0.0')",
    'candidate',
    ...['relay-only', 'chat.fuzz'].map(test),
  ),
  one(
    'what hides addresses is not used',
    CHAT,
    'relayOnly: hidden ? event(hidden) : null,',
    '',
    ...['chat', 'chat.fuzz', 'socket-session'].map(test),
  ),
];

const DOORS: Mutation[] = [
  one(
    'anything is relayed',
    'packages/protocol/src/schemas.ts',
    "v.pipe(v.string(), v.maxLength(SDP_LENGTH_MAX), v.startsWith('v=0'))",
    'v.string()',
    test('bad-input'),
  ),
  one(
    'a message may have a megabyte',
    'apps/signaling/src/server.ts',
    'maxHttpBufferSize: parts.messageBytesMax,',
    'maxHttpBufferSize: 1_000_000,',
    test('limits'),
  ),
  one(
    'events are not limited',
    'apps/signaling/src/transports/rate-limit.ts',
    'return Math.ceil(((1 - this.#tokens) * 60_000) / this.#rate.perMinute);',
    'return 0;',
    test('limits'),
  ),
  one(
    'the origin of a handshake is not looked at',
    'apps/signaling/src/server.ts',
    'if (!isOriginAllowed(request.headers, originRule))',
    'if (false)',
    test('origins'),
  ),
  one(
    'http origins are taken in production',
    'apps/signaling/src/config.ts',
    "} else if (production && !origin.startsWith('https://')) {",
    '} else if (false) {',
    test('config'),
  ),
  one(
    'any page may use the admin port',
    'apps/signaling/src/ops/admin-ui.ts',
    'decide(null, isOwnOrigin(request))',
    'decide(null, true)',
    test('admin-ui'),
  ),
  {
    defect: 'the admin UI takes commands',
    edits: [
      { file: 'apps/signaling/src/ops/admin-ui.ts', from: 'socket.use(() => {});\n', to: '' },
      { file: 'apps/signaling/src/ops/admin-ui.ts', from: 'readonly: true,', to: 'readonly: false,' },
    ],
    red: [test('admin-ui')],
  },
  one(
    'the admin UI listens to the world',
    'apps/signaling/src/ops/admin-ui.ts',
    "if (!isLoopbackAddress(host)) throw new Error('the admin UI may only listen on a loopback address');",
    '',
    test('admin-ui'),
  ),
  one(
    'a server without an admin login does not start',
    'apps/signaling/src/config.ts',
    "if (username === '' && passwordHash === '') return undefined;",
    '',
    test('config'),
  ),
  one(
    'a malformed admin login is taken as it is',
    'apps/signaling/src/ops/admin-login.ts',
    'return byPassword.success ? admitByPassword(byPassword.output) : INVALID;',
    'return admitByPassword(auth as v.InferOutput<typeof ByPassword>);',
    test('admin-ui-login'),
  ),
  one(
    'admin passwords can be tried without end',
    'apps/signaling/src/ops/admin-login.ts',
    'if (attempts >= ATTEMPTS_MAX) return false;',
    '',
    test('admin-ui-login'),
  ),
  one(
    'a token is checked once',
    'apps/signaling/src/transports/socket-line.ts',
    'if (this.#parts.now() > this.#principal.expiresAt + TOKEN_GRACE_MS) {',
    'if (false) {',
    test('sign-in'),
  ),
  one(
    'an unknown path is never answered',
    'apps/signaling/src/server.ts',
    "if (!known) return context.json(refusal('not-found'), 404);",
    'if (!known) return new Promise<never>(() => {});',
    test('http'),
  ),
  one(
    'a third party’s STUN server is built in',
    'apps/signaling/src/config.ts',
    "stunUrls: read.list('STUN_URLS', /^stuns?:[^\\s,]+$/),",
    "stunUrls: ['stun:stun.example.org'],",
    test('config'),
  ),
];

const ENGINE: Mutation[] = [
  {
    defect: 'held candidates go to the next partner',
    edits: [
      {
        file: PEER,
        from: '  #held: RTCIceCandidateInit[] = [];',
        to: '  get #held() { return everybodysHeld; }\n  set #held(held) { everybodysHeld = held; }',
      },
      {
        file: PEER,
        from: '/** Candidates held for',
        to: 'let everybodysHeld: RTCIceCandidateInit[] = [];\n/** Candidates held for',
      },
    ],
    red: [callTest('peer')],
  },
  one(
    'a way that is down for a moment ends the call',
    MACHINE,
    "    case 'media-lost':\n      return step(\n        {\n          status: 'reconnecting',",
    "    case 'media-lost':\n      if (Date.now() > 0) return part(state, 'lost', { type: 'leave', matchId: state.match.matchId });\n" +
      "      return step(\n        {\n          status: 'reconnecting',",
    callTest('machine'),
    callTest('two-calls'),
  ),
  one(
    'the answerer never applies the candidates it held',
    PEER,
    '    this.#emitDescription();\n    await this.#settle();\n',
    '    this.#emitDescription();\n',
    callTest('peer'),
  ),
  one(
    'what the former partner sent goes to the next one’s connection',
    'packages/call/src/call.ts',
    "if ('matchId' in event && !this.#isHeard(event.matchId, event.type)) return;",
    '',
    callTest('call'),
  ),
  one(
    'a text that comes twice is shown twice, and one that was overtaken never',
    TEXTS,
    'const isNext = seq === this.#heard + 1;',
    'this.#heard = seq - 1;\n    const isNext = true;',
    callTest('texts'),
    callTest('fuzz'),
  ),
  one(
    'texts wait for the server although the two are connected',
    TEXTS,
    'if (this.#parts.isCut()) this.#sayDirectly(seq, text);',
    '',
    callTest('texts'),
    callTest('two-calls'),
  ),
  one(
    'a text overtakes the one that was refused for a moment, which then counts as a repeat',
    SOCKET_SESSION,
    'if (this.#saying || !next) return;',
    'if (!next) return;',
    callTest('signaling'),
  ),
  one(
    'what was said last before a goodbye is lost',
    'packages/call/src/call.ts',
    'return isText && matchId === this.#texts?.log.matchId;',
    'return false;',
    callTest('two-calls'),
  ),
  one(
    'a candidate that comes before its description is lost',
    PEER,
    'if (this.#held.length < HELD_MAX) this.#held.push(candidate);',
    '',
    callTest('peer'),
  ),
  one(
    'a candidate is given to a browser that has no description for it',
    PEER,
    "if (!this.#connection.remoteDescription || this.#connection.signalingState === 'have-local-offer') {",
    'if (false) {',
    callTest('peer'),
  ),
  one(
    'in a restart, a candidate that overtakes the answer is lost',
    PEER,
    " || this.#connection.signalingState === 'have-local-offer') {",
    ') {',
    callTest('peer'),
  ),
  one('candidates are held without bound', PEER, 'if (this.#held.length < HELD_MAX) ', '', callTest('peer')),
  one(
    'what was held for an offer that was given up is applied to the next',
    PEER,
    'if (collides) this.#held = [];',
    '',
    callTest('peer'),
  ),
  one(
    'Stop tells nobody',
    MACHINE,
    "{ type: 'end-session' }, { type: 'release-media' }",
    "{ type: 'release-media' }",
    ...['machine', 'call', 'two-calls'].map(callTest),
  ),
  one(
    'Stop closes the line without a goodbye',
    SOCKET_SESSION,
    "socket.emit('session:end');",
    '',
    callTest('signaling'),
  ),
  one(
    'Stop leaves camera and microphone on',
    MACHINE,
    "{ type: 'end-session' }, { type: 'release-media' }",
    "{ type: 'end-session' }",
    ...['machine', 'call', 'two-calls'].map(callTest),
  ),
  one(
    'the token is read once, so that who comes back after an hour is refused',
    SOCKET_SESSION,
    'await auth.token({ fresh: this.#refused })',
    'await ((auth as { once?: ReturnType<AuthSource["token"]> }).once ??= auth.token({ fresh: false }))',
    callTest('signaling'),
  ),
  one(
    'a token that the server refused is offered again',
    SOCKET_SESSION,
    'auth.token({ fresh: this.#refused })',
    'auth.token({ fresh: false })',
    callTest('signaling'),
  ),
  {
    defect: 'who waits asks again every 7 seconds',
    edits: [
      {
        file: MACHINE,
        from: "    case 'parted':\n      return state.paused ? []",
        to:
          "    case 'searching':\n      return [{ name: 'countdown', key: `${state.since}`, ms: 7_000 }];\n" +
          "    case 'parted':\n      return state.paused ? []",
      },
      {
        file: MACHINE,
        from: 'return step({ ...state, since: event.since, anyone: event.anyone });',
        to: "return step({ ...state, since: event.since, anyone: event.anyone });\n    case 'timer':\n      return search(state.wishes);",
      },
    ],
    red: [callTest('machine')],
  },
];

const PAGE: Mutation[] = [
  one(
    'an Enter that ends a composition sends the text',
    web('draft'),
    ' && !isComposing && keyCode !== 229',
    '',
    webTest('draft'),
  ),
  one(
    'a text that is too long is sent',
    web('draft'),
    'sendable: is(textSchema, text)',
    "sendable: text.trim() !== ''",
    webTest('draft'),
  ),
  one(
    'Escape in a half-written text is Next',
    web('shortcuts'),
    "return place.on === 'filled-field' ? 'leave-field' : 'next';",
    "return 'next';",
    webTest('shortcuts'),
  ),
  one(
    'a voice chat offers a camera',
    web('controls'),
    "camera: mode === 'video' ?",
    "camera: mode !== 'text' ?",
    webTest('controls'),
  ),
  one(
    'a text passes for another entry of a saved chat',
    web('chat-file'),
    '.split(LINE_BREAK)',
    ".split('\\r\\n')",
    webTest('chat-file'),
  ),
  one(
    'who asked for somebody is not told that it is chance',
    web('chat-log'),
    'if (!isChoosy(wishes)) return MEETINGS[mode];',
    'return MEETINGS[mode];',
    webTest('chat-log'),
  ),
  one(
    'a change of one wish forgets another',
    web('preferences'),
    'interests: [...interests],',
    '',
    webTest('preferences'),
  ),
  one(
    'a number that is not to be shown is shown',
    web('online'),
    'shown: v.literal(true)',
    'shown: v.boolean()',
    webTest('online'),
  ),
];

const TEXT_API: Mutation[] = [
  one(
    'what belongs to an id of the text API stays behind when the id is over',
    'apps/signaling/src/transports/text-api.ts',
    'sessions.delete(id);',
    '',
    test('idle-polls'),
  ),
];

export const MUTATIONS: readonly Mutation[] = [
  ...POOL_AND_MATCHES,
  ...INTERESTS,
  ...SESSIONS,
  ...PRIVACY,
  ...DOORS,
  ...ENGINE,
  ...PAGE,
  ...TEXT_API,
];
