import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { startBreeze } from '@holdfast/testing';
import type { BreezeOptions, BreezeServer } from '@holdfast/testing';
import type { BreezeSettings } from './breeze.ts';
import { createService } from './service.ts';
import type { Service } from './service.ts';

/** The service on a free port, stopped at the end of the test. */
export interface RunningService extends Service {
  readonly origin: string;
}

export async function serve(settings: BreezeSettings): Promise<RunningService> {
  const service = createService(settings);
  onTestFinished(() => service.stop());
  service.server.listen(0, '127.0.0.1');
  await once(service.server, 'listening');
  const { port } = service.server.address() as AddressInfo;
  return { ...service, origin: `http://127.0.0.1:${port}` };
}

export async function emulate(options?: BreezeOptions): Promise<BreezeServer> {
  const breeze = await startBreeze(options);
  onTestFinished(() => breeze.close());
  return breeze;
}

/** Breeze and the service in front of it. */
export async function start(
  options?: BreezeOptions,
): Promise<{ readonly breeze: BreezeServer; readonly service: RunningService }> {
  const breeze = await emulate(options);
  return { breeze, service: await serve(breeze) };
}

/** A user orders a card under a reference of their own. */
export function order(
  origin: string,
  token: string,
  reference: string,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${origin}/orders`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      template_id: 'template-1',
      external_id: reference,
      data: [{ data_field: 'personFirstName', string_value: 'Kari' }],
    }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** So many numbers from 1. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
