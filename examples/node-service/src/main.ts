import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { createService } from './service.ts';
import { startTelemetry } from './telemetry.ts';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; see README.md.`);
  return value;
}

/** Prometheus fetches metrics where there is a port for it. Spans: put the processor of your own exporter here. */
const metricsPort = process.env['METRICS_PORT'];
const readers =
  metricsPort === undefined ? [] : [new PrometheusExporter({ port: Number(metricsPort) })];
const endTelemetry = startTelemetry({ readers, spanProcessors: [] });

const service = createService({
  url: setting('BREEZE_URL'),
  tokenUrl: setting('BREEZE_TOKEN_URL'),
  clientId: setting('BREEZE_CLIENT_ID'),
  clientSecret: setting('BREEZE_CLIENT_SECRET'),
});
service.server.listen(Number(process.env['PORT'] ?? 8080), () => {
  const { port } = service.server.address() as AddressInfo;
  console.log(`Listening on http://localhost:${port}`);
});
// Nothing calls process.exit: once all are answered, nothing is left that would keep the process alive.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => void service.stop().then(endTelemetry));
}
