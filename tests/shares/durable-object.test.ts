import { join } from 'node:path';
import { shareContract } from '@holdfast/testing';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { root, sampleWith } from '../samples/samples.ts';

/** The contract runs in a Worker, where the share does; a request asks for one of its cases. */
const WORKER = `
  import { shareContract } from '@holdfast/testing/share';

  export default {
    async fetch(request, { TOKENS }) {
      const { pathname, searchParams } = new URL(request.url);
      const name = searchParams.get('name');
      if (pathname === '/hold') {
        await durableShare(TOKENS, name).lease(async () => {
          await durableShare(TOKENS, name).replace(0, { generation: 1 });
          await scheduler.wait(600_000);
        });
      }
      if (pathname === '/read') return Response.json((await durableShare(TOKENS, name).read()) ?? {});
      if (pathname === '/lease') return new Response(await durableShare(TOKENS, name).lease(async () => 'had'));
      if (pathname === '/close') {
        await durableShare(TOKENS, name).closeUntil('api', Date.now() + 600_000, 'outage');
        return new Response('closed');
      }
      // It never leaves: what it listens with ends with the request.
      if (pathname === '/hear') {
        const heard = await new Promise((resolve) => {
          durableShare(TOKENS, name).subscribe((change) => {
            if (change.type === 'closed') resolve(change.scope + ' ' + change.reason);
          });
        });
        return new Response(heard);
      }
      const [one] = shareContract({
        create: (store) => durableShare(TOKENS, store),
        patience: 60_000,
      }).filter((one) => one.name === name);
      return new Response(await one.run().then(() => 'kept', String));
    },
  };
`;

/** Milliseconds that a Worker may take on a busy machine. */
const TIMEOUT = 120_000;

describe('the Durable Object share of docs/shares.md keeps the contract', () => {
  const { code } = sampleWith('docs/shares.md', 'class TokenStore');
  let worker: Miniflare;

  beforeAll(async () => {
    worker = await started(code);
  }, TIMEOUT);

  afterAll(async () => {
    await worker.dispose();
  });

  const cases = shareContract({
    create: () => expect.unreachable('It is opened in the Worker.'),
  });
  for (const { name } of cases) {
    it(`T14 ${name}`, { timeout: TIMEOUT }, async () => {
      expect(await ask(worker, '/', name)).toBe('kept');
    });
  }

  it(
    'W9 P3 what one request has closed another hears, and so does one that has begun before',
    { timeout: TIMEOUT },
    async () => {
      const before = ask(worker, '/hear', 'closing');
      expect(await ask(worker, '/close', 'closing')).toBe('closed');
      expect(await before).toBe('api outage');
      expect(await ask(worker, '/hear', 'closing')).toBe('api outage');
      expect(await ask(worker, '/lease', 'closing')).toBe('had');
    },
  );

  it(
    'T14 the lease of a holder that is broken off is had by another',
    { timeout: TIMEOUT },
    async () => {
      // The same with less time, which else would be the test's.
      const hasty = await started(code.replace('LEASE = 11_000', 'LEASE = 200'));
      onTestFinished(() => hasty.dispose());
      const controller = new AbortController();
      const holding = ask(hasty, '/hold', 'dying', controller.signal).catch(() => 'broken off');
      await expect.poll(() => ask(hasty, '/read', 'dying'), { timeout: TIMEOUT }).toContain('1');
      controller.abort();
      expect(await holding).toBe('broken off');
      expect(await ask(hasty, '/lease', 'dying')).toBe('had');
    },
  );
});

/** A Worker with the sample in it. */
async function started(code: string): Promise<Miniflare> {
  const { outputFiles } = await build({
    stdin: { contents: code + WORKER, resolveDir: join(root, 'docs'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['holdfast-source', 'module', 'import'],
    external: ['cloudflare:workers'],
    target: 'es2022',
  });
  const worker = new Miniflare({
    modules: true,
    script: outputFiles[0]!.text,
    compatibilityDate: '2026-07-01',
    durableObjects: { TOKENS: { className: 'TokenStore', useSQLite: true } },
  });
  await worker.ready;
  return worker;
}

async function ask(
  worker: Miniflare,
  path: string,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const url = `http://worker.test${path}?${new URLSearchParams({ name }).toString()}`;
  return (await worker.dispatchFetch(url, signal && { signal })).text();
}
