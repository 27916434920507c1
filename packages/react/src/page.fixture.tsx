import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';
import type { Readable, Resilience, ResilienceOptions } from '@holdfast/core';
import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer, FaultServerOptions, TestClock } from '@holdfast/testing';
import { resilienceExchange } from '@holdfast/urql';
import { act, cleanup, configure, render } from '@testing-library/react';
import type { RenderResult } from '@testing-library/react';
import type { ReactElement, ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import { Client, Provider as UrqlProvider, cacheExchange, fetchExchange } from 'urql';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { MockInstance } from 'vitest';
import { ResilienceProvider } from './resilience-provider.tsx';

// Far longer than it takes, since machines are busy.
configure({ asyncUtilTimeout: 20_000 });

export const HELLO: ReturnType<typeof gql> = gql`
  query Hello($name: String) {
    hello(name: $name)
  }
`;
export const ITEMS: ReturnType<typeof gql> = gql`
  query Items {
    items {
      id
      name
    }
  }
`;

const closing: (() => unknown)[] = [];
let allowed: readonly RegExp[] = [];
let consoles: readonly MockInstance<(...words: unknown[]) => void>[] = [];

/** What React says of an error that a boundary catches: it says so of every one, however well it is caught. */
const CAUGHT = [/The above error occurred in /u, /^%o\n\n%s\n\n%s\n/u];

/** In this test one process is server and browser, which React notices, and a page is not. */
export function isServerToo(): void {
  allowed = [/Detected multiple renderers concurrently/u];
}

/**
 * In this test components throw: React says so on the console, and React 18 to the window, too.
 *
 * @param uncaught what no boundary catches.
 */
export function componentsThrow(...uncaught: readonly RegExp[]): void {
  allowed = [...CAUGHT, ...uncaught];
  const quiet = (event: ErrorEvent): void => event.preventDefault();
  window.addEventListener('error', quiet);
  after(() => window.removeEventListener('error', quiet));
}

/** For tests whose API, of another origin, names no wait: the console is told what it may hide (W12). */
export function expectHiddenHints(): void {
  allowed = [...allowed, /Access-Control-Expose-Headers/u];
}

/** Ends something after the test, last come first. */
export function after(close: () => unknown): void {
  closing.push(close);
}

beforeEach(() => {
  allowed = [];
  consoles = (['error', 'warn'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => {}),
  );
});

afterEach(async () => {
  cleanup();
  for (const close of closing.splice(0).reverse()) await close();
  const said = consoles.flatMap(({ mock }) => mock.calls);
  vi.restoreAllMocks();
  const unexpected = said
    .map((words) => words.map(String).join(' '))
    .filter((line) => !allowed.some((pattern) => pattern.test(line)));
  if (unexpected.length > 0) throw new Error(`The console was told: ${unexpected.join('\n')}`);
});

export async function server(options?: FaultServerOptions): Promise<FaultServer> {
  const started = await startFaultServer(options);
  after(() => started.close());
  return started;
}

/** An instance on a clock that the test moves, disposed of after the test. */
export function clocked(options: ResilienceOptions = {}): {
  readonly resilience: Resilience;
  readonly clock: TestClock;
} {
  const clock = createTestClock();
  const resilience = createResilience({ clock, random: () => 0.5, ...options });
  after(() => resilience.dispose());
  return { resilience, clock };
}

/** Moves the clock, and lets React render what follows. */
export async function pass(clock: TestClock, ms: number): Promise<void> {
  await act(() => clock.advanceAsync(ms));
}

export function apolloOf(resilience: Resilience, uri: string): ApolloClient {
  const client = new ApolloClient({
    link: ApolloLink.from([new ResilienceLink(resilience), new HttpLink({ uri })]),
    cache: new InMemoryCache(),
  });
  after(() => client.stop());
  return client;
}

function urqlOf(resilience: Resilience, url: string, suspense = true): Client {
  return new Client({
    url,
    suspense,
    preferGetMethod: false,
    exchanges: [cacheExchange, resilienceExchange(resilience), fetchExchange],
  });
}

/** Providers of both clients, on one instance and one server. */
export function bothClients(
  resilience: Resilience,
  url: string,
): (props: { readonly children: ReactNode }) => ReactElement {
  const apollo = apolloOf(resilience, url);
  const urql = urqlOf(resilience, url);
  return ({ children }) => (
    <ResilienceProvider resilience={resilience}>
      <ApolloProvider client={apollo}>
        <UrqlProvider value={urql}>{children}</UrqlProvider>
      </ApolloProvider>
    </ResilienceProvider>
  );
}

/** A page of both clients over a server that fails so, on whose boundaries something is thrown. */
export async function pageOver(faults: NonNullable<FaultServerOptions['faults']>): Promise<{
  readonly api: FaultServer;
  readonly resilience: Resilience;
  readonly Page: ReturnType<typeof bothClients>;
}> {
  componentsThrow();
  const api = await server({ faults });
  const { resilience } = clocked();
  return { api, resilience, Page: bothClients(resilience, api.url) };
}

/** A page as in a browser: React renders when it finds the time, and nothing is flushed by a test. */
export function mount(children: ReactNode): { readonly body: HTMLElement; readonly root: Root } {
  const body = document.createElement('div');
  document.body.append(body);
  const root = createRoot(body);
  after(async () => {
    root.unmount();
    body.remove();
    // What components leave to the next turn on their way out.
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
  root.render(children);
  return { body, root };
}

/** Settles as soon as the page shows a text. */
export function shows(body: HTMLElement, text: string): Promise<void> {
  return vi.waitFor(() => expect(body.textContent).toContain(text), { timeout: 20_000 });
}

export function show(resilience: Resilience, children: ReactNode): RenderResult {
  const wrapper = (props: { readonly children: ReactNode }): ReactElement => (
    <ResilienceProvider resilience={resilience}>{props.children}</ResilienceProvider>
  );
  return render(children, { wrapper });
}

/** The same instance, with the listeners of its readables counted. */
export function counted(resilience: Resilience): {
  readonly resilience: Resilience;
  readonly listeners: () => number;
} {
  let listeners = 0;
  const count = <T extends Readable<unknown>>(readable: T): T => ({
    ...readable,
    subscribe: (listener: () => void) => {
      listeners++;
      const end = readable.subscribe(listener);
      return () => {
        listeners--;
        end();
      };
    },
    get: readable.get,
  });
  const { session, limits, activity, online } = resilience;
  return {
    resilience: {
      ...resilience,
      session: count(session),
      limits: count(limits),
      activity: count(activity),
      online: count(online),
    },
    listeners: () => listeners,
  };
}
