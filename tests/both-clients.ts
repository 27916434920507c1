import { createResilience } from '@holdfast/core';
import type { Resilience, ResilienceOptions } from '@holdfast/core';
import { onTestFinished } from 'vitest';
import { clients } from '../examples/report/src/client.ts';
import type { TestedClient } from '../examples/report/src/client.ts';

/** Waits of a few milliseconds: what is tested is order and number, not length. */
export const QUICK: ResilienceOptions = {
  retry: { backoff: { transient: 5, throttled: 20, locked: 10 } },
};

/** Both clients, by name, for `describe.each`. */
export const bothClients: readonly BothClients[] = clients.map((make) => ({
  client: make.name,
  connect(url: string, options: ResilienceOptions = QUICK): Connection {
    const resilience = createResilience(options);
    onTestFinished(() => resilience.dispose());
    return { client: make(resilience, url), resilience };
  },
}));

export interface BothClients {
  readonly client: string;
  /** Connects a client of its own, with an instance that ends with the test. */
  connect(url: string, options?: ResilienceOptions): Connection;
}

export interface Connection {
  readonly client: TestedClient;
  readonly resilience: Resilience;
}

/** Closes what a test has opened, once it is over. */
export function closing<T extends { close(): Promise<void> }>(server: T): T {
  onTestFinished(() => server.close());
  return server;
}
