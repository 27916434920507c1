// @vitest-environment jsdom
import { ApolloProvider, useSuspenseQuery } from '@apollo/client/react';
import type { Resilience } from '@holdfast/core';
import { act } from '@testing-library/react';
import { StrictMode, Suspense } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  FailureBoundary,
  ResilienceProvider,
  ResilienceStatus,
  useActivity,
  useFailure,
  useLimits,
  useSession,
} from './index.ts';
import { HELLO, after, apolloOf, clocked, isServerToo, server } from './page.fixture.tsx';

const AUTH = { tokens: { accessToken: 't1' }, refresh: async () => undefined };

function States(): ReactElement {
  const { status, generation } = useSession();
  const failure = useFailure({ message: 'No.', extensions: { code: 'FORBIDDEN' } });
  return (
    <p>
      {status} {generation} {useLimits().length} {useActivity().length} {failure?.kind}
    </p>
  );
}

function page(resilience: Resilience, more: ReactNode = null): ReactElement {
  return (
    <ResilienceProvider resilience={resilience}>
      <States />
      <FailureBoundary fallback="failed">{more}</FailureBoundary>
      <ResilienceStatus className="status" />
    </ResilienceProvider>
  );
}

/** Lets React take a page over, in a browser whose instance is another one. */
async function takeOver(html: string, children: ReactNode): Promise<HTMLElement> {
  const body = document.createElement('div');
  body.innerHTML = html;
  document.body.append(body);
  const faults: unknown[] = [];
  await act(async () => {
    const root = hydrateRoot(body, children, { onRecoverableError: (error) => faults.push(error) });
    after(() => act(() => root.unmount()));
  });
  expect(faults).toEqual([]);
  return body;
}

describe('rendering on a server', () => {
  beforeEach(isServerToo);

  it('V1 shows the same for every session, and the browser takes it over without a mismatch', async () => {
    const onServer = clocked({ auth: AUTH }).resilience;
    onServer.session.signOut();
    const html = renderToString(page(onServer));
    expect(html).toContain('unknown');
    const inBrowser = clocked({ auth: AUTH }).resilience;
    const body = await takeOver(html, <StrictMode>{page(inBrowser)}</StrictMode>);
    expect(body.querySelector('p')!.textContent).toBe('active 1 0 0 forbidden');
  });

  it('V1 E6 streams for two users at once, each with an instance of its own, and leaves nothing', async () => {
    const api = await server({
      auth: { reject: '401', valid: (token) => token.startsWith('user-') },
    });
    const render = async (user: string): Promise<{ html: string; pending: number }> => {
      const { resilience, clock } = clocked({
        auth: { tokens: { accessToken: `user-${user}` }, refresh: async () => undefined },
      });
      const client = apolloOf(resilience, api.url);
      const Hello = (): ReactElement => {
        const { data } = useSuspenseQuery<{ hello: string }>(HELLO, { variables: { name: user } });
        return <b>{data.hello}</b>;
      };
      const out = new PassThrough();
      renderToPipeableStream(
        <ApolloProvider client={client}>
          {page(
            resilience,
            <Suspense fallback="Loading">
              <Hello />
            </Suspense>,
          )}
        </ApolloProvider>,
      ).pipe(out);
      const html = await text(out);
      return { html, pending: clock.pending };
    };
    const [ada, bob] = await Promise.all([render('Ada'), render('Bob')]);
    expect([ada.pending, bob.pending]).toEqual([0, 0]);
    expect(ada.html).toContain('Hello, Ada!');
    expect(bob.html).toContain('Hello, Bob!');
    expect(ada.html).not.toContain('Bob');
    expect(ada.html + bob.html).not.toContain('user-');
    expect(
      api.requests.map(({ variables, token }) => `${variables?.['name']} ${token}`).sort(),
    ).toEqual(['Ada user-Ada', 'Bob user-Bob']);
  });

  it('V1 a part that is taken over late still begins as the server had it', async () => {
    const onServer = clocked({ auth: AUTH }).resilience;
    const tree = (resilience: Resilience, wait: Promise<void> | undefined): ReactElement => {
      let isReady = wait === undefined;
      void wait?.then(() => (isReady = true));
      const Late = (): ReactElement => {
        if (!isReady) throw wait;
        return <States />;
      };
      return (
        <ResilienceProvider resilience={resilience}>
          <Suspense fallback="Loading">
            <Late />
          </Suspense>
        </ResilienceProvider>
      );
    };
    const out = new PassThrough();
    const stream = renderToPipeableStream(tree(onServer, undefined), {
      onAllReady: () => void stream.pipe(out),
    });
    const html = await text(out);
    const inBrowser = clocked({ auth: AUTH }).resilience;
    let ready = (): void => {};
    const body = await takeOver(html, tree(inBrowser, new Promise((resolve) => (ready = resolve))));
    // The session moves on before the rest of the page's code has been loaded.
    act(() => inBrowser.session.signOut());
    expect(body.querySelector('p')!.textContent).toBe('unknown 0 0 0 forbidden');
    await act(async () => ready());
    expect(body.querySelector('p')!.textContent).toBe('signed-out 2 0 0 forbidden');
  });
});
