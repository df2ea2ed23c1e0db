import type { CallErrorReason } from '@passerby/call';
import { formatsOf } from '../formats.ts';

// Every word that a reader meets, in English; the type of this object is what another language must have.
// A message is a text, or a function where something is put into it: no placeholders, no parser.

const format = formatsOf('en-GB');
const { number, plural, all, any } = format;

/** What a call that cannot start says. */
export interface FailureWords {
  title: string;
  text: string;
  /** The titles where it is about one device and not about both. */
  camera?: string;
  microphone?: string;
}

const failures: Readonly<Record<CallErrorReason, FailureWords>> = {
  'media-refused': {
    title: 'Your camera and microphone are blocked',
    camera: 'Your camera is blocked',
    microphone: 'Your microphone is blocked',
    text: 'Allow access for this page by the symbol beside its address, then try again.',
  },
  'media-dismissed': {
    title: 'Camera and microphone were not allowed',
    camera: 'Your camera was not allowed',
    microphone: 'Your microphone was not allowed',
    text: "The browser's question was closed. Ask again, and choose Allow.",
  },
  'media-system': {
    title: 'Your system blocks camera and microphone',
    camera: 'Your system blocks the camera',
    microphone: 'Your system blocks the microphone',
    text: 'The browser may not use it. Allow it in the privacy settings of your system, then try again.',
  },
  'media-missing': {
    title: 'No camera or microphone found',
    camera: 'No camera found',
    microphone: 'No microphone found',
    text: 'Plug one in or switch it on, then try again.',
  },
  'media-busy': {
    title: 'Your camera and microphone are in use',
    camera: 'Your camera is in use',
    microphone: 'Your microphone is in use',
    text: 'Close the program or tab that has taken it, then try again.',
  },
  'media-insecure': {
    title: 'This page may not use cameras',
    camera: 'This page may not use cameras',
    microphone: 'This page may not use microphones',
    text: 'Browsers allow that only on pages that come over https. Please tell whoever runs this site.',
  },
  'media-unknown': {
    title: 'Your camera and microphone did not start',
    camera: 'Your camera did not start',
    microphone: 'Your microphone did not start',
    text: 'Unplug it and plug it in again, or restart the browser, then try again.',
  },
  'signed-out': {
    title: 'Your sign-in has ended',
    text: 'Sign in again and you come straight back here.',
  },
  elsewhere: {
    title: 'Open in another tab or device',
    text: 'You can be in one place at a time.',
  },
  'too-many-connections': {
    title: 'Too many connections from your network',
    text: 'Close other tabs of this site, or wait a minute, then try again.',
  },
  'server-unreachable': {
    title: 'We cannot reach the service',
    text: 'Check your connection, then try again.',
  },
  'webrtc-unsupported': {
    title: 'This browser cannot make calls',
    text: 'Please use a current Firefox, Chrome, Edge or Safari.',
  },
  'session-ended': {
    title: 'Your session has ended',
    text: 'The service closed it. You can start a new one.',
  },
  'page-outdated': {
    title: 'There is a newer version',
    text: 'This page is too old to meet anybody with.',
  },
};

/** What every page may say, and the landing page. */
export const site = {
  format,

  noscript: (app: string) => `${app} needs JavaScript for its calls.`,

  toStart: (app: string) => `${app}, to the start`,

  pageLanguage: 'Language of the page',

  pages: {
    rules: 'Rules',
    safety: 'Staying safe',
    privacy: 'Privacy',
    about: 'About',
    test: 'Connection test',
    source: 'Source code',
  },

  appearance: {
    label: 'Appearance',
    themes: { system: 'Same as my device', dark: 'Dark', light: 'Light' },
  },

  modes: {
    video: { label: 'Video', hint: 'Camera and microphone' },
    voice: { label: 'Voice', hint: 'Microphone alone' },
    text: { label: 'Text', hint: 'Nothing but words' },
  },

  landing: {
    title: (app: string) => `${app}: video, voice and text chat with a stranger`,
    description:
      'Meet a stranger by video, voice or text. Talk as long as you both like, and move on whenever you want.',
    heading: 'Meet somebody you would have walked past.',
    lead: 'A stranger, a good talk, and the freedom to move on. By video, by voice, or in writing.',
    start: 'Start',
    adults: {
      before: 'For people of 18 or older who keep ',
      link: 'the rules',
      after: '. Free, no profile.',
    },
    ways: 'Ways to talk',
    here: (people: number) => plural(people, { one: '1 here', other: `${number(people)} here` }),
    hereNow: (people: number) =>
      plural(people, { one: '1 person here now', other: `${number(people)} people here now` }),
    promises: {
      preview: {
        title: 'Nobody sees you before you say so',
        text: 'You look at your own picture first, and press Start when you like it.',
      },
      next: {
        title: 'One button to move on',
        text: 'Next takes you to somebody else at once. Stop switches your camera off.',
      },
      direct: {
        title: 'From browser to browser',
        text: 'Picture and sound are encrypted, and nobody keeps them on a server. Messages are forgotten once they have arrived.',
      },
    },
  },

  error: {
    fault: {
      title: 'Something went wrong',
      text: 'That was our fault, not yours. Please try again in a moment.',
    },
    missing: {
      title: 'There is nothing here',
      text: 'The address leads nowhere. Perhaps it has a typing error.',
    },
    back: 'Back to the start',
  },
};

/** The pages that are there to be read. */
export const reading = {
  rules: {
    title: 'The rules',
    items: {
      adult: {
        lead: 'Be 18 or older.',
        text: 'No exceptions, and no minors in front of your camera either.',
      },
      dressed: { lead: 'Stay dressed.', text: 'No nudity and nothing sexual.' },
      kind: { lead: 'Be kind.', text: 'No hate, no threats, no harassment.' },
      recording: { lead: 'Do not record.', text: 'What happens between two people stays between them.' },
      real: { lead: 'Be real.', text: 'No recorded videos, no bots, no advertising, no asking for money.' },
      legal: { lead: 'Nothing illegal.', text: 'Neither done nor offered nor asked for.' },
    },
    close: 'Somebody breaks them? Press Next or Stop. You owe nobody an explanation.',
  },

  safety: {
    title: 'Staying safe',
    items: {
      identity: {
        lead: 'Keep to yourself who you are.',
        text: 'Your full name, address, workplace, school and accounts are nothing a stranger needs. Look at what can be seen behind you.',
      },
      recording: {
        lead: 'Assume that anybody could record you.',
        text: 'The rules forbid it, but no website can prevent a second camera in front of a screen.',
      },
      money: {
        lead: 'Never send money, codes or pictures.',
        text: 'However sad the story: whoever asks for them does this for a living.',
      },
      threats: {
        lead: 'Somebody threatens you with a recording?',
        text: 'Do not pay and do not send more. Keep what you were sent, and go to the police: this is a crime nearly everywhere.',
      },
      leaving: {
        lead: 'Leave whenever you want.',
        text: 'Next and Stop work at any moment, and picture and sound end at once.',
      },
      abuse: {
        lead: 'A child is in danger, or you see abuse?',
        text: 'Tell the police or the hotline of your country.',
      },
    },
    hotlines: 'Hotlines by country',
  },

  privacy: {
    title: 'Privacy',
    call: {
      heading: 'Your call',
      direct:
        "Picture and sound go from your browser to the other one, encrypted on the way. They do not pass through this site's own server, except that a relay may forward them unread where no direct way exists.",
      address:
        'A direct way has a price: the other browser can learn your network address, which tells roughly where you are.',
      relay:
        'The switch “Hide my address” in the settings of the call sends everything through a relay instead.',
    },
    server: {
      heading: 'What the server knows',
      session:
        'While you are here: a random name for your session, whether you are waiting or with whom you talk, and the network address you come from. It forgets the session when you leave. It never sees or hears your calls.',
      messages:
        'Messages pass through it. It keeps each one until it has arrived, and writes none down. Of the interests and languages you name, the stranger learns only those you share.',
    },
    browser: {
      heading: 'What your browser keeps',
      chat: "A conversation is in your browser's memory until the next one begins, unless you save it as a file.",
      consent: 'That you are 18 or older and agreed to the rules.',
      pass: 'A guest pass, until you close the tab or sign out. It holds a random number, nothing about you.',
      settings:
        'What you set here: your mode, interests and languages, which camera, microphone and speaker you chose, and the switches.',
      page: 'The language and the appearance of the page, if you chose them, in cookies: the server must know them, too.',
      offline: 'One page that says that you are offline.',
    },
    signIn: {
      heading: 'If you sign in',
      text: "Signing in is done by Google's Firebase. It keeps your e-mail address and the times of your sign-ins, and learns your network address. Other people here see none of it. As a guest you give it no address.",
    },
    not: { heading: 'What there is not', text: 'No advertising, no tracking, no recordings, no profile.' },
  },

  about: {
    title: (app: string) => `About ${app}`,
    lead: 'Two strangers meet and talk, by video, by voice or in writing, for as long as both like. That is all there is: no followers, nothing to collect, nothing to buy.',
    software: {
      heading: 'The software',
      text: 'This site runs Passerby, which is free software under the MIT licence. Anybody may read it, change it, and run a place of their own with it.',
      source: 'The source code of this site',
    },
    operator: {
      heading: 'Who runs it',
      text: 'Whoever set it up at this address: they choose its name and its rules, and answer for what happens here. The makers of the software run nothing and learn nothing.',
    },
  },

  offline: {
    title: 'You are offline',
    text: 'You need a connection to meet anyone. Check your network, then try again.',
  },
  maintenance: {
    title: 'Back soon',
    text: 'We are working on the service and let nobody in meanwhile. Conversations that are running go on.',
  },
  /** On the button of both. */
  tryAgain: 'Try again',
};

/** Signing in, and the chat. */
export const session = {
  /** Several sentences or titles that come without their full stops, one after another. */
  sentences: (parts: readonly string[]) => parts.join('. '),

  signIn: {
    title: (app: string) => `${app}: come in`,
    consent: {
      heading: 'Before you start',
      points: {
        adult: 'You are 18 or older.',
        kind: 'You stay dressed and you are kind.',
        recording: 'You do not record anybody.',
        recorded: 'You assume that others might record you all the same.',
      },
      more: { before: 'That is the gist. ', link: 'All the rules', after: ' fit on one page.' },
      agree: 'I am 18 or older and I agree',
      leave: 'Leave',
    },
    heading: 'Come in',
    guest: 'Continue as guest',
    guestHint: 'No name, no address. Your pass ends with this tab.',
    google: 'Continue with Google',
    orByEmail: 'or by e-mail',
    email: 'E-mail address',
    password: 'Password',
    submit: 'Sign in',
    create: 'Create account',
    sendLink: 'Send me a sign-in link instead',
    linkSent: 'The link is on its way. Open it on this device.',
    finish: 'Finish signing in',
    linkEmail: 'The address the link was sent to',
    /** Why it did not work; each names the next step. */
    problems: {
      'signed-out': 'Your sign-in has ended. Please sign in again.',
      unreachable: 'We cannot reach the sign-in service. Check your connection and try again.',
      'too-many-attempts': 'Too many attempts. Please wait a minute and try again.',
      refused: 'The service refused this sign-in. Please try another way.',
      'credentials-wrong': 'E-mail address and password do not match. Check both and try again.',
      'email-invalid': 'Please enter your e-mail address, such as you@example.org.',
      'email-taken': 'There is an account with this address already. Sign in instead of creating one.',
      'password-weak': 'Please enter a password of at least six characters.',
      'popup-closed': 'The window was closed before you were signed in. Try again when you like.',
      'popup-blocked': 'Your browser blocked the sign-in window. Allow it for this page and try again.',
      'link-invalid': 'This link was used already or is too old. Ask for a new one.',
    },
  },

  menu: {
    open: 'Menu',
    signOut: 'Sign out',
  },

  wishes: {
    heading: 'Whom would you like to meet?',
    hint: 'Anyone, unless you say more. Nobody waits for long: after a while anyone is welcome.',
    modes: 'How do you want to talk?',
    interests: 'Interests',
    interestsHint: 'Separate them with commas. People who share one are found first.',
    interestsExample: 'chess, cats, old films',
    interestTooLong: (most: number) => `An interest has at most ${number(most)} characters.`,
    interestsTooMany: (most: number) => `${number(most)} interests are the most. Remove one to add another.`,
    languages: 'Languages',
    otherLanguages: 'Other languages',
    languagesTooMany: (most: number) => `${number(most)} languages are the most. Remove one to add another.`,
    add: 'Add',
    addLanguage: (language: string) => `Add ${language}`,
    remove: (word: string) => `Remove ${word}`,
    /** The end of a list of which not all is named. */
    more: (count: number) => plural(count, { one: '1 more', other: `${number(count)} more` }),
    bothLike: (interests: readonly string[]) => `You both like ${all(interests)}.`,
    bothSpeak: (languages: readonly string[]) => `You both speak ${all(languages)}.`,
    /** Whom one looks for; they follow the title of the search. */
    likes: (interests: readonly string[]) => `who likes ${any(interests)}`,
    speaks: (languages: readonly string[]) => `who speaks ${any(languages)}`,
    likesOrSpeaks: (interests: readonly string[], languages: readonly string[]) =>
      `who likes ${any(interests)}, or who speaks ${any(languages)}`,
  },

  call: {
    title: (app: string) => `${app}: chat`,
    headings: { video: 'Video chat', voice: 'Voice chat', text: 'Text chat' },
    bar: 'Call',
    start: 'Start',
    next: 'Next',
    stop: 'Stop',
    /** What Next says while it wants to be pressed a second time. */
    again: 'Again?',
    againHint: 'Press Next again to leave this stranger',
    microphone: { label: 'Microphone', short: 'Mic', on: 'Microphone on', off: 'Microphone off' },
    camera: { label: 'Camera', short: 'Camera', on: 'Camera on', off: 'Camera off' },
    you: 'You',
    stranger: 'Stranger',
    yourPicture: 'Your picture',
    yourCameraOff: 'Your camera is off',
    strangersVoice: "Stranger's voice",
    strangersPicture: {
      on: "Stranger's picture, camera on",
      off: "Stranger's picture, camera off",
    },
    strangersCameraOff: 'Camera off',
    strangerMuted: 'Stranger is muted',
    strangerAway: 'Stepped away',
    announced: { away: 'The stranger stepped away', cameraOff: 'The stranger’s camera is off' },
    hear: 'Tap to hear',

    unseen: 'Nobody can see you yet',
    unheard: 'Nobody can hear you yet',
    ready: 'Press Start when you are ready',
    readyAllTheSame: 'You can start all the same',
    videoInvitation:
      'Look at yourself first, or start right away. Your browser will ask for camera and microphone.',
    voiceInvitation: 'Your browser will ask for the microphone when you start. Your camera stays off.',
    showCamera: 'Show my camera',
    tryMicrophone: 'Try my microphone',
    /** The system or another program holds it back. */
    interrupted: {
      camera: 'Your camera is interrupted. Switch it off and on to try again.',
      microphone: 'Your microphone is interrupted. You cannot be heard.',
    },
    /** Another device is in use than the one meant; by why the one meant is not. */
    fallbacks: {
      camera: {
        gone: 'Your camera is gone. Another one is in use.',
        other: 'That camera cannot be used just now. Another one is.',
      },
      microphone: {
        gone: 'Your microphone is gone. Another one is in use.',
        other: 'That microphone cannot be used just now. Another one is.',
      },
    },
    asking: {
      video: {
        status: 'Waiting for your camera',
        title: 'Allow camera and microphone',
        text: "Choose Allow in your browser's window. You are seen only once you meet someone.",
      },
      voice: {
        status: 'Waiting for your microphone',
        title: 'Allow the microphone',
        text: "Choose Allow in your browser's window. You are heard only once you meet someone.",
      },
    },
    reachingService: 'Connecting to the service',
    looking: 'Looking for someone',
    lookingForAnyone: 'Looking for anyone now',
    nobodyShares: 'Nobody who shares your wishes was there',
    meetAnyone: 'Meet anyone now',
    matchingPaused: 'Matching is paused for a moment',
    keepTrying: 'We keep trying.',
    /** The seconds until the next search stand on the button. */
    slowDown: {
      title: 'Slow down a little',
      text: 'You have moved on very often. The search goes on by itself.',
    },
    /** A time that is counted, up or down, in little room. */
    seconds: (seconds: number) => `${number(seconds)} s`,
    found: 'Found someone, connecting',
    slow: 'This takes longer than usual',
    connecting: 'Connecting',
    connected: 'You are connected',
    reconnecting: 'Reconnecting',
    waitingForStranger: "Waiting for the stranger's connection",
    notConnected: 'Not connected',

    /** How a match ended that the user did not end; without its full stop. */
    partings: {
      skipped: 'The stranger moved on',
      left: 'The stranger left',
      ended: 'The stranger left',
      lost: 'The connection to the stranger was lost',
      moderated: 'This conversation was ended by a moderator',
      failed: 'We could not connect you two',
    },
    /** After a parting that `failed`. */
    tryingAnother: 'Trying someone else.',
    nextSoon: (seconds: number) =>
      plural(seconds, { one: 'Next in 1 second', other: `Next in ${number(seconds)} seconds` }),
    nextSoonText: 'Looking for someone new in a moment.',
    paused: 'Paused',
    pausedText: 'Press Next when you are ready.',

    stillThere: {
      title: 'Still there?',
      text: 'Nobody has come by for a while. The search goes on as long as you are here.',
      yes: 'I am here',
    },
    /** Several in a row could not be connected. */
    cannotConnect: {
      title: 'Calls do not come about',
      text: 'We could not connect you to several people. Your network may let little through. The search goes on.',
      test: 'Test the connection',
      keepTrying: 'Keep trying',
    },
    searchPaused: {
      title: 'Search paused',
      text: 'You did not seem to be here, so nobody was sent to you.',
      goOn: 'Go on',
    },

    /** What the tab says while the page is not looked at. */
    beckons: {
      matched: 'Somebody is here',
      parted: 'The stranger has gone',
      unread: (count: number) =>
        plural(count, { one: '1 new message', other: `${number(count)} new messages` }),
    },

    pause: 'Pause',
    resume: 'Resume',
    tryAgain: 'Try again',
    startAgain: 'Start again',
    continueWithout: 'Continue without',
    continueWithText: 'Continue with text',
    continueWithVoice: 'Continue with voice',
    askAgain: 'Ask again',
    signInAgain: 'Sign in again',
    useHere: 'Use here',

    failures,
    unseenAndUnheard: 'Strangers can neither see nor hear you.',
    soundOnly: 'You go on with sound only.',
    unheardByStrangers: 'Strangers cannot hear you.',

    serviceLost: 'Connection to the service lost',
    strangersServiceLost: "The stranger's connection to the service is interrupted",
    callContinues: 'Your call continues.',
    mayComeBack: 'They may come back.',
    /** Whose side it is, where that can be told. */
    weak: {
      own: 'Weak connection: yours',
      partner: 'Weak connection: theirs',
      unknown: 'Weak connection',
    },
    withoutPicture: 'You may sound better without your camera.',

    updateNow: 'New version ready',
    updateLater: 'New version ready. It comes when you stop.',
    update: 'Update',
  },

  stage: {
    more: 'More',
    show: 'Show',
    blur: 'Blur the stranger',
    volume: 'Volume',
    hideOwn: 'Hide my picture',
    moveOwn: 'Move my picture',
    pictureInPicture: 'Picture in picture',
    fullScreen: 'Full screen',
  },

  /** Telling those who see to the rules about somebody. */
  report: {
    open: 'Report',
    title: 'Report a stranger',
    lead: 'As long as this is open you neither see nor hear them.',
    whom: {
      label: 'Who is it about?',
      now: 'Whoever is here now',
      last: 'The last one',
      before: 'The one before',
    },
    reason: 'What is wrong?',
    reasons: {
      minor: 'Somebody under 18',
      sexual: 'Nudity, or something sexual',
      harassment: 'Hate or harassment',
      danger: 'Threats or violence',
      recording: 'Recording me',
      spam: 'Bot, advertising or fraud',
      illegal: 'Something else that is illegal',
      other: 'Something else',
    },
    urgent: 'If somebody is in danger, please call the police, too.',
    note: 'Anything else we should know? (optional)',
    tooLong: (most: number) => `At most ${number(most)} characters.`,
    withTexts: 'Include the last messages',
    cancel: 'Cancel',
    send: 'Send report',
    sending: 'Sending',
    failed: 'The report was not sent. Check your connection, then try again.',
    thanks: 'Thanks. You will not meet this person again.',
    block: 'Block',
    blocked: 'Blocked. You will not meet this person again.',
    notBlocked: 'The stranger could not be blocked. You can still report them.',
  },

  /** The rule that somebody is reported, warned or banned for, as they are told. */
  brokenRules: {
    minor: 'Nobody under 18 may be here.',
    sexual: 'No nudity and nothing sexual.',
    harassment: 'No hate and no harassment.',
    danger: 'No threats and no violence.',
    recording: 'Nobody may be recorded.',
    spam: 'No bots, no advertising, no fraud.',
    illegal: 'Nothing that is illegal.',
    other: 'The rules of this place hold for everybody.',
  },

  warned: {
    title: 'This is a warning',
    happened: 'What happened',
    happenedText: (moment: string) => `You broke this rule on ${moment}.`,
    next: 'What comes next',
    nextText: 'Nothing, if it stays at this. If it happens again, you are locked out for some time.',
    understood: 'I understand',
  },

  banned: {
    tab: (app: string) => `${app}: locked out`,
    title: 'You are locked out',
    from: 'Since',
    until: 'Until',
    forGood: 'For good',
    caseId: 'Case number',
    possible: 'What you can still do',
    reading: { before: 'Read ', link: 'the rules', after: ' and the other pages.' },
    appeal: 'Appeal',
    appealText: 'If you think that this is wrong, say why. A person reads it.',
    appealLabel: 'Why is it wrong?',
    appealSend: 'Send appeal',
    appealFailed: 'The appeal was not sent. Check your connection, then try again.',
    appeals: {
      made: 'Your appeal has arrived. A person will read it.',
      rejected: 'Your appeal was read, and the decision stands.',
    },
    free: 'An appeal costs nothing, and nobody can be paid to let you in. Whoever says so wants to cheat you.',
  },

  greenRoom: {
    label: 'Before you start',
    cameraWorks: 'Your camera works',
    microphoneWorks: 'Your microphone works',
    cannotHear: 'We cannot hear you',
    cannotHearHint: 'Say something, or choose another microphone.',
    connection: 'Connection',
    connectionChecking: 'Looking at your connection',
    connectionWorks: 'Your connection is good enough for calls',
    connectionSilent: 'Your network lets little through: some calls may fail',
    connectionUnknown: 'The connection could not be checked',
    devices: 'Devices',
  },

  /** The page that looks whether calls can come about. */
  test: {
    tab: (app: string) => `${app}: connection test`,
    title: 'Connection test',
    lead: 'What calls need, as this browser finds it. No camera is switched on, and nothing is kept.',
    testing: 'Testing',
    again: 'Test again',
    toChat: 'To the chat',
    service: 'The service',
    transports: {
      stun: 'STUN, for direct calls',
      'turn-udp': 'Relay by UDP',
      'turn-tcp': 'Relay by TCP',
      'turn-tls': 'Relay by TLS',
    },
    answered: (ms: number) => `Answered in ${number(ms)} ms`,
    silent: 'No answer',
    none: 'There is none here',
    untested: 'Could not be tested',
    devices: (count: number) => plural(count, { one: '1 found', other: `${number(count)} found` }),
    devicesAnd: (count: number, permission: string) =>
      `${plural(count, { one: '1 found', other: `${number(count)} found` })}, ${permission}`,
    permissions: { granted: 'allowed', denied: 'blocked', prompt: 'not asked for yet' },
    copy: 'Copy report',
    copied: 'Copied. It names no address.',
    copyFailed: 'It could not be copied. Here it is:',
    report: 'Report',
  },

  /** Where a refusal is put right. */
  deviceHelp: {
    blocked: {
      chrome:
        'Press the symbol before the address, and switch Camera and Microphone on. The picture comes by itself.',
      edge: 'Press the lock before the address, then Permissions for this site, and choose Allow for Camera and Microphone.',
      firefox:
        'Press the crossed-out camera before the address, and remove the block by the × beside it. Then try again.',
      safari:
        'In the menu Safari choose Settings for this website, and Allow for Camera and Microphone. Then try again.',
      ios: 'Press the symbol beside the address, then Website Settings, and choose Allow for Camera and Microphone.',
      android: 'Press the symbol before the address, then Permissions, and allow Camera and Microphone.',
    },
    system: {
      macos:
        'In System Settings open Privacy & Security, switch your browser on under Camera and under Microphone, and restart it.',
      windows:
        'In Settings open Privacy & security, and under Camera and Microphone let desktop apps use them.',
      ios: 'Open Settings, then your browser under Apps, and switch Camera and Microphone on.',
      android: 'Open Settings, Apps, your browser, Permissions, and allow Camera and Microphone.',
      windowsBusy:
        'Close the program or tab that has taken it. If there is none, look in Settings, Privacy & security, Camera and Microphone.',
      macMissing:
        'Plug one in. If it is there, switch your browser on in System Settings, Privacy & Security, Camera and Microphone.',
    },
  },

  settings: {
    title: 'Settings',
    close: 'Close',
    devices: {
      title: 'Camera, microphone, speaker',
      camera: 'Camera',
      microphone: 'Microphone',
      speaker: 'Speaker',
      byBrowser: 'As the browser chooses',
      unnamed: (place: number) => `Device ${number(place)}`,
      unknown: 'Your devices have names only once they are allowed.',
      allow: 'Allow camera and microphone',
      test: 'Play a sound',
      testing: 'Listen',
      testFailed: 'No sound could be played there.',
    },
    quality: {
      title: 'Quality',
      dataSaver: 'Save data',
      dataSaverHint: 'Your picture is sent small. What the stranger sends is theirs to choose.',
      /** `gigabytes`: sent in an hour at the most. */
      estimate: (gigabytes: number) => `At most ${number(gigabytes)} GB an hour go out.`,
    },
    habits: {
      title: 'How it behaves',
      blurFirst: { label: 'Blur strangers first', hint: 'You decide when to look.' },
      autoNext: { label: 'Go on by itself', hint: 'After a match the next search begins in 3 seconds.' },
      mirrored: { label: 'Mirror my picture', hint: 'Strangers always see you the right way round.' },
      sounds: {
        label: 'Sounds',
        hint: 'When somebody is found or has gone, and for messages you do not see.',
      },
      confirmSkip: { label: 'Ask before Next', hint: 'Then it takes two presses to leave somebody.' },
      confirm: { auto: 'After 15 seconds', always: 'Always', never: 'Never' },
    },
    keys: {
      title: 'Keys',
      shift: 'Shift',
      space: 'Space',
      talk: 'Talk, while it is held and you are muted',
      commands: {
        microphone: 'Microphone on or off',
        camera: 'Camera on or off',
        chat: 'Write a message',
        blur: 'Blur the stranger',
        'own-picture': 'Hide my picture',
        'full-screen': 'Full screen',
        'picture-in-picture': 'Picture in picture',
        settings: 'Settings',
        report: 'Report',
      },
      hint: 'Go to a key and press another. With Alt they work while you write, too.',
      refused: (key: string) => `${key} is taken, or cannot be used.`,
      single: 'Use single letters',
      reset: 'Reset keys',
    },
    privacy: {
      title: 'Privacy',
      hideAddress: 'Hide my address',
      hideAddressHint:
        'From the next person on, calls go through a relay, and strangers cannot see where you connect from.',
      forget: 'Delete my data',
      forgetSure: 'Yes, delete it',
      keep: 'Keep it',
      forgetHint:
        'Settings, devices, interests and the sign-in are deleted from this browser, and a call ends. The server keeps nothing of you. An account, if you have one, stays.',
    },
  },

  chat: {
    label: 'Chat',
    last: 'Your last chat',
    log: 'Conversation',
    save: 'Save chat',
    message: 'Message',
    send: 'Send',
    retry: 'Retry',
    hint: 'Write a message',
    nobody: 'Nobody to write to',
    tooLong: 'Too long. Shorten it to send it.',
    length: (length: number, most: number) => `${number(length)} / ${number(most)}`,
    typing: 'Stranger is typing',
    heard: (text: string) => `New message: ${text}`,
    unread: (count: number) => `${number(count)} new`,
    problem: 'A message was not delivered',
    direct: 'sent directly',
    progress: { sending: 'Sending', sent: 'Sent', delivered: 'Delivered', undelivered: 'Not delivered' },
    meetings: {
      video: 'You are on a video call with a stranger.',
      voice: 'You are on a voice call with a stranger.',
      text: 'You are chatting with a stranger.',
    },
    random: 'Nobody who shares your wishes was there: this stranger is random.',
    youLeft: 'You left.',
    /** The end of a match as a sentence; `parting`: one of the `call.partings`. */
    parted: (parting: string) => `${parting}.`,
    /** The first line of a saved conversation. */
    fileHeading: {
      video: (date: string) => `A video chat with a stranger, ${date}`,
      voice: (date: string) => `A voice chat with a stranger, ${date}`,
      text: (date: string) => `A text chat with a stranger, ${date}`,
    },
  },
};

/** What every language has. */
export type Messages = typeof site & typeof reading & typeof session;
