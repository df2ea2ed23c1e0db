/** The protocol of 2010, or that of the later clients. */
export type Dialect = '2010' | 'later';

/** A stranger on the HTTP text API. */
export class TextClient {
  readonly #url: string;
  readonly #dialect: Dialect;
  readonly #id: string;
  readonly #unheard: unknown[][] = [];

  private constructor(url: string, dialect: Dialect, id: string) {
    this.#url = url;
    this.#dialect = dialect;
    this.#id = id;
  }

  /** Looks for somebody. */
  static async start(url: string, dialect: Dialect): Promise<TextClient> {
    const response = await fetch(`${url}/start${dialect === 'later' ? '?rcs=1' : ''}`, { method: 'POST' });
    return new TextClient(url, dialect, (await response.json()) as string);
  }

  /** Polls until an event of that name comes and returns it; those before it are forgotten. */
  async hear(name: string): Promise<unknown[]> {
    for (;;) {
      for (let event = this.#unheard.shift(); event; event = this.#unheard.shift()) {
        if (event[0] === name) return event;
      }
      const events = JSON.parse(await this.#post('events')) as unknown[][] | null;
      // In 2010 an idle poll was answered like one that comes after the end.
      if (events === null && this.#dialect === 'later') throw new Error(`it was over before "${name}" came`);
      this.#unheard.push(...(events ?? []));
    }
  }

  async type(): Promise<void> {
    await this.#post('typing');
  }

  async stopTyping(): Promise<void> {
    await this.#post(this.#dialect === '2010' ? 'typing' : 'stoppedtyping');
  }

  async say(text: string): Promise<void> {
    await this.#post('send', { msg: text });
  }

  async leave(): Promise<void> {
    await this.#post('disconnect');
  }

  async #post(path: string, more: Record<string, string> = {}): Promise<string> {
    const body = new URLSearchParams({ id: this.#id, ...more });
    const response = await fetch(`${this.#url}/${path}`, { method: 'POST', body });
    return response.text();
  }
}
