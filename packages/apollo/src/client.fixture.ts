import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { createResilience } from '@holdfast/core';
import type {
  Resilience,
  ResilienceEvent,
  ResilienceOptions,
  Tokens,
  WaitReason,
} from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import type { TestClock } from '@holdfast/testing';
import { Observable } from 'rxjs';
import { ResilienceLink } from './resilience-link.ts';

export const HELLO: ReturnType<typeof gql> = gql`
  query Hello($name: String) {
    hello(name: $name)
  }
`;
export const ADD: ReturnType<typeof gql> = gql`
  mutation Add($name: String!) {
    add(name: $name) {
      id
    }
  }
`;
export const TICKS: ReturnType<typeof gql> = gql`
  subscription Ticks {
    ticks(count: 3)
  }
`;

/** Waits that a test can sit out on a real clock. */
export const SHORT = {
  backoff: { transient: 2, throttled: 2, locked: 2 },
} as const;
const SHORT_PROBES = { probe: { base: 2, factor: 1, cap: 2_000 } };

export interface Setup {
  readonly client: ApolloClient;
  readonly resilience: Resilience;
  readonly events: ResilienceEvent[];
}

/** A client with nothing but our link and what sends. */
export function clientOf(below: ApolloLink, options: ResilienceOptions = {}): Setup {
  const events: ResilienceEvent[] = [];
  const resilience = createResilience({
    retry: SHORT,
    outage: SHORT_PROBES,
    ...options,
    onEvent: (event) => events.push(event),
  });
  const link = new ResilienceLink(resilience).concat(below);
  return { client: new ApolloClient({ link, cache: new InMemoryCache() }), resilience, events };
}

/** The same against a server. */
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

/** Settles as soon as so many operations wait for this reason. */
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

/** What one attempt brings: called with its operation, told what to emit. */
export type Script = (operation: ApolloLink.Operation) => Observable<ApolloLink.Result>;

export interface ScriptedLink extends ApolloLink {
  /** The operations of all attempts. */
  readonly sent: ApolloLink.Operation[];
}

/** A link that answers the first attempt by the first script, and so on; the last one goes on. */
export function scriptedLink(...scripts: readonly Script[]): ScriptedLink {
  const sent: ApolloLink.Operation[] = [];
  const link = new ApolloLink((operation) => {
    const script = scripts[Math.min(sent.length, scripts.length - 1)];
    sent.push(operation);
    if (script === undefined) throw new Error('A scripted link needs a script.');
    return script(operation);
  });
  return Object.assign(link, { sent });
}

/** Emits results at once, and completes. */
export function answers(...results: readonly unknown[]): Script {
  return () =>
    new Observable((observer) => {
      for (const result of results) observer.next(result as ApolloLink.Result);
      observer.complete();
    });
}

/** Fails at once, as if by an error status. */
export function fails(error: unknown): Script {
  return () => new Observable((observer) => observer.error(error));
}

/** Never answers. `closed` counts those that were ended. */
export function hangs(count?: { closed: number }): Script {
  return () =>
    new Observable(() => () => {
      if (count !== undefined) count.closed += 1;
    });
}

/** An error as HttpLink makes of an answer: by its shape alone. */
export function serverError(
  status: number,
  { body = '', headers = {} }: { body?: string; headers?: Record<string, string> } = {},
): Error {
  const response = new Response(null, { status, headers });
  return Object.assign(new Error(`Received status code ${status}`), {
    name: 'ServerError',
    statusCode: status,
    response,
    bodyText: body,
  });
}

/** What an operation emitted, in its order. */
export interface Heard {
  readonly said: unknown[];
  readonly done: Promise<void>;
  /** Settles once so much was said. */
  says(count: number): Promise<void>;
  unsubscribe(): void;
}

/** Runs an operation through links alone, without a client's own handling of what comes. */
export function run(
  link: ApolloLink,
  request: ApolloLink.Request,
  client: ApolloClient = new ApolloClient({ link, cache: new InMemoryCache() }),
): Heard {
  return listen(ApolloLink.execute(link, request, { client }));
}

/** What an rxjs Observable and a client's ObservableQuery have in common. */
export interface Source {
  subscribe(observer: {
    next: (value: unknown) => void;
    error: (error: unknown) => void;
    complete: () => void;
  }): { unsubscribe(): void };
}

export function listen(source: Source): Heard {
  const said: unknown[] = [];
  const listening = new Map<() => void, number>();
  let settle = (): void => {};
  const done = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const say = (what: unknown): void => {
    said.push(what);
    for (const [resolve, count] of listening) if (said.length >= count) resolve();
  };
  const subscription = source.subscribe({
    next: say,
    error: (error) => {
      say({ error });
      settle();
    },
    complete: () => {
      say('complete');
      settle();
    },
  });
  return {
    said,
    done,
    says: (count) =>
      new Promise((resolve) => {
        if (said.length >= count) resolve();
        else listening.set(resolve, count);
      }),
    unsubscribe: () => subscription.unsubscribe(),
  };
}

/** Asks a server for a token, in whatever form it names it. */
export async function tokenFrom(url: string, body: object = {}): Promise<Tokens> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { access_token?: string; accessToken?: string };
  return { accessToken: answer.access_token ?? answer.accessToken ?? '' };
}

/** So many different names: queries that Apollo does not take for one. */
export function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`);
}
