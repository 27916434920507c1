import { createResilience } from '@holdfast/core';
import type { OperationInfo, Signal } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ResilienceProvider } from '../index.ts';
import { ResilienceDevtools, Timeline } from '../devtools.ts';
import { busyHistory } from './story.fixture.ts';

/** What a test reaches through the page's `window`. */
export interface App {
  /** Sends so many queries at once. */
  ask(count: number): Promise<void>;
  /** Has a limit close, and two operations fail, one of them a mutation that may have run. */
  trouble(): void;
  unmount(): void;
}

const NOW = 1_700_000_030_000;
const settings = new URLSearchParams(location.search);
const container = document.createElement('div');
document.body.append(container);
const root = createRoot(container);

const resilience = createResilience({
  auth: {
    tokens: { accessToken: 'secret-dead-token' },
    refresh: async () => {
      const answer = await fetch(settings.get('token') ?? '', { method: 'POST' });
      const { access_token: accessToken } = (await answer.json()) as { access_token: string };
      return { accessToken };
    },
  },
});
const client = new Client({
  url: settings.get('api') ?? '',
  preferGetMethod: false,
  exchanges: [resilienceExchange(resilience), fetchExchange],
});

const app: App = {
  ask: async (count) => {
    const names = Array.from({ length: count }, (_, index) => `secret-variable-${index}`);
    await Promise.all(
      names.map((name) =>
        client.query('query Hello($name: String) { hello(name: $name) }', { name }).toPromise(),
      ),
    );
  },
  trouble: () => {
    meets({ kind: 'query', name: 'OrdersOfTheWholeCompanyWithPreviews' }, { status: 400 });
    meets({ kind: 'mutation', name: 'PlaceOrder' }, { status: 503 });
    const headers = { 'retry-after': '20' };
    meets(
      { kind: 'query', name: 'Search', options: { scope: 'search' } },
      { status: 429, headers },
    );
  },
  unmount: () => root.unmount(),
};

/** An operation whose every attempt is answered so. */
function meets(info: OperationInfo, signal: Signal): void {
  resilience.execute<Signal>(
    info,
    {
      send: (_, receiver) => {
        receiver.next(signal);
        receiver.complete();
        return () => {};
      },
      read: (given) => given,
    },
    { next: () => {}, error: () => {}, complete: () => {} },
  );
}
Object.assign(globalThis, { app });

root.render(
  <StrictMode>
    <ResilienceProvider resilience={resilience}>
      <main>
        <h1>An application</h1>
        <button type="button">Its own</button>
        {settings.has('timeline') ? (
          <Timeline
            title="Requests"
            history={busyHistory(NOW)}
            now={NOW}
            packed={settings.has('packed')}
          />
        ) : null}
      </main>
      {settings.has('devtools') ? <ResilienceDevtools /> : null}
    </ResilienceProvider>
  </StrictMode>,
);
