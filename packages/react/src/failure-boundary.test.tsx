// @vitest-environment jsdom
import type { FaultServer } from '@holdfast/testing';
import { StrictMode, Suspense } from 'react';
import type { ReactElement } from 'react';
import { useQuery } from 'urql';
import { describe, expect, it, vi } from 'vitest';
import { Hello as ApolloHello } from './hello.fixture.tsx';
import { FailureBoundary } from './index.ts';
import type { FallbackProps } from './index.ts';
import { HELLO, mount, pageOver, shows } from './page.fixture.tsx';

const DOWN = { status: 403, times: 1 };

interface Hello {
  readonly hello: string;
}

function UrqlHello({ name }: { readonly name: string }): ReactElement {
  const [{ data, error }] = useQuery<Hello>({ query: HELLO, variables: { name } });
  if (error !== undefined) throw error;
  return <p>{data?.hello}</p>;
}

function Fallback({ failure, retry, retrying }: FallbackProps): ReactElement {
  return (
    <p>
      {failure.kind} {failure.status} {failure.attempts}
      <button onClick={retry}>{retrying ? 'Trying' : 'Try again'}</button>
    </p>
  );
}

const HELLO_OF = { Apollo: ApolloHello, urql: UrqlHello } as const;

function requests(api: FaultServer): unknown[] {
  return api.requests.map(({ variables, status }) => [variables?.['name'], status]);
}

function click(body: HTMLElement): void {
  body.querySelector('button')!.click();
}

const fallback = (props: FallbackProps): ReactElement => <Fallback {...props} />;

describe.each(['Apollo', 'urql'] as const)('a boundary around Suspense queries of %s', (client) => {
  const Hello = HELLO_OF[client];

  it('V4 catches the failure, and retry sends exactly one request and shows its result', async () => {
    const { api, Page } = await pageOver([DOWN]);
    const { body } = mount(
      <Page>
        <FailureBoundary fallback={fallback}>
          <Suspense fallback="Loading">
            <Hello name="Ada" />
          </Suspense>
        </FailureBoundary>
      </Page>,
    );
    await shows(body, 'forbidden 403 1');
    click(body);
    click(body);
    await shows(body, 'Hello, Ada!');
    expect(requests(api)).toEqual([
      ['Ada', 403],
      ['Ada', 200],
    ]);
  });

  it('V4 a retry that fails again shows the fresh failure, and the next one works', async () => {
    const { api, Page } = await pageOver([DOWN, DOWN]);
    const seen: FallbackProps[] = [];
    const { body } = mount(
      <StrictMode>
        <Page>
          <Suspense fallback="Loading">
            <FailureBoundary
              fallback={(props) => {
                seen.push(props);
                return fallback(props);
              }}
            >
              <Hello name="Ada" />
            </FailureBoundary>
          </Suspense>
        </Page>
      </StrictMode>,
    );
    await shows(body, 'Try again');
    const first = seen[0]!.failure;
    click(body);
    await vi.waitFor(() => expect(seen.at(-1)!.failure).not.toBe(first));
    expect(seen.some(({ retrying }) => retrying)).toBe(true);
    await vi.waitFor(() => expect(seen.at(-1)!.retrying).toBe(false));
    expect(api.requests).toHaveLength(2);
    click(body);
    await shows(body, 'Hello, Ada!');
    expect(requests(api)).toEqual([
      ['Ada', 403],
      ['Ada', 403],
      ['Ada', 200],
    ]);
  });

  it('V4 one retry sends all that had failed below', async () => {
    const { api, resilience, Page } = await pageOver([{ status: 403, times: Infinity }]);
    const failed = vi.fn<() => void>();
    resilience.subscribe(({ type }) => void (type === 'gave_up' && failed()));
    const { body } = mount(
      <Page>
        <FailureBoundary fallback={fallback}>
          <Suspense fallback="Loading">
            <Hello name="Ada" />
          </Suspense>
          <Suspense fallback="Loading">
            <Hello name="Bob" />
          </Suspense>
        </FailureBoundary>
      </Page>,
    );
    await shows(body, 'Try again');
    // Both have failed here, and not only there: a retry is for those.
    const refused = expect.arrayContaining(['Ada,403', 'Bob,403']) as unknown;
    await vi.waitFor(
      () => {
        expect(requests(api).map(String)).toEqual(refused);
        expect(failed.mock.calls.length).toBe(api.requests.length);
      },
      { timeout: 20_000 },
    );
    api.clearFaults();
    click(body);
    await shows(body, 'Hello, Bob!');
    await shows(body, 'Hello, Ada!');
    // What has failed is rendered once more before the boundary shows it, and a busy page may ask for it again.
    const asked = requests(api).map(String);
    expect(asked.filter((request) => request.endsWith('200')).sort()).toEqual([
      'Ada,200',
      'Bob,200',
    ]);
  });
});
