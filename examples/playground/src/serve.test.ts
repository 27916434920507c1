import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

const main = fileURLToPath(new URL('serve.ts', import.meta.url));

interface Started {
  readonly child: ChildProcess;
  /** What it has printed, both streams. */
  printed(): string;
  /** Its exit status. */
  readonly ended: Promise<number | null>;
}

function run(port: string): Started {
  const child = spawn(process.execPath, [main], { env: { ...process.env, PORT: port } });
  let printed = '';
  const ended = once(child, 'close').then(([status]) => status as number | null);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (printed += String(chunk)));
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, printed: () => printed, ended };
}

async function addressOf({ printed }: Started): Promise<string> {
  const address = /The playground is at (http:\/\/\S+)/u;
  await vi.waitFor(() => expect(printed()).toMatch(address), { timeout: 20_000 });
  return address.exec(printed())![1]!;
}

describe('the script that serves', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its address, serves until %s, and ends with 0, connections open or not',
    async (signal) => {
      const started = run('0');
      const origin = await addressOf(started);
      // A connection that is kept alive.
      expect((await fetch(`${origin}/none`)).status).toBe(404);
      started.child.kill(signal);
      expect(await started.ended).toBe(0);
      await expect(fetch(origin)).rejects.toThrow('fetch failed');
    },
  );

  it('takes another port where the wanted one is taken, and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const started = run(String(port));
    const origin = await addressOf(started);
    expect(origin).not.toContain(`:${port}`);
    expect(started.printed()).toContain(`Port ${port} is taken`);
  });

  it('X5 names a port that is none', async () => {
    const started = run('80a');
    expect(await started.ended).toBe(1);
    expect(started.printed()).toContain(
      'PORT is "80a"; a whole number from 0 to 65535 is allowed.',
    );
  });

  it('serves nothing from outside of its folder', async () => {
    const origin = await addressOf(run('0'));
    const { status } = await fetch(`${origin}/..%2fpackage.json`);
    expect(status).toBe(404);
  });
});
