// @vitest-environment jsdom
import { graphqlOverHttp } from '@holdfast/core';
import type { Resilience, SessionState } from '@holdfast/core';
import { act, render } from '@testing-library/react';
import { StrictMode, startTransition, useState } from 'react';
import type { ReactElement } from 'react';
import { useSuspenseQuery } from '@apollo/client/react';
import { useQuery } from 'urql';
import { describe, expect, it, vi } from 'vitest';
import {
  ResilienceProvider,
  ResilienceStatus,
  useActivity,
  useLimits,
  useResilience,
  useSession,
} from './index.ts';
import {
  HELLO,
  ITEMS,
  apolloOf,
  bothClients,
  clocked,
  componentsThrow,
  counted,
  mount,
  pass,
  server,
  show,
  shows,
  expectHiddenHints,
} from './page.fixture.tsx';
import { Suspense } from 'react';

const AUTH = { tokens: { accessToken: 't1' }, refresh: async () => undefined };

describe('the hooks', () => {
  it('V1 useSession answers the very object that the session has', () => {
    const { resilience } = clocked({ auth: AUTH });
    const seen: SessionState[] = [];
    const Probe = (): null => {
      seen.push(useSession());
      return null;
    };
    show(resilience, <Probe />);
    expect(seen).toEqual([resilience.session.get()]);
    expect(seen[0]).toBe(resilience.session.get());
    act(() => resilience.session.signIn({ accessToken: 't2' }));
    expect(seen).toHaveLength(2);
    expect(seen[1]).toBe(resilience.session.get());
    expect(seen[1]).toMatchObject({ status: 'active', generation: 2 });
  });

  it('V1 each renders again for what it shows, and for nothing else', async () => {
    expectHiddenHints();
    const api = await server({ faults: [{ status: 503 }, { status: 429, after: 1 }] });
    const { resilience, clock } = clocked({ auth: AUTH });
    const renders = { session: 0, limits: 0, activity: 0, above: 0 };
    const seen: string[] = [];
    const Session = (): null => {
      renders.session++;
      useSession();
      return null;
    };
    const Limits = (): null => {
      renders.limits++;
      useLimits();
      return null;
    };
    const Activity = (): null => {
      renders.activity++;
      seen.push(
        useActivity()
          .map(({ reason }) => reason)
          .join(),
      );
      return null;
    };
    const Above = (): ReactElement => {
      renders.above++;
      return (
        <>
          <Session />
          <Limits />
          <Activity />
        </>
      );
    };
    show(resilience, <Above />);
    const client = apolloOf(resilience, api.url);
    const answered = client.query({ query: HELLO });
    // Whatever React renders now, it renders within `act`.
    await act(() => vi.waitFor(() => expect(resilience.activity.get()).toHaveLength(1)));
    await pass(clock, 100);
    await act(async () => void (await answered));
    expect(seen).toEqual(['', 'backoff', '']);
    expect(renders).toEqual({ session: 1, limits: 1, activity: 3, above: 1 });
  });

  it('V1 a refresh ahead of time, which shows nothing, renders nothing', async () => {
    const refresh = vi.fn<() => Promise<never>>(() => new Promise(() => {}));
    const { resilience, clock } = clocked({ auth: { refresh } });
    resilience.session.signIn({ accessToken: 't1', expiresAt: clock.wall() + 100_000 });
    let renders = 0;
    const Probe = (): null => {
      renders++;
      useSession();
      return null;
    };
    show(resilience, <Probe />);
    await pass(clock, 90_000);
    const end = resilience.execute(
      { kind: 'query' },
      { send: () => () => {}, read: () => undefined },
      { next: () => {}, error: () => {}, complete: () => {} },
    );
    await pass(clock, 1);
    expect([refresh.mock.calls.length, renders]).toEqual([1, 1]);
    end();
  });

  it('V1 E3 in Strict Mode they subscribe once each, and leave nothing behind', () => {
    const { resilience, clock } = clocked({ auth: AUTH });
    const { resilience: watched, listeners } = counted(resilience);
    const All = (): ReactElement => {
      useSession();
      useLimits();
      useActivity();
      return <ResilienceStatus />;
    };
    const page = render(
      <StrictMode>
        <ResilienceProvider resilience={watched}>
          <All />
        </ResilienceProvider>
      </StrictMode>,
    );
    expect(listeners()).toBe(7);
    page.unmount();
    expect([listeners(), clock.pending]).toEqual([0, 0]);
  });

  it('V1 another instance takes the place of the first one', () => {
    const first = counted(clocked({ auth: AUTH }).resilience);
    const second = counted(clocked({ auth: AUTH }).resilience);
    second.resilience.session.signOut();
    const Probe = (): string => useSession().status;
    const page = render(
      <ResilienceProvider resilience={first.resilience}>
        <Probe />
      </ResilienceProvider>,
    );
    expect(page.container.textContent).toBe('active');
    page.rerender(
      <ResilienceProvider resilience={second.resilience}>
        <Probe />
      </ResilienceProvider>,
    );
    expect(page.container.textContent).toBe('signed-out');
    expect([first.listeners(), second.listeners()]).toEqual([0, 1]);
  });

  it('V1 of nested providers the nearest counts', () => {
    const outer = clocked().resilience;
    const inner = clocked({ profile: { ...graphqlOverHttp, name: 'inner' } }).resilience;
    const seen: Resilience[] = [];
    const Probe = (): null => {
      seen.push(useResilience());
      return null;
    };
    show(
      outer,
      <>
        <Probe />
        <ResilienceProvider resilience={inner}>
          <Probe />
        </ResilienceProvider>
      </>,
    );
    expect(seen).toEqual([outer, inner]);
    expect([seen[0] === outer, seen[1] === inner]).toEqual([true, true]);
  });

  it('V1 a change in the midst of a transition does not tear the page', async () => {
    const { resilience } = clocked({ auth: AUTH });
    const torn: string[] = [];
    let signIn: () => void = () => {};
    const Slow = ({ at }: { readonly at: number }): ReactElement => {
      const { generation } = useSession();
      // Rendering takes longer than React's slice: it goes on to other work between these.
      const end = performance.now() + 6;
      while (performance.now() < end);
      return <i data-at={at}>{generation}</i>;
    };
    let go: () => void = () => {};
    const Page = (): ReactElement => {
      const [rows, setRows] = useState(0);
      go = () => startTransition(() => setRows(10));
      return (
        <div>
          {Array.from({ length: rows }, (_, at) => (
            <Slow key={at} at={at} />
          ))}
        </div>
      );
    };
    const { body } = mount(
      <ResilienceProvider resilience={resilience}>
        <Page />
      </ResilienceProvider>,
    );
    await vi.waitFor(() => expect(body.firstChild).not.toBeNull());
    const observer = new MutationObserver(() => {
      const shown = new Set([...body.querySelectorAll('i')].map(({ textContent }) => textContent));
      if (shown.size > 1) torn.push([...shown].join());
    });
    observer.observe(body, { childList: true, subtree: true, characterData: true });
    let generation = 1;
    signIn = () => resilience.session.signIn({ accessToken: `t${++generation}` });
    go();
    // Between the slices, before the transition is done.
    for (let times = 0; times < 3; times++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      signIn();
    }
    await vi.waitFor(() => expect(body.querySelectorAll('i')).toHaveLength(10));
    observer.disconnect();
    expect(torn).toEqual([]);
    expect(new Set([...body.querySelectorAll('i')].map((i) => i.textContent))).toEqual(
      new Set(['4']),
    );
  });
});

describe('the provider', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, 'another object'],
    [() => {}, 'a function'],
  ])('V1 X5 given %s it says so in one sentence', (given, described) => {
    componentsThrow(/TypeError: ResilienceProvider: /u);
    expect(() =>
      render(<ResilienceProvider resilience={given as unknown as Resilience} />),
    ).toThrow(
      `ResilienceProvider: resilience was given ${described}; what createResilience() answers is allowed.`,
    );
  });

  it('V1 without one, each hook says what is missing', () => {
    componentsThrow(/Error: There is no ResilienceProvider /u);
    const Probe = (): string => useSession().status;
    expect(() => render(<Probe />)).toThrow(
      'There is no ResilienceProvider above this component; wrap the application in',
    );
  });
});

it('V2 Apollo Client and urql stand in one tree, on one instance', async () => {
  const api = await server({ auth: { reject: '401' } });
  const { resilience } = clocked({
    auth: {
      tokens: { accessToken: 'dead' },
      refresh: () => Promise.resolve({ accessToken: api.issueToken() }),
    },
  });
  const Page = bothClients(resilience, api.url);
  const Apollo = (): string => useSuspenseQuery<{ hello: string }>(HELLO).data.hello;
  const Urql = (): string => {
    const [{ data }] = useQuery<{ items: { name: string }[] }>({ query: ITEMS });
    return data?.items.map(({ name }) => name).join() ?? '';
  };
  const Generation = (): string => ` generation ${useSession().generation}`;
  const { body } = mount(
    <Page>
      <Suspense fallback="Loading">
        <Apollo /> <Urql />
      </Suspense>
      <Generation />
    </Page>,
  );
  await shows(body, 'Hello, world!');
  expect(body.textContent).toBe('Hello, world! anchor,buoy generation 2');
});
