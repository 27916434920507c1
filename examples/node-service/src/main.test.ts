import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emulate, numbers, order } from './service.fixture.ts';
import type { BreezeSettings } from './breeze.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = 'node src/main.ts';

interface Spawned {
  readonly child: ChildProcess;
  /** Exit status and signal, once it is over. */
  readonly ended: Promise<unknown[]>;
  /** Everything that it has printed so far. */
  printed(): string;
}

/** Runs what the README says. Packages of this workspace are taken from their sources, not from `dist`. */
function run(env: Readonly<Record<string, string>>): Spawned {
  const child = spawn(process.execPath, COMMAND.split(' ').slice(1), {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '--conditions=holdfast-source', PORT: '0', ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  return { child, ended: once(child, 'close'), printed: () => output };
}

/** The same, once it listens. */
async function listening(breeze: BreezeSettings): Promise<Spawned & { readonly origin: string }> {
  const spawned = run({
    BREEZE_URL: breeze.url,
    BREEZE_TOKEN_URL: breeze.tokenUrl,
    BREEZE_CLIENT_ID: breeze.clientId,
    BREEZE_CLIENT_SECRET: breeze.clientSecret,
  });
  for (;;) {
    const origin = /Listening on (\S+)/u.exec(spawned.printed())?.[1];
    if (origin !== undefined) return { ...spawned, origin };
    const ended = await Promise.race([spawned.ended, once(spawned.child.stdout!, 'data')]);
    if (ended.length === 2) throw new Error(`It ended instead of listening:\n${spawned.printed()}`);
  }
}

describe('the process', () => {
  it('is started with the command of the README', () => {
    expect(readFileSync(`${folder}/README.md`, 'utf8').split('\n')).toContain(COMMAND);
  });

  it('E3 exits by itself after SIGTERM, having served users and the machine', async () => {
    const breeze = await emulate();
    const { child, ended, origin, printed } = await listening(breeze);
    const answers = await Promise.all([
      ...numbers(3).map((page) => fetch(`${origin}/templates?page=${page}`)),
      ...numbers(3).map((number) => order(origin, breeze.issueToken(), `order-${number}`)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(numbers(6).map(() => 200));
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(printed()).toMatch(/^Listening on \S+\n$/u);
  });

  it('E3 exits although Breeze has not answered and has closed a scope for an hour', async () => {
    const breeze = await emulate({ faults: [{ hang: true }] });
    const { child, ended, origin } = await listening(breeze);
    const waiting = fetch(`${origin}/templates`);
    await breeze.received(1);
    breeze.setLimit(0);
    expect((await fetch(`${origin}/templates?page=2`)).status).toBe(503);
    child.kill('SIGTERM');
    expect((await waiting).status).toBe(503);
    expect(await ended).toEqual([0, null]);
  });

  it('says which setting is missing, and does not start', async () => {
    const { ended, printed } = run({ BREEZE_URL: '' });
    expect(await ended).toEqual([1, null]);
    expect(printed()).toContain('BREEZE_URL is not set');
  });
});
