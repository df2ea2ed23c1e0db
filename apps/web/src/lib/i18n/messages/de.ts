import { formatsOf } from '../formats.ts';
import type * as en from './en.ts';

const format = formatsOf('de');
const { number, plural, all, any } = format;

export const site: typeof en.site = {
  format,

  noscript: (app) => `${app} braucht JavaScript für die Anrufe.`,

  toStart: (app) => `${app}, zur Startseite`,

  pageLanguage: 'Sprache der Seite',

  pages: {
    rules: 'Regeln',
    safety: 'Sicher bleiben',
    privacy: 'Datenschutz',
    about: 'Über diese Seite',
    test: 'Verbindungstest',
    source: 'Quelltext',
  },

  appearance: {
    label: 'Darstellung',
    themes: { system: 'Wie mein Gerät', dark: 'Dunkel', light: 'Hell' },
  },

  modes: {
    video: { label: 'Video', hint: 'Kamera und Mikrofon' },
    voice: { label: 'Stimme', hint: 'Nur das Mikrofon' },
    text: { label: 'Text', hint: 'Nichts als Worte' },
  },

  landing: {
    title: (app) => `${app}: mit Unbekannten reden, per Video, Stimme oder Text`,
    description:
      'Lerne jemand Unbekanntes kennen, per Video, Stimme oder Text. Redet, solange ihr beide mögt, und zieh weiter, wann du willst.',
    heading: 'Triff Menschen, an denen du sonst vorbeigehst.',
    lead: 'Ein fremder Mensch, ein gutes Gespräch, und jederzeit weiterziehen. Mit Bild, mit Stimme oder schriftlich.',
    start: 'Los geht’s',
    adults: {
      before: 'Für alle ab 18, die sich an ',
      link: 'die Regeln',
      after: ' halten. Kostenlos, ohne Profil.',
    },
    ways: 'Wie du reden kannst',
    here: (people) => `${number(people)} hier`,
    hereNow: (people) =>
      plural(people, {
        one: '1 Mensch ist gerade hier',
        other: `${number(people)} Menschen sind gerade hier`,
      }),
    promises: {
      preview: {
        title: 'Niemand sieht dich, bevor du es willst',
        text: 'Du siehst zuerst dein eigenes Bild und drückst auf Start, wenn es dir gefällt.',
      },
      next: {
        title: 'Ein Knopf, und es geht weiter',
        text: 'Weiter bringt dich sofort zu jemand anderem. Stopp schaltet deine Kamera aus.',
      },
      direct: {
        title: 'Von Browser zu Browser',
        text: 'Bild und Ton sind verschlüsselt, und niemand speichert sie auf einem Server. Nachrichten sind vergessen, sobald sie angekommen sind.',
      },
    },
  },

  error: {
    fault: {
      title: 'Da ist etwas schiefgegangen',
      text: 'Das lag an uns, nicht an dir. Versuche es gleich noch einmal.',
    },
    missing: {
      title: 'Hier ist nichts',
      text: 'Die Adresse führt nirgendwohin. Vielleicht ist ein Tippfehler darin.',
    },
    back: 'Zur Startseite',
  },
};

export const reading: typeof en.reading = {
  rules: {
    title: 'Die Regeln',
    items: {
      adult: {
        lead: 'Du bist mindestens 18.',
        text: 'Ohne Ausnahme; und auch vor deiner Kamera sitzt niemand, der jünger ist.',
      },
      dressed: { lead: 'Du bleibst angezogen.', text: 'Keine Nacktheit, nichts Sexuelles.' },
      kind: { lead: 'Du bist freundlich.', text: 'Kein Hass, keine Drohungen, keine Belästigung.' },
      recording: {
        lead: 'Du nimmst nichts auf.',
        text: 'Was zwischen zwei Menschen geschieht, bleibt unter ihnen.',
      },
      real: {
        lead: 'Du bist echt.',
        text: 'Keine abgespielten Videos, keine Bots, keine Werbung, keine Bitten um Geld.',
      },
      legal: {
        lead: 'Nichts Verbotenes.',
        text: 'Du tust es nicht, bietest es nicht an und fragst nicht danach.',
      },
    },
    close:
      'Jemand hält sich nicht daran? Drücke auf Weiter oder Stopp. Du schuldest niemandem eine Erklärung.',
  },

  safety: {
    title: 'Sicher bleiben',
    items: {
      identity: {
        lead: 'Behalte für dich, wer du bist.',
        text: 'Dein voller Name, deine Adresse, dein Arbeitsplatz, deine Schule und deine Konten gehen Fremde nichts an. Achte darauf, was hinter dir zu sehen ist.',
      },
      recording: {
        lead: 'Rechne damit, dass dich jemand aufnimmt.',
        text: 'Die Regeln verbieten es, aber keine Website kann eine zweite Kamera vor dem Bildschirm verhindern.',
      },
      money: {
        lead: 'Schicke nie Geld, Codes oder Bilder.',
        text: 'Wer darum bittet, und sei die Geschichte noch so traurig, macht damit Geschäfte.',
      },
      threats: {
        lead: 'Jemand droht dir mit einer Aufnahme?',
        text: 'Zahle nicht und schicke nichts weiter. Bewahre auf, was man dir geschickt hat, und geh zur Polizei: Das ist fast überall eine Straftat.',
      },
      leaving: {
        lead: 'Geh, wann immer du willst.',
        text: 'Weiter und Stopp wirken jederzeit, und Bild und Ton enden sofort.',
      },
      abuse: {
        lead: 'Ein Kind ist in Gefahr, oder du siehst Missbrauch?',
        text: 'Wende dich an die Polizei oder an die Meldestelle deines Landes.',
      },
    },
    hotlines: 'Meldestellen nach Land',
  },

  privacy: {
    title: 'Datenschutz',
    call: {
      heading: 'Dein Anruf',
      direct:
        'Bild und Ton gehen verschlüsselt von deinem Browser zum anderen. Sie laufen nicht über den Server dieser Website; nur wo es keinen direkten Weg gibt, leitet ein Relay sie ungelesen weiter.',
      address:
        'Der direkte Weg hat seinen Preis: Der andere Browser kann deine Netzwerkadresse erfahren, und die verrät ungefähr, wo du bist.',
      relay:
        'Der Schalter „Meine Adresse verbergen“ in den Einstellungen des Anrufs schickt stattdessen alles über ein Relay.',
    },
    server: {
      heading: 'Was der Server weiß',
      session:
        'Solange du hier bist: einen zufälligen Namen für deine Sitzung, ob du wartest oder mit wem du redest, und die Netzwerkadresse, von der du kommst. Wenn du gehst, vergisst er die Sitzung. Deine Anrufe sieht und hört er nie.',
      messages:
        'Nachrichten laufen über ihn. Er behält jede, bis sie angekommen ist, und schreibt keine auf. Von den Interessen und Sprachen, die du nennst, erfährt dein Gegenüber nur die gemeinsamen.',
    },
    browser: {
      heading: 'Was dein Browser behält',
      chat: 'Ein Gespräch bleibt im Speicher deines Browsers, bis das nächste beginnt, es sei denn, du speicherst es als Datei.',
      consent: 'Dass du mindestens 18 bist und den Regeln zugestimmt hast.',
      pass: 'Einen Gastpass, bis du den Tab schließt oder dich abmeldest. Darin steht eine Zufallszahl und nichts über dich.',
      settings:
        'Was du hier einstellst: Video, Stimme oder Text, Interessen und Sprachen, welche Kamera, welches Mikrofon und welchen Lautsprecher du gewählt hast, und die Schalter.',
      page: 'Die Sprache und die Darstellung der Seite, wenn du sie gewählt hast, in Cookies: Auch der Server muss sie kennen.',
      offline: 'Eine Seite, die sagt, dass du offline bist.',
    },
    signIn: {
      heading: 'Wenn du dich anmeldest',
      text: 'Die Anmeldung übernimmt Firebase von Google. Dort werden deine E-Mail-Adresse und die Zeiten deiner Anmeldungen gespeichert, und deine Netzwerkadresse wird bekannt. Andere Menschen hier sehen davon nichts. Als Gast gibst du keine E-Mail-Adresse an.',
    },
    not: {
      heading: 'Was es nicht gibt',
      text: 'Keine Werbung, kein Tracking, keine Aufnahmen, kein Profil.',
    },
  },

  about: {
    title: (app) => `Über ${app}`,
    lead: 'Zwei Unbekannte treffen sich und reden, per Video, per Stimme oder schriftlich, solange beide mögen. Das ist alles: kein Publikum, nichts zu sammeln, nichts zu kaufen.',
    software: {
      heading: 'Die Software',
      text: 'Auf dieser Website läuft Passerby, freie Software unter der MIT-Lizenz. Wer mag, darf sie lesen, ändern und damit einen eigenen Ort betreiben.',
      source: 'Der Quelltext dieser Website',
    },
    operator: {
      heading: 'Wer sie betreibt',
      text: 'Wer sie unter dieser Adresse eingerichtet hat: Dort werden Name und Regeln bestimmt und verantwortet, was hier geschieht. Die Entwickler der Software betreiben nichts und erfahren nichts.',
    },
  },

  offline: {
    title: 'Du bist offline',
    text: 'Ohne Verbindung kannst du niemanden treffen. Prüfe dein Netz und versuche es dann noch einmal.',
  },
  maintenance: {
    title: 'Gleich wieder da',
    text: 'Wir arbeiten am Dienst und lassen so lange niemanden herein. Laufende Gespräche gehen weiter.',
  },
  tryAgain: 'Noch einmal versuchen',
};

export const session: typeof en.session = {
  sentences: (parts) => parts.join('. '),

  signIn: {
    title: (app) => `${app}: hereinkommen`,
    consent: {
      heading: 'Bevor es losgeht',
      points: {
        adult: 'Du bist mindestens 18.',
        kind: 'Du bleibst angezogen und bist freundlich.',
        recording: 'Du nimmst niemanden auf.',
        recorded: 'Du rechnest damit, dass andere dich trotzdem aufnehmen könnten.',
      },
      more: { before: 'Das ist das Wichtigste. ', link: 'Alle Regeln', after: ' passen auf eine Seite.' },
      agree: 'Ich bin mindestens 18 und stimme zu',
      leave: 'Verlassen',
    },
    heading: 'Komm herein',
    guest: 'Als Gast weiter',
    guestHint: 'Kein Name, keine Adresse. Dein Pass endet mit diesem Tab.',
    google: 'Weiter mit Google',
    orByEmail: 'oder per E-Mail',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    submit: 'Anmelden',
    create: 'Konto anlegen',
    sendLink: 'Schickt mir lieber einen Anmeldelink',
    linkSent: 'Der Link ist unterwegs. Öffne ihn auf diesem Gerät.',
    finish: 'Anmeldung abschließen',
    linkEmail: 'Die Adresse, an die der Link ging',
    problems: {
      'signed-out': 'Deine Anmeldung ist abgelaufen. Bitte melde dich neu an.',
      unreachable:
        'Der Anmeldedienst ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.',
      'too-many-attempts': 'Zu viele Versuche. Warte bitte eine Minute und versuche es noch einmal.',
      refused: 'Der Dienst hat diese Anmeldung abgelehnt. Bitte versuche es auf einem anderen Weg.',
      'credentials-wrong':
        'E-Mail-Adresse und Passwort passen nicht zusammen. Prüfe beides und versuche es noch einmal.',
      'email-invalid': 'Bitte gib deine E-Mail-Adresse ein, zum Beispiel du@example.org.',
      'email-taken': 'Zu dieser Adresse gibt es schon ein Konto. Melde dich an, statt eines anzulegen.',
      'password-weak': 'Bitte gib ein Passwort mit mindestens sechs Zeichen ein.',
      'popup-closed':
        'Das Fenster wurde geschlossen, bevor du angemeldet warst. Versuche es wieder, wenn du magst.',
      'popup-blocked':
        'Dein Browser hat das Anmeldefenster blockiert. Erlaube es für diese Seite und versuche es noch einmal.',
      'link-invalid': 'Dieser Link wurde schon benutzt oder ist zu alt. Fordere einen neuen an.',
    },
  },

  menu: {
    open: 'Menü',
    signOut: 'Abmelden',
  },

  wishes: {
    heading: 'Wen möchtest du treffen?',
    hint: 'Irgendwen, solange du nichts weiter sagst. Niemand wartet lange: Nach einer Weile sind alle willkommen.',
    modes: 'Wie möchtest du reden?',
    interests: 'Interessen',
    interestsHint: 'Mit Kommas trennen. Wer eines mit dir teilt, wird zuerst gefunden.',
    interestsExample: 'Schach, Katzen, alte Filme',
    interestTooLong: (most) => `Ein Interesse hat höchstens ${number(most)} Zeichen.`,
    interestsTooMany: (most) =>
      `Mehr als ${number(most)} Interessen gehen nicht. Entferne eines, um ein anderes hinzuzufügen.`,
    languages: 'Sprachen',
    otherLanguages: 'Andere Sprachen',
    languagesTooMany: (most) =>
      `Mehr als ${number(most)} Sprachen gehen nicht. Entferne eine, um eine andere hinzuzufügen.`,
    add: 'Hinzufügen',
    addLanguage: (language) => `${language} hinzufügen`,
    remove: (word) => `${word} entfernen`,
    more: (count) => plural(count, { one: '1 weiteres', other: `${number(count)} weitere` }),
    bothLike: (interests) => `Ihr mögt beide ${all(interests)}.`,
    bothSpeak: (languages) => `Ihr sprecht beide ${all(languages)}.`,
    likes: (interests) => `mit Interesse an ${any(interests)}`,
    speaks: (languages) => `mit der Sprache ${any(languages)}`,
    likesOrSpeaks: (interests, languages) =>
      `mit Interesse an ${any(interests)} oder mit der Sprache ${any(languages)}`,
  },

  call: {
    title: (app) => `${app}: Chat`,
    headings: { video: 'Videochat', voice: 'Sprachchat', text: 'Textchat' },
    bar: 'Anruf',
    start: 'Start',
    next: 'Weiter',
    stop: 'Stopp',
    again: 'Wirklich?',
    againHint: 'Drücke noch einmal auf Weiter, um dieses Gespräch zu verlassen',
    microphone: { label: 'Mikrofon', short: 'Mikro', on: 'Mikrofon ein', off: 'Mikrofon aus' },
    camera: { label: 'Kamera', short: 'Kamera', on: 'Kamera ein', off: 'Kamera aus' },
    you: 'Du',
    stranger: 'Gegenüber',
    yourPicture: 'Dein Bild',
    yourCameraOff: 'Deine Kamera ist aus',
    strangersVoice: 'Stimme deines Gegenübers',
    strangersPicture: {
      on: 'Bild deines Gegenübers, Kamera ein',
      off: 'Bild deines Gegenübers, Kamera aus',
    },
    strangersCameraOff: 'Kamera aus',
    strangerMuted: 'Dein Gegenüber ist stumm',
    strangerAway: 'Kurz weg',
    announced: { away: 'Dein Gegenüber ist kurz weg', cameraOff: 'Die Kamera deines Gegenübers ist aus' },
    hear: 'Tippen, um zu hören',

    unseen: 'Noch kann dich niemand sehen',
    unheard: 'Noch kann dich niemand hören',
    ready: 'Drücke auf Start, wenn du so weit bist',
    readyAllTheSame: 'Du kannst trotzdem starten',
    videoInvitation:
      'Sieh dich zuerst selbst an, oder fang gleich an. Dein Browser wird nach Kamera und Mikrofon fragen.',
    voiceInvitation: 'Beim Start fragt dein Browser nach dem Mikrofon. Deine Kamera bleibt aus.',
    showCamera: 'Mein Bild zeigen',
    tryMicrophone: 'Mein Mikrofon ausprobieren',
    interrupted: {
      camera: 'Deine Kamera ist unterbrochen. Schalte sie aus und ein, um es neu zu versuchen.',
      microphone: 'Dein Mikrofon ist unterbrochen. Du bist nicht zu hören.',
    },
    fallbacks: {
      camera: {
        gone: 'Deine Kamera ist weg. Eine andere wird benutzt.',
        other: 'Diese Kamera geht gerade nicht. Eine andere wird benutzt.',
      },
      microphone: {
        gone: 'Dein Mikrofon ist weg. Ein anderes wird benutzt.',
        other: 'Dieses Mikrofon geht gerade nicht. Ein anderes wird benutzt.',
      },
    },
    asking: {
      video: {
        status: 'Wir warten auf deine Kamera',
        title: 'Erlaube Kamera und Mikrofon',
        text: 'Wähle im Fenster deines Browsers „Zulassen“. Gesehen wirst du erst, wenn du jemanden triffst.',
      },
      voice: {
        status: 'Wir warten auf dein Mikrofon',
        title: 'Erlaube das Mikrofon',
        text: 'Wähle im Fenster deines Browsers „Zulassen“. Gehört wirst du erst, wenn du jemanden triffst.',
      },
    },
    reachingService: 'Verbindung zum Dienst wird aufgebaut',
    looking: 'Wir suchen jemanden',
    lookingForAnyone: 'Jetzt suchen wir irgendwen',
    nobodyShares: 'Es war niemand da, der deine Wünsche teilt',
    meetAnyone: 'Jetzt irgendwen treffen',
    matchingPaused: 'Die Vermittlung macht gerade Pause',
    keepTrying: 'Wir versuchen es weiter.',
    slowDown: {
      title: 'Ein wenig langsamer',
      text: 'Du bist sehr oft weitergezogen. Die Suche geht von selbst weiter.',
    },
    seconds: (seconds) => `${number(seconds)} s`,
    found: 'Jemand ist da, wir verbinden euch',
    slow: 'Das dauert länger als sonst',
    connecting: 'Wir verbinden euch',
    connected: 'Ihr seid verbunden',
    reconnecting: 'Die Verbindung wird wiederhergestellt',
    waitingForStranger: 'Wir warten auf die Verbindung deines Gegenübers',
    notConnected: 'Nicht verbunden',

    partings: {
      skipped: 'Dein Gegenüber ist weitergezogen',
      left: 'Dein Gegenüber ist gegangen',
      ended: 'Dein Gegenüber ist gegangen',
      lost: 'Die Verbindung zu deinem Gegenüber ist abgerissen',
      moderated: 'Dieses Gespräch wurde von der Moderation beendet',
      failed: 'Wir konnten euch nicht verbinden',
    },
    tryingAnother: 'Wir versuchen es mit jemand anderem.',
    nextSoon: (seconds) =>
      plural(seconds, { one: 'Weiter in 1 Sekunde', other: `Weiter in ${number(seconds)} Sekunden` }),
    nextSoonText: 'Gleich suchen wir jemand Neues.',
    paused: 'Angehalten',
    pausedText: 'Drücke auf Weiter, wenn du so weit bist.',

    stillThere: {
      title: 'Bist du noch da?',
      text: 'Eine Weile ist niemand vorbeigekommen. Wir suchen weiter, solange du da bist.',
      yes: 'Ich bin da',
    },
    cannotConnect: {
      title: 'Anrufe kommen nicht zustande',
      text: 'Wir konnten dich mehrmals nicht verbinden. Vielleicht lässt dein Netz wenig durch. Wir suchen weiter.',
      test: 'Verbindung prüfen',
      keepTrying: 'Weiter versuchen',
    },
    searchPaused: {
      title: 'Suche angehalten',
      text: 'Du warst anscheinend nicht da, also haben wir niemanden zu dir geschickt.',
      goOn: 'Weitersuchen',
    },

    beckons: {
      matched: 'Da ist jemand',
      parted: 'Dein Gegenüber ist gegangen',
      unread: (count) =>
        plural(count, { one: '1 neue Nachricht', other: `${number(count)} neue Nachrichten` }),
    },

    pause: 'Anhalten',
    resume: 'Fortsetzen',
    tryAgain: 'Noch einmal versuchen',
    startAgain: 'Neu starten',
    continueWithout: 'Ohne weitermachen',
    continueWithText: 'Mit Text weitermachen',
    continueWithVoice: 'Mit Stimme weitermachen',
    askAgain: 'Noch einmal fragen',
    signInAgain: 'Neu anmelden',
    useHere: 'Hier verwenden',

    failures: {
      'media-refused': {
        title: 'Kamera und Mikrofon sind blockiert',
        camera: 'Deine Kamera ist blockiert',
        microphone: 'Dein Mikrofon ist blockiert',
        text: 'Erlaube dieser Seite den Zugriff über das Symbol neben ihrer Adresse und versuche es noch einmal.',
      },
      'media-dismissed': {
        title: 'Kamera und Mikrofon wurden nicht erlaubt',
        camera: 'Die Kamera wurde nicht erlaubt',
        microphone: 'Das Mikrofon wurde nicht erlaubt',
        text: 'Die Frage des Browsers wurde geschlossen. Frag noch einmal und wähle Zulassen.',
      },
      'media-system': {
        title: 'Dein System gibt Kamera und Mikrofon nicht frei',
        camera: 'Dein System gibt die Kamera nicht frei',
        microphone: 'Dein System gibt das Mikrofon nicht frei',
        text: 'Der Browser darf nicht darauf zugreifen. Erlaube es in den Datenschutz-Einstellungen deines Systems und versuche es noch einmal.',
      },
      'media-missing': {
        title: 'Weder Kamera noch Mikrofon gefunden',
        camera: 'Keine Kamera gefunden',
        microphone: 'Kein Mikrofon gefunden',
        text: 'Schließe das Gerät an oder schalte es ein und versuche es noch einmal.',
      },
      'media-busy': {
        title: 'Kamera und Mikrofon werden gerade benutzt',
        camera: 'Deine Kamera wird gerade benutzt',
        microphone: 'Dein Mikrofon wird gerade benutzt',
        text: 'Schließe das Programm oder den Tab, der darauf zugreift, und versuche es noch einmal.',
      },
      'media-insecure': {
        title: 'Diese Seite darf keine Kamera verwenden',
        camera: 'Diese Seite darf keine Kamera verwenden',
        microphone: 'Diese Seite darf kein Mikrofon verwenden',
        text: 'Browser erlauben das nur Seiten, die über https kommen. Bitte sag denen Bescheid, die diese Website betreiben.',
      },
      'media-unknown': {
        title: 'Kamera und Mikrofon ließen sich nicht starten',
        camera: 'Deine Kamera ließ sich nicht starten',
        microphone: 'Dein Mikrofon ließ sich nicht starten',
        text: 'Zieh das Gerät ab und steck es wieder an, oder starte den Browser neu, und versuche es noch einmal.',
      },
      'signed-out': {
        title: 'Deine Anmeldung ist abgelaufen',
        text: 'Melde dich neu an, dann bist du gleich wieder hier.',
      },
      elsewhere: {
        title: 'In einem anderen Tab oder Gerät geöffnet',
        text: 'Du kannst nur an einem Ort zugleich sein.',
      },
      'too-many-connections': {
        title: 'Zu viele Verbindungen aus deinem Netz',
        text: 'Schließe andere Tabs dieser Website oder warte eine Minute, und versuche es noch einmal.',
      },
      'server-unreachable': {
        title: 'Der Dienst ist nicht erreichbar',
        text: 'Prüfe deine Verbindung und versuche es noch einmal.',
      },
      'webrtc-unsupported': {
        title: 'Dieser Browser kann nicht anrufen',
        text: 'Bitte nimm einen aktuellen Firefox, Chrome, Edge oder Safari.',
      },
      'session-ended': {
        title: 'Deine Sitzung ist beendet',
        text: 'Der Dienst hat sie geschlossen. Du kannst eine neue beginnen.',
      },
      'page-outdated': {
        title: 'Es gibt eine neuere Version',
        text: 'Diese Seite ist zu alt, um damit jemanden zu treffen.',
      },
    },
    unseenAndUnheard: 'Fremde können dich weder sehen noch hören.',
    soundOnly: 'Es geht nur mit Ton weiter.',
    unheardByStrangers: 'Fremde können dich nicht hören.',

    serviceLost: 'Die Verbindung zum Dienst ist weg',
    strangersServiceLost: 'Die Verbindung deines Gegenübers zum Dienst ist unterbrochen',
    callContinues: 'Euer Anruf geht weiter.',
    mayComeBack: 'Vielleicht kommt sie wieder.',
    weak: {
      own: 'Schwache Verbindung: deine',
      partner: 'Schwache Verbindung: die deines Gegenübers',
      unknown: 'Schwache Verbindung',
    },
    withoutPicture: 'Ohne Bild klingst du besser.',

    updateNow: 'Neue Version bereit',
    updateLater: 'Neue Version bereit. Sie kommt, wenn du stoppst.',
    update: 'Aktualisieren',
  },

  stage: {
    more: 'Mehr',
    show: 'Zeigen',
    blur: 'Gegenüber unscharf',
    volume: 'Lautstärke',
    hideOwn: 'Mein Bild ausblenden',
    moveOwn: 'Mein Bild verschieben',
    pictureInPicture: 'Bild im Bild',
    fullScreen: 'Vollbild',
  },

  report: {
    open: 'Melden',
    title: 'Jemanden melden',
    lead: 'Solange dies offen ist, siehst und hörst du dein Gegenüber nicht.',
    whom: {
      label: 'Um wen geht es?',
      now: 'Wer gerade da ist',
      last: 'Das letzte Gegenüber',
      before: 'Das Gegenüber davor',
    },
    reason: 'Was ist nicht in Ordnung?',
    reasons: {
      minor: 'Jemand unter 18',
      sexual: 'Nacktheit oder Sexuelles',
      harassment: 'Hass oder Belästigung',
      danger: 'Drohungen oder Gewalt',
      recording: 'Nimmt mich auf',
      spam: 'Bot, Werbung oder Betrug',
      illegal: 'Anderes, das verboten ist',
      other: 'Etwas anderes',
    },
    urgent: 'Ist jemand in Gefahr, ruf bitte auch die Polizei.',
    note: 'Sollen wir noch etwas wissen? (freiwillig)',
    tooLong: (most) => `Höchstens ${number(most)} Zeichen.`,
    withTexts: 'Die letzten Nachrichten mitschicken',
    cancel: 'Abbrechen',
    send: 'Meldung senden',
    sending: 'Wird gesendet',
    failed: 'Die Meldung wurde nicht gesendet. Prüfe deine Verbindung und versuche es noch einmal.',
    thanks: 'Danke. Du wirst dieser Person nicht noch einmal begegnen.',
    block: 'Blockieren',
    blocked: 'Blockiert. Du wirst dieser Person nicht noch einmal begegnen.',
    notBlocked: 'Blockieren hat nicht geklappt. Du kannst die Person noch melden.',
  },

  brokenRules: {
    minor: 'Niemand unter 18 darf hier sein.',
    sexual: 'Keine Nacktheit und nichts Sexuelles.',
    harassment: 'Kein Hass und keine Belästigung.',
    danger: 'Keine Drohungen und keine Gewalt.',
    recording: 'Niemand darf aufgenommen werden.',
    spam: 'Keine Bots, keine Werbung, kein Betrug.',
    illegal: 'Nichts, was verboten ist.',
    other: 'Die Regeln hier gelten für alle.',
  },

  warned: {
    title: 'Das ist eine Verwarnung',
    happened: 'Was geschehen ist',
    happenedText: (moment) => `Du hast diese Regel verletzt: ${moment}.`,
    next: 'Wie es weitergeht',
    nextText:
      'Wenn es dabei bleibt, geschieht nichts. Beim nächsten Mal wirst du eine Zeit lang ausgesperrt.',
    understood: 'Verstanden',
  },

  banned: {
    tab: (app) => `${app}: ausgesperrt`,
    title: 'Du bist ausgesperrt',
    from: 'Seit',
    until: 'Bis',
    forGood: 'Auf Dauer',
    caseId: 'Fallnummer',
    possible: 'Was du noch kannst',
    reading: { before: 'Lies ', link: 'die Regeln', after: ' und die anderen Seiten.' },
    appeal: 'Einspruch',
    appealText: 'Wenn du das für falsch hältst, sag warum. Ein Mensch liest es.',
    appealLabel: 'Warum ist es falsch?',
    appealSend: 'Einspruch senden',
    appealFailed: 'Der Einspruch wurde nicht gesendet. Prüfe deine Verbindung und versuche es noch einmal.',
    appeals: {
      made: 'Dein Einspruch ist da. Ein Mensch wird ihn lesen.',
      rejected: 'Dein Einspruch wurde gelesen, und es bleibt bei der Entscheidung.',
    },
    free: 'Ein Einspruch kostet nichts, und niemand lässt dich gegen Geld wieder herein. Wer das sagt, will dich betrügen.',
  },

  greenRoom: {
    label: 'Bevor es losgeht',
    cameraWorks: 'Deine Kamera funktioniert',
    microphoneWorks: 'Dein Mikrofon funktioniert',
    cannotHear: 'Wir hören dich nicht',
    cannotHearHint: 'Sag etwas, oder wähle ein anderes Mikrofon.',
    connection: 'Verbindung',
    connectionChecking: 'Deine Verbindung wird geprüft',
    connectionWorks: 'Deine Verbindung taugt für Anrufe',
    connectionSilent: 'Dein Netz lässt wenig durch: Manche Anrufe kommen vielleicht nicht zustande',
    connectionUnknown: 'Die Verbindung ließ sich nicht prüfen',
    devices: 'Geräte',
  },

  test: {
    tab: (app) => `${app}: Verbindungstest`,
    title: 'Verbindungstest',
    lead: 'Was Anrufe brauchen, wie es dieser Browser vorfindet. Keine Kamera geht an, und nichts wird behalten.',
    testing: 'Wird geprüft',
    again: 'Noch einmal prüfen',
    toChat: 'Zum Chat',
    service: 'Der Dienst',
    transports: {
      stun: 'STUN, für direkte Anrufe',
      'turn-udp': 'Relais über UDP',
      'turn-tcp': 'Relais über TCP',
      'turn-tls': 'Relais über TLS',
    },
    answered: (ms) => `Antwort nach ${number(ms)} ms`,
    silent: 'Keine Antwort',
    none: 'Gibt es hier nicht',
    untested: 'Ließ sich nicht prüfen',
    devices: (count) => `${number(count)} gefunden`,
    devicesAnd: (count, permission) => `${number(count)} gefunden, ${permission}`,
    permissions: { granted: 'erlaubt', denied: 'blockiert', prompt: 'noch nicht gefragt' },
    copy: 'Bericht kopieren',
    copied: 'Kopiert. Keine Adresse steht darin.',
    copyFailed: 'Kopieren ging nicht. Hier ist er:',
    report: 'Bericht',
  },

  deviceHelp: {
    blocked: {
      chrome:
        'Drücke auf das Symbol vor der Adresse und schalte Kamera und Mikrofon ein. Das Bild kommt von selbst.',
      edge: 'Drücke auf das Schloss vor der Adresse, dann auf Berechtigungen für diese Website, und wähle bei Kamera und Mikrofon Zulassen.',
      firefox:
        'Drücke auf die durchgestrichene Kamera vor der Adresse und entferne die Sperre mit dem × daneben. Versuche es dann noch einmal.',
      safari:
        'Wähle im Menü Safari die Einstellungen für diese Website und bei Kamera und Mikrofon Erlauben. Versuche es dann noch einmal.',
      ios: 'Drücke auf das Symbol neben der Adresse, dann auf Website-Einstellungen, und wähle bei Kamera und Mikrofon Erlauben.',
      android:
        'Drücke auf das Symbol vor der Adresse, dann auf Berechtigungen, und erlaube Kamera und Mikrofon.',
    },
    system: {
      macos:
        'Öffne in den Systemeinstellungen Datenschutz & Sicherheit, schalte deinen Browser bei Kamera und bei Mikrofon ein und starte ihn neu.',
      windows:
        'Öffne in den Einstellungen Datenschutz & Sicherheit und lass Desktop-Apps Kamera und Mikrofon verwenden.',
      ios: 'Öffne die Einstellungen, dann unter Apps deinen Browser, und schalte Kamera und Mikrofon ein.',
      android: 'Öffne Einstellungen, Apps, deinen Browser, Berechtigungen, und erlaube Kamera und Mikrofon.',
      windowsBusy:
        'Schließe das Programm oder den Tab, der darauf zugreift. Gibt es keinen, sieh in den Einstellungen unter Datenschutz & Sicherheit bei Kamera und Mikrofon nach.',
      macMissing:
        'Schließe ein Gerät an. Ist es da, schalte deinen Browser in den Systemeinstellungen unter Datenschutz & Sicherheit bei Kamera und Mikrofon ein.',
    },
  },

  settings: {
    title: 'Einstellungen',
    close: 'Schließen',
    devices: {
      title: 'Kamera, Mikrofon, Lautsprecher',
      camera: 'Kamera',
      microphone: 'Mikrofon',
      speaker: 'Lautsprecher',
      byBrowser: 'Wie der Browser wählt',
      unnamed: (place) => `Gerät ${number(place)}`,
      unknown: 'Deine Geräte haben Namen, sobald sie erlaubt sind.',
      allow: 'Kamera und Mikrofon erlauben',
      test: 'Einen Ton abspielen',
      testing: 'Hör hin',
      testFailed: 'Dort ließ sich kein Ton abspielen.',
    },
    quality: {
      title: 'Qualität',
      dataSaver: 'Daten sparen',
      dataSaverHint: 'Dein Bild wird klein gesendet. Was die andere Seite sendet, entscheidet sie selbst.',
      estimate: (gigabytes) => `Höchstens ${number(gigabytes)} GB in der Stunde gehen hinaus.`,
    },
    habits: {
      title: 'Verhalten',
      blurFirst: { label: 'Zuerst unscharf', hint: 'Du entscheidest, wann du hinsiehst.' },
      autoNext: {
        label: 'Von selbst weiter',
        hint: 'Nach jedem Gespräch wird nach 3 Sekunden weitergesucht.',
      },
      mirrored: { label: 'Mein Bild spiegeln', hint: 'Andere sehen dich immer richtig herum.' },
      sounds: {
        label: 'Töne',
        hint: 'Wenn jemand gefunden ist oder geht, und bei Nachrichten, die du nicht siehst.',
      },
      confirmSkip: { label: 'Vor „Weiter“ nachfragen', hint: 'Dann musst du zweimal drücken, um zu gehen.' },
      confirm: { auto: 'Nach 15 Sekunden', always: 'Immer', never: 'Nie' },
    },
    keys: {
      title: 'Tasten',
      shift: 'Umschalt',
      space: 'Leertaste',
      talk: 'Sprechen, solange du sie hältst und stumm bist',
      commands: {
        microphone: 'Mikrofon ein oder aus',
        camera: 'Kamera ein oder aus',
        chat: 'Nachricht schreiben',
        blur: 'Gegenüber unscharf',
        'own-picture': 'Mein Bild ausblenden',
        'full-screen': 'Vollbild',
        'picture-in-picture': 'Bild im Bild',
        settings: 'Einstellungen',
        report: 'Melden',
      },
      hint: 'Wähle eine Taste aus und drücke eine andere. Mit Alt wirken sie auch beim Schreiben.',
      refused: (key) => `${key} ist vergeben oder geht nicht.`,
      single: 'Einzelne Buchstaben verwenden',
      reset: 'Tasten zurücksetzen',
    },
    privacy: {
      title: 'Privatsphäre',
      hideAddress: 'Meine Adresse verbergen',
      hideAddressHint:
        'Vom nächsten Menschen an laufen Anrufe über ein Relay, und Fremde sehen nicht, von wo du verbunden bist.',
      forget: 'Meine Daten löschen',
      forgetSure: 'Ja, löschen',
      keep: 'Behalten',
      forgetHint:
        'Einstellungen, Geräte, Interessen und die Anmeldung werden aus diesem Browser gelöscht, und ein Gespräch endet. Der Server behält nichts von dir. Ein Konto, falls du eins hast, bleibt bestehen.',
    },
  },

  chat: {
    label: 'Chat',
    last: 'Dein letzter Chat',
    log: 'Gespräch',
    save: 'Chat speichern',
    message: 'Nachricht',
    send: 'Senden',
    retry: 'Noch einmal',
    hint: 'Schreib etwas',
    nobody: 'Niemand zum Schreiben da',
    tooLong: 'Zu lang. Kürze den Text, um ihn zu senden.',
    length: (length, most) => `${number(length)} / ${number(most)}`,
    typing: 'Dein Gegenüber schreibt',
    heard: (text) => `Neue Nachricht: ${text}`,
    unread: (count) => `${number(count)} neu`,
    problem: 'Eine Nachricht ist nicht angekommen',
    direct: 'direkt gesendet',
    progress: {
      sending: 'Wird gesendet',
      sent: 'Gesendet',
      delivered: 'Angekommen',
      undelivered: 'Nicht angekommen',
    },
    meetings: {
      video: 'Du bist im Videoanruf mit jemand Unbekanntem.',
      voice: 'Du bist im Sprachanruf mit jemand Unbekanntem.',
      text: 'Du schreibst mit jemand Unbekanntem.',
    },
    random: 'Es war niemand da, der deine Wünsche teilt: Diese Begegnung ist Zufall.',
    youLeft: 'Du bist gegangen.',
    parted: (parting) => `${parting}.`,
    fileHeading: {
      video: (date) => `Ein Videochat mit jemand Unbekanntem, ${date}`,
      voice: (date) => `Ein Sprachchat mit jemand Unbekanntem, ${date}`,
      text: (date) => `Ein Textchat mit jemand Unbekanntem, ${date}`,
    },
  },
};
