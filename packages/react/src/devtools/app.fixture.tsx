import { createResilience } from '@holdfast/core';
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
  unmount: () => root.unmount(),
};
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
