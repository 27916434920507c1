import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { numbers, order, start } from './service.fixture.ts';
import { startTelemetry } from './telemetry.ts';

/** Telemetry that stays in memory. */
function remember(): {
  spans(): readonly { name: string; attributes: object; parent: string | undefined }[];
  metrics(): Promise<string>;
  exported(): Promise<string>;
} {
  const kept = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: kept,
    exportIntervalMillis: 3_600_000,
  });
  const exporter = new InMemorySpanExporter();
  const end = startTelemetry({
    readers: [reader],
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  onTestFinished(end);
  const spans = (): ReturnType<ReturnType<typeof remember>['spans']> => {
    const all = exporter.getFinishedSpans();
    return all.map(({ name, attributes, parentSpanContext }) => ({
      name,
      attributes,
      parent: all.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name,
    }));
  };
  const metrics = async (): Promise<string> => {
    kept.reset();
    await reader.forceFlush();
    const [{ scopeMetrics } = { scopeMetrics: [] }] = kept.getMetrics();
    return scopeMetrics
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ value, attributes }) => {
          const labels = Object.entries(attributes).map(
            ([key, label]) => `${key}=${String(label)}`,
          );
          const count = typeof value === 'number' ? value : value.count;
          return `${[descriptor.name, ...labels].join(' ')}: ${count}`;
        }),
      )
      .join('\n');
  };
  return {
    spans,
    metrics,
    exported: async () =>
      JSON.stringify([
        await metrics(),
        exporter
          .getFinishedSpans()
          .map(({ name, attributes, status, events }) => ({ name, attributes, status, events })),
      ]),
  };
}

beforeEach(() => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
});

describe('what is reported', () => {
  it('T1 of twenty users on an expired token: one refresh, and twenty operations that waited for it', async () => {
    const telemetry = remember();
    const { breeze, service } = await start();
    await fetch(`${service.origin}/templates`);
    breeze.expireTokens();
    const pages = numbers(20).map((page) => fetch(`${service.origin}/templates?page=${page}`));
    await Promise.all(pages);
    const machine = 'holdfast.name=machine';
    const told = await telemetry.metrics();
    expect(told).toContain(`holdfast.operations ${machine} graphql.operation.type=query: 21`);
    expect(told).toContain(`holdfast.refreshes ${machine} holdfast.refresh.reason=rejected: 1`);
    expect(told).toContain(`holdfast.session.status ${machine} holdfast.session.status=active: 1`);
    expect(told).not.toContain('holdfast.failures');
    const spans = telemetry.spans();
    expect(spans.filter(({ name }) => name === 'query Templates')).toHaveLength(21);
    expect(spans.find(({ name }) => name === 'wait refresh')?.parent).toBe('query Templates');
  });

  it('W10 of a limit of an hour: a closed scope, and who was told to come back', async () => {
    const telemetry = remember();
    const { service } = await start({ limit: 0 });
    await fetch(`${service.origin}/templates`);
    await fetch(`${service.origin}/templates?page=2`);
    const told = await telemetry.metrics();
    expect(told).toContain(
      'holdfast.scopes.closed holdfast.name=machine holdfast.closed.reason=rate_limit: 1',
    );
    expect(told).toMatch(
      /holdfast\.failures .*error\.type=rate_limited holdfast\.stop_reason=wait_too_long: 2/u,
    );
    const [span] = telemetry.spans().filter(({ name }) => name === 'query Templates');
    expect(span?.attributes).toMatchObject({ 'error.type': 'rate_limited' });
  });

  it('E6 X3b of users: their operations under one name, and nothing by which one could be told', async () => {
    const telemetry = remember();
    const { breeze, service } = await start();
    const tokens = numbers(5).map(() => breeze.issueToken());
    const orders = tokens.map((token, index) =>
      order(service.origin, token, `secret-order-${index}`),
    );
    expect((await Promise.all(orders)).map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200,
    ]);
    // Their answers are closed, and their instances with them.
    await vi.waitFor(async () => {
      expect(await telemetry.metrics()).toMatch(
        /holdfast\.session\.status holdfast\.name=user holdfast\.session\.status=active: 0/u,
      );
    }, 20_000);
    const exported = await telemetry.exported();
    expect(exported).toContain(
      'holdfast.operations holdfast.name=user graphql.operation.type=mutation: 5',
    );
    for (const secret of [...tokens, breeze.clientSecret, 'secret-order', 'Kari', breeze.origin]) {
      expect(exported).not.toContain(secret);
    }
  });
});
