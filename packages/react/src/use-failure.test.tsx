// @vitest-environment jsdom
import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import { useMutation, useQuery as useApolloQuery } from '@apollo/client/react';
import { gql } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import { tbint } from '@holdfast/profiles';
import type { Failure } from '@holdfast/core';
import { renderHook } from '@testing-library/react';
import { createElement } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { CombinedError, useQuery } from 'urql';
import { describe, expect, it } from 'vitest';
import { ResilienceProvider, useFailure } from './index.ts';
import { HELLO, bothClients, clocked, mount, server, shows } from './page.fixture.tsx';

describe('useFailure', () => {
  it('V2 takes what useQuery and useMutation of either client hand to a component', async () => {
    const api = await server({ faults: [{ status: 403, times: Infinity }] });
    const { resilience } = clocked();
    const Page = bothClients(resilience, api.url);
    const seen: Record<string, [Failure | undefined, unknown]> = {};
    const Note = ({
      of,
      error,
    }: {
      readonly of: string;
      readonly error: unknown;
    }): ReactElement => {
      const failure = useFailure(error);
      if (failure !== undefined) seen[of] = [failure, error];
      return <i>{failure === undefined ? '' : `${of} ${failure.kind} ${failure.attempts}`} </i>;
    };
    const Probe = (): ReactElement => {
      const apollo = useApolloQuery(HELLO);
      const [urql] = useQuery({ query: HELLO, context: CONTEXT });
      const [add, { error }] = useMutation(gql`
        mutation Add {
          add(name: "pump") {
            id
          }
        }
      `);
      return (
        <button onClick={() => void add().catch(() => undefined)}>
          <Note of="Apollo" error={apollo.error} />
          <Note of="urql" error={urql.error} />
          <Note of="mutation" error={error} />
        </button>
      );
    };
    const { body } = mount(
      <Page>
        <Probe />
      </Page>,
    );
    await shows(body, 'Apollo forbidden 1');
    await shows(body, 'urql forbidden 1');
    body.querySelector('button')!.click();
    await shows(body, 'mutation forbidden 1');
    expect(Object.keys(seen)).toHaveLength(3);
    for (const [failure, error] of Object.values(seen)) expect(failureOf(error)).toBe(failure);
  });

  it.each([undefined, null])('V2 %s is no failure', (error) => {
    expect(hook(error).result.current).toBeUndefined();
  });

  it.each([
    [
      new CombinedGraphQLErrors({ errors: [{ message: 'No', extensions: { code: 'FORBIDDEN' } }] }),
      'forbidden',
    ],
    [
      new ServerError('', { response: new Response('', { status: 503 }), bodyText: '' }),
      'unavailable',
    ],
    [new CombinedError({ networkError: new TypeError('fetch failed') }), 'network'],
    [new CombinedError({ graphQLErrors: [{ message: 'x' }] }), 'unknown'],
    [new Error('whatever'), 'unknown'],
    ['a string', 'unknown'],
  ])('V2 what this runtime has not delivered is read by its shape: %s is %s', (error, kind) => {
    const { result, rerender } = hook(error);
    const first = result.current;
    expect(first).toMatchObject({ kind });
    rerender();
    if (typeof error === 'object') expect(result.current).toBe(first);
    // In another component as well.
    if (typeof error === 'object') expect(hook(error).result.current?.kind).toBe(kind);
  });

  it('V2 by the profile of the instance', () => {
    const error = new ServerError('', {
      response: new Response('', { status: 423 }),
      bodyText: '',
    });
    expect(hook(error).result.current?.kind).toBe('locked');
    expect(hook(error, clocked({ profile: tbint }).resilience).result.current?.kind).toBe(
      'rate_limited',
    );
  });
});

const CONTEXT = { suspense: false };

function hook(
  error: unknown,
  resilience = clocked().resilience,
): ReturnType<typeof renderHook<Failure | undefined, unknown>> {
  const wrapper = ({ children }: { readonly children: ReactNode }): ReactElement =>
    createElement(ResilienceProvider, { resilience }, children);
  return renderHook(() => useFailure(error), { wrapper });
}
