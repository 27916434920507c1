import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

const next = createRequire(import.meta.url).resolve('next/dist/bin/next');

/** Builds and serves an example, before the login server and the API of the environment, or else local ones. */
export async function startExample(folder: string): Promise<void> {
  if (process.env['LOGIN_URL'] === undefined) {
    const { startBackend } = await import('./backend/backend.ts');
    // Access tokens live for a minute, so that their end is met by hand.
    Object.assign(process.env, (await startBackend(60)).environment);
  }
  const built = await once(run(folder, ['build']), 'exit');
  if (built[0] !== 0) throw new Error(`next build failed in ${folder}.`);
  const port = process.env['PORT'] ?? '8084';
  const server = run(folder, ['start', '--hostname', '127.0.0.1', '--port', port]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => server.kill(signal));
  server.once('exit', (status) => process.exit(status ?? 0));
}

function run(folder: string, args: readonly string[]): ChildProcess {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  const child = spawn(process.execPath, [next, ...args], {
    cwd: folder,
    env,
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    const origin = /Local: +(http\S+)/u.exec(text)?.[1];
    if (origin !== undefined) console.log(`Open ${origin}`);
  });
  return child;
}
