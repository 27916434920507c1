import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { redisMissing } from '../../../tests/servers/redis.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const missing = await redisMissing();
if (missing !== undefined) console.warn(`The fleet is not started: ${missing}`);

/** Runs it to its end. Packages of this workspace are taken from their sources, not from `dist`. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly printed: string }> {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '--conditions=holdfast-source', ...env },
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, printed };
}

it.skipIf(missing)(
  'T1 T14 W9 a small fleet keeps every promise while processes and Redis are killed and stopped',
  { timeout: 300_000 },
  async () => {
    const { status, printed } = await run(['--workers', '4', '--rounds', '1']);
    expect(printed).not.toContain('✗');
    expect(status).toBe(0);
    const rows = printed.split('\n').filter((line) => line.startsWith('│ ✓ '));
    expect(rows).toHaveLength(9);
    expect(rows[0]).toMatch(/Cold start, all at once +│ +4 │/u);
    expect(printed).toMatch(/; 0 requests came before its instant\./u);
  },
);

it('says in one sentence that there is no Redis, and exits with 2', async () => {
  const { status, printed } = await run([], { PATH: '/nowhere' });
  expect(status).toBe(2);
  expect(printed.trim()).toMatch(/^[^\n]*redis[^\n]*\.?$/u);
});

it.each([
  [['--workers', '1'], '--workers was given 1; a whole number from 2 to 1000 is allowed.'],
  [['--rounds', 'many'], '--rounds was given many; a whole number from 1 to 100 is allowed.'],
])('X5 %j is refused in one sentence', async (args, words) => {
  expect(await run(args)).toEqual({ status: 1, printed: `${words}\n` });
});

it('is started as its page says', () => {
  const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as { scripts: Readonly<Record<string, string>> };
  const [, script = ''] = /npm run (example:\S+) /u.exec(page) ?? [];
  expect(scripts[script]).toBe(`node scripts/with-setup.mjs ${script}:run`);
  expect(scripts[`${script}:run`]).toBe('node examples/fleet/src/main.ts');
});
