import { spawn } from 'node:child_process';

export interface Outcome {
  code: number;
  /** Standard output and standard error, as they came. */
  output: string;
  /** Standard output alone. */
  stdout: string;
}

/** Runs a command to its end and collects what it prints; `echo` shows it meanwhile. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; echo?: boolean; env?: Record<string, string> } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
      if (options.echo) process.stdout.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (options.echo) process.stderr.write(text);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? (signal ? 1 : 0), output, stdout });
    });
  });
}

/** The repository's root. */
export const root = new URL('..', import.meta.url).pathname;

/** A tool that the workspace installs. */
export function bin(name: string, folder = ''): string {
  return `${root}${folder}node_modules/.bin/${name}`;
}
