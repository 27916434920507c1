// @vitest-environment jsdom
import { gql } from '@apollo/client';
import { useBackgroundQuery, useMutation, useQuery, useReadQuery } from '@apollo/client/react';
import type { QueryRef } from '@apollo/client/react';
import { CombinedError } from 'urql';
import { Component, Suspense, useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { Hello, ask } from './hello.fixture.tsx';
import { FailureBoundary, ResilienceProvider } from './index.ts';
import type { FallbackProps } from './index.ts';
import {
  bothClients,
  clocked,
  componentsThrow,
  HELLO,
  mount,
  pageOver,
  server,
  show,
  shows,
} from './page.fixture.tsx';

const fallback = ({ failure, retry, retrying }: FallbackProps): ReactElement => (
  <button onClick={retry}>
    {failure.kind} {retrying ? 'waiting' : 'again'}
  </button>
);

class Outer extends Component<{ readonly children: ReactNode }, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};
  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    return this.state.error === undefined
      ? this.props.children
      : `outer ${String(this.state.error)}`;
  }
}

function Throw({ error }: { readonly error: unknown }): never {
  throw error;
}

describe('what a boundary catches', () => {
  it.each([
    new TypeError('x is not a function'),
    new Error('a bug'),
    'a string',
    { digest: 'NEXT_NOT_FOUND' },
  ])('V4 what is no failure goes on to the next boundary: %o', async (error) => {
    componentsThrow();
    const { resilience } = clocked();
    const { container } = show(
      resilience,
      <Outer>
        <FailureBoundary fallback={fallback}>
          <Throw error={error} />
        </FailureBoundary>
      </Outer>,
    );
    expect(container.textContent).toBe(`outer ${String(error)}`);
  });

  it('V4 an error that came with the server’s page is known by its shape, and its fallback may be a node', () => {
    componentsThrow();
    const { resilience } = clocked();
    const graphQLErrors = [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }];
    const { container } = show(
      resilience,
      <FailureBoundary fallback={<b>Not yours</b>}>
        <Throw error={new CombinedError({ graphQLErrors })} />
      </FailureBoundary>,
    );
    expect(container.innerHTML).toBe('<b>Not yours</b>');
  });

  it('V4 without a provider it says what is missing, before anything has failed', async () => {
    componentsThrow();
    const { body } = mount(
      <Outer>
        <FailureBoundary fallback="-">fine</FailureBoundary>
      </Outer>,
    );
    await vi.waitFor(() =>
      expect(body.textContent).toContain(
        'outer Error: There is no ResilienceProvider above this component',
      ),
    );
  });

  it('V4 retry of an error that nothing was sent for shows the children again, which may throw again', async () => {
    componentsThrow();
    const { resilience } = clocked();
    const error = new CombinedError({ networkError: new TypeError('Failed to fetch') });
    let broken = true;
    let thrown = 0;
    const onRetry = vi.fn<() => void>();
    const Fragile = (): ReactElement => {
      if (broken) {
        thrown++;
        throw error;
      }
      return <p>mended</p>;
    };
    const { body } = mount(
      <ResilienceProvider resilience={resilience}>
        <FailureBoundary fallback={fallback} onRetry={onRetry}>
          <Fragile />
        </FailureBoundary>
      </ResilienceProvider>,
    );
    await shows(body, 'network again');
    const before = thrown;
    body.querySelector('button')!.click();
    await vi.waitFor(() => {
      expect(thrown).toBeGreaterThan(before);
      expect(body.textContent).toBe('network again');
    });
    broken = false;
    body.querySelector('button')!.click();
    await shows(body, 'mended');
    expect(onRetry).toHaveBeenCalledTimes(2);
    expect(onRetry).toHaveBeenLastCalledWith(expect.objectContaining({ kind: 'network' }), error);
  });
});

describe('what retry sends', () => {
  it('V4 M1 never a mutation', async () => {
    const { api, Page } = await pageOver([{ status: 403 }]);
    const Add = (): ReactElement => {
      const [add, { error }] = useMutation(gql`
        mutation Add {
          add(name: "pump") {
            id
          }
        }
      `);
      if (error !== undefined) throw error;
      // The hook has the error, too, and throws it above.
      return <button onClick={() => void add().catch(() => undefined)}>Add</button>;
    };
    const { body } = mount(
      <Page>
        <FailureBoundary fallback={fallback}>
          <Add />
        </FailureBoundary>
      </Page>,
    );
    await shows(body, 'Add');
    body.querySelector('button')!.click();
    await shows(body, 'forbidden again');
    body.querySelector('button')!.click();
    await shows(body, 'Add');
    expect(api.requests).toHaveLength(1);
  });

  it('V4 a query that was thrown by hand, once', async () => {
    const { api, Page } = await pageOver([{ status: 403 }]);
    const Plain = (): ReactElement => {
      const { data, error } = useQuery<{ hello: string }>(HELLO);
      if (error !== undefined) throw error;
      return <p>{data?.hello}</p>;
    };
    const { body } = mount(
      <Page>
        <FailureBoundary fallback={fallback}>
          <Plain />
        </FailureBoundary>
      </Page>,
    );
    await shows(body, 'forbidden again');
    body.querySelector('button')!.click();
    await shows(body, 'Hello, world!');
    expect(api.requests).toHaveLength(2);
  });

  it('V4 a query that began above the boundary, once', async () => {
    const { api, Page } = await pageOver([{ status: 403 }]);
    const Reader = ({ from }: { readonly from: QueryRef<{ hello: string }> }): ReactElement => (
      <p>{useReadQuery(from).data.hello}</p>
    );
    const Beginner = (): ReactElement => {
      const [reference] = useBackgroundQuery<{ hello: string }>(HELLO);
      return (
        <FailureBoundary fallback={fallback}>
          <Suspense fallback="Loading">
            <Reader from={reference} />
          </Suspense>
        </FailureBoundary>
      );
    };
    const { body } = mount(
      <Page>
        <Beginner />
      </Page>,
    );
    await shows(body, 'forbidden again');
    body.querySelector('button')!.click();
    await shows(body, 'Hello, world!');
    expect(api.requests).toHaveLength(2);
  });

  it('V4 W11 offline it waits, with the fallback, as any operation does', async () => {
    componentsThrow();
    const api = await server({ faults: [{ status: 403 }] });
    let isOnline = true;
    const listeners = new Set<() => void>();
    const { resilience } = clocked({
      online: {
        get: () => isOnline,
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    });
    const Page = bothClients(resilience, api.url);
    const { body } = mount(
      <Page>
        <FailureBoundary fallback={fallback}>
          <Suspense fallback="Loading">
            <Hello name="Ada" />
          </Suspense>
        </FailureBoundary>
      </Page>,
    );
    await shows(body, 'forbidden again');
    isOnline = false;
    body.querySelector('button')!.click();
    await shows(body, 'forbidden waiting');
    expect(resilience.activity.get()).toMatchObject([{ reason: 'offline' }]);
    body.querySelector('button')!.click();
    isOnline = true;
    for (const listener of listeners) listener();
    await shows(body, 'Hello, Ada!');
    expect(api.requests).toHaveLength(2);
  });

  it('V4 E1 a boundary that has gone meanwhile shows nothing, and says nothing', async () => {
    const { api, Page } = await pageOver([{ status: 403 }, { delay: 50 }]);
    const { body, root } = mount(
      <Page>
        <FailureBoundary fallback={fallback}>
          <Suspense fallback="Loading">
            <Hello name="Ada" />
          </Suspense>
        </FailureBoundary>
      </Page>,
    );
    await shows(body, 'forbidden again');
    body.querySelector('button')!.click();
    await shows(body, 'forbidden waiting');
    root.render(<Page>elsewhere</Page>);
    await shows(body, 'elsewhere');
    await vi.waitFor(() => expect(api.requests.map(({ status }) => status)).toEqual([403, 200]));
  });

  it('V4 what the application keeps itself, it replaces in onRetry', async () => {
    const { api, resilience, Page } = await pageOver([{ status: 403 }]);
    const Loader = ({ answer }: { readonly answer: Promise<string> }): ReactElement => {
      const [state, setState] = useState<{ hello?: string; error?: unknown }>({});
      useEffect(() => {
        answer.then(
          (hello) => setState({ hello }),
          (error: unknown) => setState({ error }),
        );
      }, [answer]);
      if (state.error !== undefined) throw state.error;
      return <p>{state.hello}</p>;
    };
    const App = (): ReactElement => {
      const [answer, setAnswer] = useState(() => ask(resilience, api.url));
      return (
        <FailureBoundary fallback={fallback} onRetry={() => setAnswer(ask(resilience, api.url))}>
          <Loader answer={answer} />
        </FailureBoundary>
      );
    };
    const { body } = mount(
      <Page>
        <App />
      </Page>,
    );
    await shows(body, 'forbidden again');
    body.querySelector('button')!.click();
    await shows(body, 'Hello, world!');
    expect(api.requests).toHaveLength(2);
  });
});
