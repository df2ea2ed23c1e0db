import { createContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import type { Messages } from './messages/en.ts';
import { loadMessages, type Part } from './page-languages.ts';

/** In which language a page is read; effects that read it run again when another is chosen. */
export interface Locale {
  /** A BCP 47 tag. */
  readonly language: string;
  readonly messages: Messages;
  /** The languages that can be chosen, in the operator's order. */
  readonly offered: readonly string[];
  /** Turns the page to another language, in place; rejects, and changes nothing, where that cannot be loaded. */
  choose(language: string): Promise<void>;
}

/** What a route came with. */
interface Loaded {
  language: string;
  messages: Messages;
  part: Part;
}

interface LocaleParts {
  /** Of the route that is shown; each is loaded in the language that was chosen last. */
  loaded: () => Loaded;
  offered: readonly string[];
  /** Told of each language that is chosen, once the page is in it. */
  onchosen: (language: string) => void;
}

/** One for each page that is rendered, never shared between two: a server renders in many languages at once. */
export function createLocale({ loaded, offered, onchosen }: LocaleParts): Locale {
  /** What was chosen since `instead` was loaded; the next route brings its own. */
  let chosen: (Loaded & { instead: Loaded }) | undefined;
  let wanted: string | undefined;
  let tell = (): void => {};
  const subscribe = createSubscriber((update) => {
    tell = update;
  });

  function current(): Loaded {
    subscribe();
    const route = loaded();
    return chosen?.instead === route ? chosen : route;
  }

  async function choose(language: string): Promise<void> {
    wanted = language;
    const instead = loaded();
    const messages = await loadMessages(language, instead.part);
    // Another was chosen while this one was on its way.
    if (wanted !== language) return;
    // The route changed, and says other things.
    if (loaded() !== instead) return choose(language);
    chosen = { language, messages, part: instead.part, instead };
    tell();
    onchosen(language);
  }

  return {
    offered,
    choose,
    get language() {
      return current().language;
    },
    get messages() {
      return current().messages;
    },
  };
}

/** What a component reads its words from; the root layout gives it. */
export const [getLocale, setLocale] = createContext<Locale>();
