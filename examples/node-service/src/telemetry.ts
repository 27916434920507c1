import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** Where metrics and spans go. */
export interface Destinations {
  readonly readers: IMetricReader[];
  readonly spanProcessors: SpanProcessor[];
}

/**
 * Sets up OpenTelemetry for the whole process. It has to come before the service: who asks for a meter earlier gets
 * one that nobody reads.
 *
 * @returns what sends the rest and ends it.
 */
export function startTelemetry({ readers, spanProcessors }: Destinations): () => Promise<void> {
  const meters = new MeterProvider({ readers });
  const tracers = new TracerProvider({ spanProcessors });
  metrics.setGlobalMeterProvider(meters);
  trace.setGlobalTracerProvider(tracers);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return async () => {
    metrics.disable();
    trace.disable();
    context.disable();
    await Promise.all([meters.shutdown(), tracers.shutdown()]);
  };
}
