import { type ChildProcess, spawn } from 'node:child_process';
import { bin, root } from './run.ts';

// Watch mode of both apps. The page comes from Vite, which passes /socket.io and /api on to the server.
const children: ChildProcess[] = [];

function watch(command: string, args: string[], cwd: string, env: Record<string, string>): void {
  const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  child.on('exit', (code) => {
    for (const other of children) other.kill();
    process.exitCode = code ?? 0;
  });
  children.push(child);
}

watch(process.execPath, ['--watch', 'apps/signaling/src/main.ts'], root, {
  SERVE_WEB: 'false',
  ALLOWED_ORIGINS: 'http://localhost:5173',
});
watch(bin('vite', 'apps/web/'), ['dev', '--port', '5173', '--strictPort'], `${root}apps/web`, {});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
