import type { Attributes, Context, Meter, Tracer } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { onTestFinished } from 'vitest';

/** One series of a metric. */
export interface Point {
  readonly attributes: Attributes;
  /** A counter's sum, a gauge's value, or how many durations a histogram has. */
  readonly value: number;
  /** The sum of a histogram's durations, in seconds. */
  readonly seconds: number | undefined;
}

/** A span as a test looks at it. Instants are epoch milliseconds. */
export interface Shown {
  readonly name: string;
  readonly attributes: Attributes;
  readonly start: number;
  readonly end: number;
  readonly status: ReadableSpan['status'];
  readonly children: readonly Shown[];
}

/** Real SDKs that keep what they are given in memory. */
export interface Telemetry {
  readonly meter: Meter;
  readonly tracer: Tracer;
  /** All series of a metric. */
  points(metric: string): Promise<readonly Point[]>;
  /** The sum over the series whose attributes are, among others, these. */
  total(metric: string, attributes?: Attributes): Promise<number>;
  /** The spans that have ended and have no other of them above, with those below them in order of their start. */
  traces(): readonly Shown[];
  /** How many spans were started and have not ended. */
  readonly open: number;
  /** Everything that would leave the process, as text. */
  exported(): Promise<string>;
}

class Reader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Counts the spans that are open. */
class Openings implements SpanProcessor {
  open = 0;
  onStart(_span: Span, _parent: Context): void {
    this.open++;
  }
  onEnd(): void {
    this.open--;
  }
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }
  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

export function startTelemetry(): Telemetry {
  const reader = new Reader();
  const exporter = new InMemorySpanExporter();
  const openings = new Openings();
  const meters = new MeterProvider({ readers: [reader] });
  const tracers = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter }), openings],
  });
  onTestFinished(async () => {
    await meters.shutdown();
    await tracers.shutdown();
  });
  const points = async (metric: string): Promise<readonly Point[]> => {
    const { resourceMetrics } = await reader.collect();
    const found = resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .find(({ descriptor }) => descriptor.name === metric);
    const all = (found?.dataPoints ?? []) as readonly DataPoint<number | Histogram>[];
    return all.map(({ attributes, value }) =>
      typeof value === 'number'
        ? { attributes, value, seconds: undefined }
        : { attributes, value: value.count, seconds: value.sum },
    );
  };
  return {
    meter: meters.getMeter('test'),
    tracer: tracers.getTracer('test'),
    points,
    async total(metric, wanted = {}) {
      const fitting = (await points(metric)).filter(({ attributes }) =>
        Object.entries(wanted).every(([key, value]) => attributes[key] === value),
      );
      return fitting.reduce((sum, { value }) => sum + value, 0);
    },
    traces: () => treeOf(exporter.getFinishedSpans()),
    get open() {
      return openings.open;
    },
    async exported() {
      const { resourceMetrics } = await reader.collect();
      const spans = exporter.getFinishedSpans().map((span) => ({
        name: span.name,
        attributes: span.attributes,
        events: span.events,
        links: span.links,
        status: span.status,
      }));
      return JSON.stringify([resourceMetrics.scopeMetrics, spans]);
    },
  };
}

function treeOf(spans: readonly ReadableSpan[]): readonly Shown[] {
  const millis = ([seconds, nanos]: readonly [number, number]): number =>
    seconds * 1_000 + nanos / 1e6;
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const below = (id: string | undefined): readonly Shown[] =>
    spans
      .filter(({ parentSpanContext: parent }) =>
        id === undefined ? !ids.has(parent?.spanId ?? '') : parent?.spanId === id,
      )
      .map((span) => ({
        name: span.name,
        attributes: span.attributes,
        start: millis(span.startTime),
        end: millis(span.endTime),
        status: span.status,
        children: below(span.spanContext().spanId),
      }))
      .sort((one, other) => one.start - other.start);
  return below(undefined);
}
