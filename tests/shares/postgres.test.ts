import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Share } from '@holdfast/core';
import { shareContract } from '@holdfast/testing';
import { build } from 'esbuild';
import type { Pool, PoolConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { root, sampleWith } from '../samples/samples.ts';
import type { Sample } from '../samples/samples.ts';
import { postgresMissing, startPostgres } from '../servers/postgres.ts';
import type { PostgresServer } from '../servers/postgres.ts';

const missing = postgresMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** Milliseconds that a server may take on a busy machine. */
const STARTING = 120_000;
const PATIENCE = 60_000;

/** Breaks connections as the death of their process does. */
const TERMINATE =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1';

/** What the page has in it. */
interface Page {
  readonly tables: string;
  postgresShare(pool: Pool, name: string): Share;
  readonly Pool: new (config: PoolConfig) => Pool;
}

describe.skipIf(missing)(`the Postgres share of docs/shares.md keeps the contract${why}`, () => {
  let server: PostgresServer;
  let page: Page;
  let admin: Pool;
  const pools = new Map<Share, { readonly pool: Pool; readonly id: string }>();
  const killed = new Set<Share>();

  beforeAll(async () => {
    page = await loaded(sampleWith('docs/shares.md', 'postgresShare(pool: Pool'));
    server = await startPostgres();
    admin = new page.Pool({ connectionString: server.url });
    await admin.query(page.tables);
  }, STARTING);

  afterAll(async () => {
    await admin.end();
    await server.close();
  });

  const cases = shareContract({
    patience: PATIENCE,
    create(name) {
      const id = `share-${pools.size}`;
      const pool = new page.Pool({ connectionString: server.url, application_name: id });
      pool.on('error', () => {});
      const share = page.postgresShare(pool, name);
      pools.set(share, { pool, id });
      return share;
    },
    async close(share) {
      // The pool of a dead one waits for what never ends.
      if (!killed.has(share)) await pools.get(share)?.pool.end();
    },
    async kill(share) {
      killed.add(share);
      await admin.query(TERMINATE, [pools.get(share)?.id]);
    },
  });

  for (const { name, run } of cases) {
    it(`T14 ${name}`, { timeout: 2 * PATIENCE }, async () => {
      await expect(run()).resolves.toBeUndefined();
    });
  }

  it(
    'T14 a listener whose connection breaks hears of what was stored meanwhile',
    async () => {
      const open = (id: string): Pool => {
        const pool = new page.Pool({ connectionString: server.url, application_name: id });
        pool.on('error', () => {});
        onTestFinished(() => pool.end());
        return pool;
      };
      const heard: number[] = [];
      const leave = page.postgresShare(open('listener'), 'broken').subscribe?.((change) => {
        if (change.type === 'tokens') heard.push(change.value?.generation ?? 0);
      });
      onTestFinished(() => leave?.());
      const share = page.postgresShare(open('writer'), 'broken');
      await share.replace(0, { generation: 1 });
      await expect.poll(() => heard.at(-1), { timeout: PATIENCE }).toBe(1);
      await admin.query(TERMINATE, ['listener']);
      await share.replace(1, { generation: 2 });
      await expect.poll(() => heard.at(-1), { timeout: PATIENCE }).toBe(2);
    },
    2 * PATIENCE,
  );
});

/** The sample and `pg` in one file: the test runner would give parts of `pg` that are CommonJS an ES module. */
async function loaded({ code }: Sample): Promise<Page> {
  const { outputFiles } = await build({
    stdin: {
      contents: `${code}\nexport { Pool } from 'pg';`,
      resolveDir: join(root, 'docs'),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['pg-native'],
  });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-share-'));
  try {
    const file = join(folder, 'share.cjs');
    await writeFile(file, outputFiles[0]!.contents);
    return createRequire(file)(file) as Page;
  } finally {
    await rm(folder, { recursive: true });
  }
}
