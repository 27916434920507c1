import { createResilience } from '@holdfast/core';
import type { Resilience, ResilienceEvent, ResilienceOptions, WaitReason } from '@holdfast/core';
import { startBreeze, startFaultServer, startTbint } from '@holdfast/testing';
import type {
  BreezeOptions,
  BreezeServer,
  FaultServer,
  FaultServerOptions,
  TbintOptions,
  TbintServer,
} from '@holdfast/testing';
import { Client, fetchExchange } from '@urql/core';
import type { ClientOptions } from '@urql/core';
import { onTestFinished } from 'vitest';
import { resilienceExchange } from './index.ts';

/** A server for one test. */
export async function startServer(options?: FaultServerOptions): Promise<FaultServer> {
  const server = await startFaultServer(options);
  onTestFinished(() => server.close());
  return server;
}

export async function startBreezeServer(options?: BreezeOptions): Promise<BreezeServer> {
  const server = await startBreeze(options);
  onTestFinished(() => server.close());
  return server;
}

export async function startTbintServer(options?: TbintOptions): Promise<TbintServer> {
  const server = await startTbint(options);
  onTestFinished(() => server.close());
  return server;
}

/** Backoffs and probes of a few milliseconds: these tests run in real time. */
const QUICK = { transient: 2, throttled: 2, locked: 2 };
const QUICK_PROBES = { probe: { base: 2, factor: 1, cap: 2_000 } };

export interface TestClient {
  readonly client: Client;
  readonly resilience: Resilience;
  readonly events: readonly ResilienceEvent[];
  /** Settles with the first event of the type, past or to come. */
  heard(type: ResilienceEvent['type']): Promise<ResilienceEvent>;
  /** Settles with the next wait of the reason, or the one that goes on. */
  waiting(reason: WaitReason): Promise<void>;
}

/**
 * A client with the real fetchExchange, for one test.
 *
 * @param around exchanges above and below ours; below them comes fetchExchange.
 */
export function startClient(
  url: string,
  options: ResilienceOptions = {},
  {
    above = [],
    below = [],
    ...clientOptions
  }: Partial<ClientOptions> & {
    above?: ClientOptions['exchanges'];
    below?: ClientOptions['exchanges'];
  } = {},
): TestClient {
  const events: ResilienceEvent[] = [];
  const retry = options.retry === false ? false : { backoff: QUICK, ...options.retry };
  const resilience = createResilience({ outage: QUICK_PROBES, ...options, retry });
  const awaited = new Set<(event: ResilienceEvent) => void>();
  resilience.subscribe((event) => {
    events.push(event);
    for (const hear of awaited) hear(event);
  });
  const client = new Client({
    url,
    preferGetMethod: false,
    ...clientOptions,
    exchanges: [...above, resilienceExchange(resilience), ...below, fetchExchange],
  });
  onTestFinished(() => resilience.dispose());
  return {
    client,
    resilience,
    events,
    heard: (type) =>
      new Promise((resolve) => {
        const past = events.find((event) => event.type === type);
        if (past !== undefined) return resolve(past);
        awaited.add((event) => {
          if (event.type === type) resolve(event);
        });
      }),
    waiting: (wanted) =>
      new Promise((resolve) => {
        const waits = (): boolean =>
          resilience.activity.get().some(({ reason }) => reason === wanted);
        if (waits()) return resolve();
        const stop = resilience.activity.subscribe(() => {
          if (!waits()) return;
          stop();
          resolve();
        });
      }),
  };
}

export interface Refresher {
  /** How often tokens were asked for. */
  readonly calls: number;
  readonly refresh: () => Promise<{ accessToken: string }>;
}

/** Asks the server's token endpoint over a socket. */
export function refresher({ tokenUrl }: FaultServer): Refresher {
  const state = {
    calls: 0,
    refresh: async () => {
      state.calls++;
      const response = await fetch(tokenUrl, { method: 'POST' });
      const body = (await response.json()) as { access_token: string };
      return { accessToken: body.access_token };
    },
  };
  return state;
}

/** A promise that the test settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
