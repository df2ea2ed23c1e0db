import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright/test';

/**
 * A network of its own for one browser: a namespace joined to this machine by a virtual cable that can
 * be cut for everything at once, signaling and media alike. Linux as root only.
 */
export class CuttableNetwork {
  /** This machine's address as seen from inside. */
  readonly hostAddress: string;
  /** Starts a browser inside. */
  readonly executablePath: string;
  readonly #name: string;
  readonly #outside: string;

  private constructor(name: string, outside: string, hostAddress: string, executablePath: string) {
    this.#name = name;
    this.#outside = outside;
    this.hostAddress = hostAddress;
    this.executablePath = executablePath;
  }

  /** Why there cannot be one here; undefined if there can. */
  static unavailable(): string | undefined {
    if (process.platform !== 'linux') return 'network namespaces are a thing of Linux';
    if (process.getuid?.() !== 0) return 'making a network namespace needs root';
    return undefined;
  }

  static create(): CuttableNetwork {
    const id = process.pid % 10_000;
    const [name, outside, inside] = [`passerby-${id}`, `pby${id}o`, `pby${id}i`];
    // 198.18.0.0/15 is set aside for tests of networks (RFC 2544): nobody's real network is in the way.
    const [host, guest] = ['198.18.77.1', '198.18.77.2'];
    ip('netns', 'add', name);
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside);
    ip('link', 'set', inside, 'netns', name);
    ip('addr', 'add', `${host}/30`, 'dev', outside);
    ip('link', 'set', outside, 'up');
    ip('-n', name, 'addr', 'add', `${guest}/30`, 'dev', inside);
    ip('-n', name, 'link', 'set', inside, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'route', 'add', 'default', 'via', host);
    const debian = '/usr/bin/chromium';
    const browser = existsSync(debian) ? debian : chromium.executablePath();
    const script = join(mkdtempSync(join(tmpdir(), 'passerby-network-')), 'browser');
    writeFileSync(script, `#!/bin/sh\nexec ip netns exec ${name} ${browser} "$@"\n`);
    chmodSync(script, 0o755);
    return new CuttableNetwork(name, outside, host, script);
  }

  /** Every packet is lost from now on, silently: no interface goes down, no connection is reset. */
  cut(): void {
    for (const line of [
      `add table inet ${this.#table}`,
      `add chain inet ${this.#table} in { type filter hook input priority -300; }`,
      `add chain inet ${this.#table} out { type filter hook output priority -300; }`,
      `add rule inet ${this.#table} in iifname ${this.#outside} drop`,
      `add rule inet ${this.#table} out oifname ${this.#outside} drop`,
    ]) {
      execFileSync('nft', [line], { stdio: 'pipe' });
    }
  }

  heal(): void {
    execFileSync('nft', [`delete table inet ${this.#table}`], { stdio: 'pipe' });
  }

  remove(): void {
    try {
      this.heal();
    } catch {
      // It was not cut.
    }
    ip('netns', 'del', this.#name);
  }

  get #table(): string {
    return this.#name.replace('-', '_');
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
