import { ApolloClient, HttpLink, InMemoryCache, Observable } from 'apollo-client-3/core/index.js';
import { ApolloLink } from 'apollo-client-3/core/index.js';
import type { FetchResult, NormalizedCacheObject, Operation } from 'apollo-client-3/core/index.js';
import { createResilience } from '@holdfast/core';
import type { Resilience, ResilienceEvent, ResilienceOptions } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import type { TestClock } from '@holdfast/testing';
import { SHORT } from './client.fixture.ts';
import { ResilienceLink } from './v3.ts';

export type Client = ApolloClient<NormalizedCacheObject>;

export interface Setup {
  readonly client: Client;
  readonly resilience: Resilience;
  readonly events: ResilienceEvent[];
}

export function bare(link: ApolloLink): Client {
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

/** An Apollo Client 3 with our link, what stands above it, and what sends. */
export function clientOf(
  below: ApolloLink,
  options: ResilienceOptions = {},
  above: ApolloLink = new ApolloLink((operation, forward) => forward(operation)),
): Setup {
  const events: ResilienceEvent[] = [];
  const resilience = createResilience({
    retry: SHORT,
    outage: { probe: { base: 2, factor: 1, cap: 2_000 } },
    ...options,
    onEvent: (event) => events.push(event),
  });
  const client = bare(ApolloLink.from([above, new ResilienceLink(resilience), below]));
  return { client, resilience, events };
}

export function httpClient(uri: string, options?: ResilienceOptions): Setup {
  return clientOf(new HttpLink({ uri }), options);
}

/** The same on a clock that a test moves. */
export function clockedClient(
  below: ApolloLink,
  options: ResilienceOptions = {},
): Setup & { readonly clock: TestClock } {
  const clock = createTestClock();
  return {
    ...clientOf(below, { retry: {}, outage: {}, clock, random: () => 0.5, ...options }),
    clock,
  };
}

/** What one attempt brings. */
export type Script = (operation: Operation) => Observable<FetchResult>;

/** A link that answers the first attempt by the first script, and so on; the last one goes on. */
export function scriptedLink(
  ...scripts: readonly Script[]
): ApolloLink & { readonly sent: Operation[] } {
  const sent: Operation[] = [];
  const link = new ApolloLink((operation) => {
    const script = scripts[Math.min(sent.length, scripts.length - 1)];
    sent.push(operation);
    if (script === undefined) throw new Error('A scripted link needs a script.');
    return script(operation);
  });
  return Object.assign(link, { sent });
}

export function answers(...results: readonly FetchResult[]): Script {
  return () => Observable.of(...results);
}

export function fails(error: unknown): Script {
  return () => new Observable((observer) => observer.error(error));
}

/** An error as HttpLink of version 3 makes of an answer: by its shape alone. */
export function serverError(status: number, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`Response not successful: Received status code ${status}`), {
    name: 'ServerError',
    statusCode: status,
    response: new Response(null, { status, headers }),
    result: '',
  });
}
