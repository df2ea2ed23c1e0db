import { one, type Mutation } from './mutation.ts';

const MACHINE = 'packages/call/src/machine.ts';
const PEER = 'packages/call/src/peer.ts';
const TEXTS = 'packages/call/src/texts.ts';
const SOCKET_SESSION = 'packages/call/src/socket-session.ts';
const callTest = (name: string): string => `packages/call/test/${name}.test.ts`;

/** Of the call engine. */
export const ENGINE: readonly Mutation[] = [
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
    'a network that changed while there was no line is noticed only by the silence',
    'packages/call/src/call.ts',
    'if (pending && pending === this.#restart.pending) this.#restartIce();',
    '',
    callTest('two-calls'),
    callTest('call'),
  ),
  one(
    'after a cut the picture waits until the partner’s browser asks for a whole one',
    'packages/call/src/media-watch.ts',
    'if (this.#silent && pulse) this.#parts.onreturn();',
    '',
    callTest('peer'),
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
    'a search that was refused, and brought a match all the same, is asked for again and ends it',
    SOCKET_SESSION,
    '        this.#outbox.found();\n',
    '',
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
    'a match that was never connected is said to have been left by the user',
    'packages/call/src/ending.ts',
    "event.type === 'next' || event.type === 'waiting' ? 'me' : 'failed'",
    "'me'",
    callTest('ending'),
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
    'each connection is the first of its client',
    'packages/call/src/signaling.ts',
    '({ id, attempt: ++attempt })',
    '({ id: randomId(), attempt: ++attempt })',
    callTest('signaling'),
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
        from: 'return step(waiting(state.wishes, event));',
        to: "return step(waiting(state.wishes, event));\n    case 'timer':\n      return search(state.wishes);",
      },
    ],
    red: [callTest('machine')],
  },
  one(
    'texts that a server forgot are not said again',
    'packages/call/src/outbox.ts',
    'this.#pending = [...this.#taken, ...this.#pending];',
    '',
    callTest('signaling'),
  ),
  one(
    'a match that is over is asked for again',
    SOCKET_SESSION,
    'if (matchId === undefined || matchId === this.#proof?.matchId) this.#proof = undefined;',
    '',
    callTest('signaling'),
  ),
];
