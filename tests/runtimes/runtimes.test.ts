import { startFaultServer } from '@holdfast/testing';
import type { Fault, FaultServer, FaultServerOptions } from '@holdfast/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { runtimes } from './runtimes.ts';
import { CHAPTERS } from './story.ts';
import type { Endings } from './story.ts';

const GOOD = '{"hello":"Hello, world!"}';
const UNKNOWN = 'network, executed: undefined';

/** What goes wrong at the server of a chapter. */
const FAULTS: Readonly<Record<string, Fault>> = {
  limit: { status: 429, headers: { 'retry-after': '1' } },
  outage: { status: 503, times: 3 },
  reset: { reset: 'before' },
  cut: { reset: 'body' },
  'lost mutation': { reset: 'after-execute' },
  'cut mutation': { reset: 'body' },
  abort: { hang: true },
};

async function started(options: FaultServerOptions): Promise<FaultServer> {
  const server = await startFaultServer(options);
  onTestFinished(() => server.close());
  return server;
}

const rows: string[][] = [];

afterAll(() => {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  console.log(['Runtimes', ...lines].join('\n'));
});

const TELLERS = ['urql', 'fetch'];

// A browser may have to be installed for it, which takes longer than a test may.
const asked = await Promise.all(
  runtimes.map(async (runtime) => ({ ...runtime, reason: await runtime.missing?.() })),
);

describe.each(asked)('$name', (runtime) => {
  const options = { timeout: 300_000 };
  it.for(TELLERS)(
    'P1 P2 F9 E3 tells the same story, and ends: %s',
    options,
    async (by, { skip }) => {
      const { reason } = runtime;
      if (reason !== undefined) {
        rows.push([runtime.name, by, '', `skipped: ${reason}`]);
        skip(reason);
      }
      const servers = new Map<string, FaultServer>();
      for (const { name } of CHAPTERS) {
        const fault = FAULTS[name];
        const faults = fault === undefined ? [] : [fault];
        const auth = name === 'refresh' ? { auth: true as const } : {};
        servers.set(name, await started({ faults, ...auth }));
      }
      const addresses = Object.fromEntries([...servers].map(([name, { url }]) => [name, url]));
      await servers.get('refused mutation')!.close();
      const token = servers.get('refresh')!.tokenUrl;
      const endings = await runtime.tell({ ...addresses, token, by });

      const expected: Record<string, string> = {
        query: GOOD,
        refresh: GOOD,
        limit: GOOD,
        outage: GOOD,
        reset: GOOD,
        cut: GOOD,
        'lost mutation': UNKNOWN,
        'cut mutation': UNKNOWN,
        'refused mutation': runtime.namesReasons ? 'network, executed: false' : UNKNOWN,
        abort: 'aborted, executed: undefined',
      } satisfies Endings;
      const leftOut = Object.entries(runtime.leftOut ?? {});
      for (const [name] of leftOut) delete expected[name];
      expect(endings).toMatchObject(expected);
      const ran = (name: string): unknown => servers.get(name)!.executions['add'];
      if (expected['lost mutation'] !== undefined) expect(ran('lost mutation')).toBe(1);
      expect(ran('cut mutation')).toBe(1);
      expect(servers.get('refresh')!.tokenRequests).toHaveLength(1);
      const without = leftOut.map(([name, why]) => `, without "${name}": ${why}`).join('');
      const count = Object.keys(expected).length;
      rows.push([runtime.name, by, await runtime.version(), `${count} chapters passed${without}`]);
    },
  );
});
