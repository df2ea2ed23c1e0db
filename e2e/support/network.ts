import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright/test';
import type { StrangerOptions } from './stranger.ts';

/** Where this machine and the browser stand on the cable. 198.18.0.0/15 is set aside for tests (RFC 2544). */
const SUBNETS = [
  { host: '198.18.77.1', guest: '198.18.77.2' },
  { host: '198.18.78.1', guest: '198.18.78.2' },
] as const;

/** What is lost of the packets on the cable, silently: no interface goes down, no connection is reset. */
export type Loss = 'all' | 'udp' | { percent: number };

/**
 * A network of its own for one browser: a namespace joined to this machine by a virtual cable that can
 * be cut, for everything at once or for media alone, and moved to another subnet. Linux as root only.
 */
export class CuttableNetwork {
  /** This machine's address as seen from inside, wherever inside is. */
  readonly hostAddress: string = SUBNETS[0].host;
  /** Starts a browser inside. */
  readonly #executablePath: string;
  readonly #name: string;
  readonly #outside: string;
  readonly #inside: string;
  #at = 0;

  private constructor(name: string, outside: string, inside: string, executablePath: string) {
    this.#name = name;
    this.#outside = outside;
    this.#inside = inside;
    this.#executablePath = executablePath;
  }

  /** Why there cannot be one here; undefined if there can. */
  static unavailable(): string | undefined {
    if (process.platform !== 'linux') return 'network namespaces are a thing of Linux';
    if (process.getuid?.() !== 0) return 'making a network namespace needs root';
    return undefined;
  }

  static create(): CuttableNetwork {
    // What an earlier one leaves to the kernel to clear away may still have its names.
    const id = randomInt(100_000);
    const [name, outside, inside] = [`passerby-${id}`, `pby${id}o`, `pby${id}i`];
    ip('netns', 'add', name);
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside);
    ip('link', 'set', inside, 'netns', name);
    for (const { host } of SUBNETS) ip('addr', 'add', `${host}/30`, 'dev', outside);
    ip('link', 'set', outside, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    const debian = '/usr/bin/chromium';
    const browser = existsSync(debian) ? debian : chromium.executablePath();
    const script = join(mkdtempSync(join(tmpdir(), 'passerby-network-')), 'browser');
    writeFileSync(script, `#!/bin/sh\nexec ip netns exec ${name} ${browser} "$@"\n`);
    chmodSync(script, 0o755);
    const network = new CuttableNetwork(name, outside, inside, script);
    network.#plugIn();
    return network;
  }

  /** Where a server of this machine is, as seen from inside. */
  urlOf(port: number): string {
    return `http://${this.hostAddress}:${port}`;
  }

  /** A browser inside, to which the page of that server is as good as a local one: a camera needs a secure page. */
  browser(port: number): Required<Pick<StrangerOptions, 'executablePath' | 'args'>> {
    return {
      executablePath: this.#executablePath,
      args: [`--unsafely-treat-insecure-origin-as-secure=${this.urlOf(port)}`],
    };
  }

  /** Loses packets from now on. */
  cut(loss: Loss = 'all'): void {
    const which =
      loss === 'all' ? '' : loss === 'udp' ? 'meta l4proto udp' : `numgen random mod 100 < ${loss.percent}`;
    nft(
      `add table inet ${this.#table}`,
      `add chain inet ${this.#table} in { type filter hook input priority -300; }`,
      `add chain inet ${this.#table} out { type filter hook output priority -300; }`,
      `add rule inet ${this.#table} in iifname ${this.#outside} ${which} drop`,
      `add rule inet ${this.#table} out oifname ${this.#outside} ${which} drop`,
    );
  }

  /** What the browser sends passes at so many kbit/s from now on, or waits, and is lost where it waits for long. */
  narrow(kbps: number): void {
    const narrow = ['rate', `${kbps}kbit`, 'burst', '5kb', 'latency', '300ms'];
    ip('netns', 'exec', this.#name, 'tc', 'qdisc', 'replace', 'dev', this.#inside, 'root', 'tbf', ...narrow);
  }

  heal(): void {
    nft(`delete table inet ${this.#table}`);
  }

  /** The browser's end is pulled out. */
  unplug(): void {
    ip('-n', this.#name, 'link', 'set', this.#inside, 'down');
    ip('-n', this.#name, 'addr', 'flush', 'dev', this.#inside);
  }

  /** After {@link unplug}: it is back with an address in another subnet. */
  plugInElsewhere(): void {
    this.#at = (this.#at + 1) % SUBNETS.length;
    this.#plugIn();
  }

  remove(): void {
    try {
      this.heal();
    } catch {
      // It was not cut.
    }
    ip('link', 'del', this.#outside);
    ip('netns', 'del', this.#name);
  }

  #plugIn(): void {
    const { host, guest } = SUBNETS[this.#at] ?? SUBNETS[0];
    ip('-n', this.#name, 'addr', 'add', `${guest}/30`, 'dev', this.#inside);
    ip('-n', this.#name, 'link', 'set', this.#inside, 'up');
    ip('-n', this.#name, 'route', 'add', 'default', 'via', host);
  }

  get #table(): string {
    return this.#name.replace('-', '_');
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

function nft(...lines: string[]): void {
  execFileSync('nft', [lines.join('\n')], { stdio: 'pipe' });
}
