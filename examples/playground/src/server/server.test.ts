import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startServer } from './server.ts';
import type { StageOpened } from './state.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

interface Started {
  readonly child: ChildProcess;
  /** What it has printed, both streams. */
  printed(): string;
  /** Its exit status. */
  readonly ended: Promise<number | null>;
}

function run(port: string): Started {
  const child = spawn(process.execPath, ['--conditions=holdfast-source', main], {
    env: { ...process.env, PORT: port },
  });
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

/** Opens a stage and reads what it is told first. The signal ends it. */
async function openStage(origin: string, signal?: AbortSignal): Promise<StageOpened> {
  const response = await fetch(`${origin}/stage`, signal === undefined ? {} : { signal });
  const chunk = await response.body!.getReader().read();
  const [, data] = /^event: opened\ndata: (.*)\n/u.exec(new TextDecoder().decode(chunk.value))!;
  return JSON.parse(data!) as StageOpened;
}

const ask = (url: string): Promise<number> =>
  fetch(url, { method: 'POST' }).then(({ status }) => status);

describe('the script that serves', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its address, serves until %s, and ends with 0, pages open or not',
    async (signal) => {
      const started = run('0');
      const origin = await addressOf(started);
      await openStage(origin);
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
});

describe('the stage of a page', () => {
  async function serve(): Promise<string> {
    const server = await startServer({
      port: 0,
      page: fileURLToPath(new URL('.', import.meta.url)),
    });
    onTestFinished(() => server.close());
    return server.origin;
  }

  it('is its own, and goes with it', async () => {
    const origin = await serve();
    const page = new AbortController();
    const [one, other] = [await openStage(origin, page.signal), await openStage(origin)];
    const tokens = (stage: StageOpened): string => stage.servers['apollo-plain'].token;
    expect(await ask(tokens(one))).toBe(200);
    page.abort();
    await vi.waitFor(() => expect(ask(tokens(one))).rejects.toThrow('fetch failed'));
    expect(await ask(tokens(other))).toBe(200);
  });

  it('has the same trouble on each of its servers, and no other stage has it', async () => {
    const origin = await serve();
    const [one, other] = [await openStage(origin), await openStage(origin)];
    const answers = ({ servers }: StageOpened): Promise<number[]> =>
      Promise.all(Object.values(servers).map(({ graphql }) => ask(graphql)));
    expect(await ask(`${origin}/stage/${one.id}/limit`)).toBe(204);
    expect(await answers(one)).toEqual([429, 429, 429, 429]);
    expect(await answers(other)).not.toContain(429);
    await fetch(`${origin}/stage/${one.id}`, { method: 'DELETE' });
    expect(await answers(one)).not.toContain(429);
  });

  it('knows only its own troubles', async () => {
    const origin = await serve();
    const { id } = await openStage(origin);
    expect(await ask(`${origin}/stage/${id}/flood`)).toBe(404);
    expect(await ask(`${origin}/stage/nobody/locked`)).toBe(404);
  });

  it('serves nothing from outside of its folder', async () => {
    const origin = await serve();
    const { status } = await fetch(`${origin}/..%2f..%2fpackage.json`);
    expect(status).toBe(404);
    expect((await fetch(`${origin}/server.ts`)).status).toBe(200);
  });
});
