import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { parse } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientCredentials } from '@holdfast/oauth';
import { startBreeze, startFaultServer } from '@holdfast/testing';
import { createResilience } from '@holdfast/core';
import { urqlClient } from './clients.fixture.ts';
import { instrument } from './index.ts';
import { readQuery } from './promql.fixture.ts';
import type { Query } from './promql.fixture.ts';

const FOLDER = new URL('../../../docs/opentelemetry/', import.meta.url);

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly h: number;
    readonly w: number;
    readonly x: number;
    readonly y: number;
  };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly definition?: string }[];
  };
  readonly panels: readonly Panel[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const dashboard = JSON.parse(
  readFileSync(new URL('grafana-dashboard.json', FOLDER), 'utf8'),
) as Dashboard;
const alerts = parse(readFileSync(new URL('alerts.yaml', FOLDER), 'utf8')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const rules = alerts.groups.flatMap((group) => group.rules);
const shown = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }): [string, string] => [title, expr]),
);
const warned = rules.map(({ alert, expr }): [string, string] => [alert, expr]);

/** As Grafana fills in its variables. */
function filled(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(?:job|name)\b/gu, '.*');
}

/** What Prometheus adds to what it scrapes. */
const TARGET = new Set(['job', 'instance']);

/** Each name that is printed, with the values of each label that it has. */
type Printed = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
let printed: Printed;

/** A story in which everything happens that is counted, scraped from the real exporter as Prometheus does. */
async function scrape(): Promise<string> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meters = new MeterProvider({ readers: [exporter] });
  const pages = createServer((request, response) =>
    exporter.getMetricsRequestHandler(request, response),
  );
  const api = await startFaultServer();
  const breeze = await startBreeze();
  const { tokenUrl: url, clientId, clientSecret } = breeze;
  const meter = meters.getMeter('@holdfast/opentelemetry');
  const backoff = { transient: 1, throttled: 1, locked: 1 };
  const machine = createResilience({
    auth: { refresh: clientCredentials({ url, clientId, clientSecret, body: 'json' }) },
  });
  const reader = createResilience({ retry: { backoff }, rateLimit: { spread: 0 } });
  const poor = createResilience({
    retry: { budget: { capacity: 1 } },
    auth: { tokens: () => Promise.reject(new Error('None.')), refresh: async () => undefined },
  });
  const instances = [machine, reader, poor];
  for (const instance of instances) instrument(instance, { meter, name: 'story' });
  const query = '{ hello }';
  try {
    const templates = '{ CredentialTemplatesV2(tenantIds: ["tenant-1"]) { totalDocs } }';
    await urqlClient(breeze.url, machine).query(templates, {}).toPromise();
    breeze.rotateSecret();
    breeze.expireTokens();
    await urqlClient(breeze.url, machine).query(templates, {}).toPromise();
    const client = urqlClient(api.url, reader);
    api.inject([
      { status: 503 },
      { on: { type: 'mutation' }, reset: 'after-execute' },
      { status: 400, after: 1 },
      { status: 429, headers: { 'retry-after': '1' }, after: 1 },
    ]);
    await client.query(query, {}).toPromise();
    await client.mutation('mutation { add(name: "a") { id } }', {}).toPromise();
    await client.query(query, {}).toPromise();
    await client.query(query, {}).toPromise();
    await client.query(query, {}).toPromise();
    api.clearFaults();
    api.inject({ status: 503 });
    await urqlClient(api.url, poor).query(query, {}).toPromise();
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    const { port } = pages.address() as AddressInfo;
    return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  } finally {
    for (const instance of instances) instance.dispose();
    pages.close();
    await Promise.all([api.close(), breeze.close(), meters.shutdown()]);
  }
}

function seriesOf(page: string): Printed {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const [, name = '', labels = ''] of page.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gmu)) {
    const known = found.get(name) ?? new Map<string, Set<string>>();
    found.set(name, known);
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gu)) {
      known.set(label, (known.get(label) ?? new Set<string>()).add(value));
    }
  }
  return found;
}

/** What a query asks for and nobody prints. */
function unknown({ selected, grouped }: Query): readonly string[] {
  const labels = new Set<string>();
  const missing = selected.flatMap(({ names, matchers }) => {
    const fitting = [...printed].filter(([name]) => names.test(name));
    if (fitting.length === 0) return [names.source];
    for (const [, known] of fitting) for (const label of known.keys()) labels.add(label);
    return matchers
      .filter(({ label }) => !TARGET.has(label))
      .filter(({ label, operator, value }) =>
        fitting.every(([, known]) => {
          const values = known.get(label);
          return values === undefined || (operator === '=' && !values.has(value));
        }),
      )
      .map(({ label, operator, value }) => `${names.source} ${label}${operator}${value}`);
  });
  return [...missing, ...grouped.filter((label) => !TARGET.has(label) && !labels.has(label))];
}

beforeAll(async () => {
  printed = seriesOf(await scrape());
});

describe('the exporter', () => {
  it('prints every metric by the name that the page gives it', () => {
    const page = readFileSync(new URL('../opentelemetry.md', FOLDER), 'utf8');
    const named = [...page.matchAll(/`(holdfast_\w+)`/gu)].map(([, name]) => name ?? '');
    const families = [...printed.keys()]
      .filter((name) => name.startsWith('holdfast_'))
      .map((name) => name.replace(/_(?:bucket|sum|count)$/u, ''));
    expect(named.toSorted()).toEqual([...new Set(families)].toSorted());
  });

  it('has a query in the dashboard for each of them', () => {
    const asked = shown.flatMap(([, expr]) => readQuery(filled(expr)).selected);
    const families = [...printed.keys()].filter(
      (name) => name.startsWith('holdfast_') && !/_(?:sum|count|bucket)$/u.test(name),
    );
    const unseen = families.filter((name) => !asked.some(({ names }) => names.test(name)));
    expect(unseen).toEqual([]);
    const durations = [...printed.keys()].filter((name) => name.endsWith('_duration_bucket'));
    expect(durations).toHaveLength(4);
    for (const name of durations) {
      expect(asked.some(({ names }) => names.test(name))).toBe(true);
      // The name that a Collector gives it.
      const suffixed = name.replace('_bucket', '_seconds_bucket');
      expect(asked.some(({ names }) => names.test(suffixed))).toBe(true);
    }
  });
});

describe('the dashboard', () => {
  it.each(shown)('%s: %s can be parsed, and asks for what there is', (_, expr) => {
    const query = readQuery(filled(expr));
    expect(query.faults).toEqual([]);
    expect(query.selected.length).toBeGreaterThan(0);
    expect(unknown(query)).toEqual([]);
  });

  it('is one that Grafana takes: ids, places and queries are each there once', () => {
    const { panels, schemaVersion, uid } = dashboard;
    expect([uid, schemaVersion]).toEqual(['holdfast', 39]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { type, title, gridPos, targets = [] } of panels) {
      expect(['row', 'stat', 'timeseries']).toContain(type);
      expect(title).not.toBe('');
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), `${title} lies on another panel`).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
      expect(targets.length > 0).toBe(type !== 'row');
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('chooses by labels that are there', () => {
    const asked = dashboard.templating.list.flatMap(({ definition = '' }) => {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/u.exec(definition) ?? [];
      return metric === '' ? [] : [[metric, label] as const];
    });
    expect(asked).toHaveLength(2);
    for (const [metric, label] of asked) {
      expect(printed.has(metric)).toBe(true);
      expect(TARGET.has(label) || printed.get(metric)?.has(label)).toBe(true);
    }
  });
});

describe('the alert rules', () => {
  it.each(warned)('%s can be parsed, and asks for what there is', (_, expr) => {
    const query = readQuery(expr);
    expect(query.faults).toEqual([]);
    expect(query.selected.length).toBeGreaterThan(0);
    expect(unknown(query)).toEqual([]);
  });

  it('say what is wrong and what to do, and which are urgent', () => {
    expect(rules.map(({ alert }) => alert).length).toBe(
      new Set(rules.map(({ alert }) => alert)).size,
    );
    for (const { labels, annotations, for: long = '0s' } of rules) {
      expect(long).toMatch(/^\d+[smh]$/u);
      expect(['critical', 'warning']).toContain(labels['severity']);
      expect(annotations['summary']).toMatch(/\S/u);
      expect(annotations['description']).toMatch(/\S/u);
    }
  });
});

it('a query of something that nobody prints is found', () => {
  expect(unknown(readQuery('rate(holdfast_no_such_total[5m])'))).toEqual([
    '^(?:holdfast_no_such_total)$',
  ]);
  expect(unknown(readQuery('holdfast_session_status{holdfast_session_status="faild"}'))).toEqual([
    '^(?:holdfast_session_status)$ holdfast_session_status=faild',
  ]);
  expect(unknown(readQuery('sum by (kind) (holdfast_session_status)'))).toEqual(['kind']);
  expect(readQuery('sum(rate(holdfast_attempts_total[5m])').faults).not.toEqual([]);
});
