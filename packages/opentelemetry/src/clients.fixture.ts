import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';
import type { Resilience, ResilienceOptions, WaitReason } from '@holdfast/core';
import { startBreeze, startFaultServer } from '@holdfast/testing';
import type {
  BreezeOptions,
  BreezeServer,
  FaultServer,
  FaultServerOptions,
} from '@holdfast/testing';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';
import { onTestFinished } from 'vitest';

/** Real servers and clients for the length of one test. */

export async function faultServer(options?: FaultServerOptions): Promise<FaultServer> {
  const server = await startFaultServer(options);
  onTestFinished(() => server.close());
  return server;
}

export async function breezeServer(options?: BreezeOptions): Promise<BreezeServer> {
  const server = await startBreeze(options);
  onTestFinished(() => server.close());
  return server;
}

/** An instance whose backoffs and probes a test can sit out. */
export function quick(options: ResilienceOptions = {}): Resilience {
  const resilience = createResilience({
    retry: { backoff: { transient: 2, throttled: 2, locked: 2 } },
    outage: { probe: { base: 2, factor: 1, cap: 2_000 } },
    ...options,
  });
  onTestFinished(() => resilience.dispose());
  return resilience;
}

export function urqlClient(url: string, resilience: Resilience): Client {
  const exchanges = [resilienceExchange(resilience), fetchExchange];
  return new Client({ url, preferGetMethod: false, exchanges });
}

export function apolloClient(uri: string, resilience: Resilience): ApolloClient {
  const link = new ResilienceLink(resilience).concat(new HttpLink({ uri }));
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

/** Settles once so many operations wait for this reason. */
export function waiting({ activity }: Resilience, reason: WaitReason, count = 1): Promise<void> {
  return new Promise((resolve) => {
    let stop = (): void => {};
    const look = (): void => {
      if (activity.get().filter((each) => each.reason === reason).length < count) return;
      stop();
      resolve();
    };
    stop = activity.subscribe(look);
    look();
  });
}
