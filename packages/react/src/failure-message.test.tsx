// @vitest-environment jsdom
import { gql } from '@apollo/client';
import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import { useMutation, useQuery as useApolloQuery } from '@apollo/client/react';
import type { Failure, Resilience } from '@holdfast/core';
import { act, fireEvent, screen } from '@testing-library/react';
import { Suspense } from 'react';
import type { ReactElement } from 'react';
import { renderToString } from 'react-dom/server';
import { CombinedError, useQuery } from 'urql';
import { describe, expect, it, vi } from 'vitest';
import { Hello } from './hello.fixture.tsx';
import { FailureBoundary, FailureMessage, ResilienceProvider } from './index.ts';
import type { FailureDetail, FailureMessageProps } from './index.ts';
import {
  HELLO,
  bothClients,
  clocked,
  componentsThrow,
  isServerToo,
  mount,
  pass,
  server,
  show,
  shows,
} from './page.fixture.tsx';

const coded = (code: string): Error =>
  new CombinedGraphQLErrors({ errors: [{ message: 'Row 17 of secrets', extensions: { code } }] });
const answered = (status: number, headers: Record<string, string> = {}): Error =>
  new ServerError('Row 17 of secrets', {
    response: new Response('', { status, headers }),
    bodyText: '',
  });

interface Shown {
  readonly text: string;
  readonly buttons: readonly string[];
}

function shownNow(): Shown {
  const buttons = screen.queryAllByRole('button').map(({ textContent }) => textContent ?? '');
  return { text: screen.getByRole('alert').textContent ?? '', buttons };
}

function message(
  props: FailureMessageProps,
  resilience: Resilience = clocked().resilience,
): ReturnType<typeof show> {
  return show(resilience, <FailureMessage retry={() => {}} signIn={() => {}} {...props} />);
}

const AGAIN = ['Try again'];

describe('what is said of a failure', () => {
  it.each([
    [coded('UNAUTHENTICATED'), 'Please sign in againThen carry on where you were.', ['Sign in']],
    [coded('FORBIDDEN'), 'You don’t have access to this', []],
    [coded('NOT_FOUND'), 'This could not be found', []],
    [coded('BAD_USER_INPUT'), 'This was not accepted', []],
    [answered(409), 'This has changed in the meantime', []],
    [coded('RATE_LIMITED'), 'It’s very busy right now', AGAIN],
    [answered(423), 'Someone else is working on this', AGAIN],
    [answered(503), 'The service is not available right now', AGAIN],
    [coded('INTERNAL_SERVER_ERROR'), 'This did not work on our side', AGAIN],
    [
      new CombinedError({ networkError: new TypeError('Failed to fetch') }),
      'The service could not be reached',
      AGAIN,
    ],
    [answered(408), 'This took too long', AGAIN],
    [new DOMException('The user aborted a request.', 'AbortError'), 'This was stopped', AGAIN],
    [new Error('Row 17 of secrets'), 'This did not work', AGAIN],
    ['Row 17 of secrets', 'This did not work', AGAIN],
  ] as const)('V2 %s: %s', (error, words, buttons) => {
    const { container } = message({ error });
    expect(shownNow()).toEqual({ text: expect.stringContaining(words) as string, buttons });
    expect(container.textContent).not.toContain('secrets');
  });

  it('V2 nothing, where there is no error', () => {
    const { container } = message({ error: undefined, look: 'card' });
    expect(container.innerHTML).toBe('');
  });

  it('V2 a page in place of data asks for the network’s own sign-in', () => {
    const failure = { kind: 'bad_response' } as Failure;
    message({ error: undefined, failure });
    expect(shownNow().text).toContain('If this network asks you to sign in, do that first.');
  });

  it('W11 without a network it says so, and no longer once there is one', () => {
    let isOnline = false;
    let tell = (): void => {};
    const { resilience } = clocked({
      online: {
        get: () => isOnline,
        subscribe: (listener) => {
          tell = listener;
          return () => {};
        },
      },
    });
    message(
      { error: new CombinedError({ networkError: new TypeError('Load failed') }) },
      resilience,
    );
    expect(shownNow()).toMatchObject({ text: 'You are offlineTry again once you are connected.' });
    isOnline = true;
    act(() => tell());
    expect(shownNow().text).toContain('The service could not be reached');
  });

  it('V3 what happened is an alert; what counts down, and the buttons, stand beside it', async () => {
    const { resilience, clock } = clocked();
    const failure = { kind: 'rate_limited', retryAt: clock.wall() + 90_000 } as Failure;
    const { container } = message(
      { error: undefined, failure, look: 'card', lang: 'en' },
      resilience,
    );
    const alert = screen.getByRole('alert');
    const before = alert.innerHTML;
    const button = screen.getByRole('button');
    const described = document.getElementById(button.getAttribute('aria-describedby')!);
    expect(described?.textContent).toBe('You can try again in 90 s.');
    expect(alert.contains(described) || alert.contains(button)).toBe(false);
    await pass(clock, 1_000);
    expect(described?.textContent).toBe('You can try again in 89 s.');
    expect(alert.innerHTML).toBe(before);
    expect(container.querySelector('.holdfast-look.holdfast-failure[lang=en]')).not.toBeNull();
  });
});

describe('trying again', () => {
  it('V2 V4 with useQuery of both clients: what was sent again takes the place of the message', async () => {
    const api = await server({ faults: [{ status: 500, times: 2 }] });
    const { resilience } = clocked({ retry: false, outage: false });
    const Page = bothClients(resilience, api.url);
    const Apollo = (): ReactElement => {
      const { data, error, refetch } = useApolloQuery<{ hello: string }>(HELLO);
      return (
        <section id="apollo">
          <FailureMessage error={error} retry={refetch} />
          {data?.hello}
        </section>
      );
    };
    const Urql = (): ReactElement => {
      const [{ data, error, fetching }, execute] = useQuery<{ hello: string }>({
        query: HELLO,
        context: CONTEXT,
      });
      const retry = (): void => execute({ requestPolicy: 'network-only' });
      return (
        <section id="urql">
          <FailureMessage error={error} retry={retry} retrying={fetching} />
          {data?.hello}
        </section>
      );
    };
    const { body } = mount(
      <Page>
        <Apollo />
        <Urql />
      </Page>,
    );
    for (const id of ['apollo', 'urql']) {
      const section = await vi.waitFor(() => {
        const found = body.querySelector<HTMLElement>(`#${id}`);
        expect(found?.textContent).toContain('This did not work on our side');
        return found!;
      });
      section.querySelector('button')!.click();
      await shows(section, 'Hello, world!');
      expect(section.querySelector('[role=alert]')).toBeNull();
    }
    expect(api.requests.map(({ status }) => status).sort()).toEqual([200, 200, 500, 500]);
  });

  it.each([
    ['stopped for that', {}],
    ['of which nothing is repeated', { retry: false }],
  ])(
    'M1 F9 a mutation that may have run is never offered again: one %s',
    async (_name, options) => {
      const api = await server();
      const { resilience } = clocked();
      const Page = bothClients(resilience, api.url);
      const Add = (): ReactElement => {
        const [add, { error }] = useMutation(
          gql`
            mutation Add {
              add(name: "pump") {
                id
              }
            }
          `,
          { context: { resilience: options } },
        );
        return (
          <section>
            <button onClick={() => void add().catch(() => undefined)}>Add</button>
            <FailureMessage error={error} retry={() => add()} />
          </section>
        );
      };
      const { body } = mount(
        <Page>
          <Add />
        </Page>,
      );
      await shows(body, 'Add');
      api.inject({ on: { type: 'mutation' }, reset: 'after-execute' });
      body.querySelector('button')!.click();
      await shows(
        body,
        'We can’t tell whether this went throughPlease check before you do it again.',
      );
      expect(Array.from(body.querySelectorAll('button'), (each) => each.textContent)).toEqual([
        'Add',
      ]);
    },
  );

  it('W4 not before the instant that the server named', async () => {
    const { resilience, clock } = clocked();
    const retry = vi.fn<() => void>();
    const failure = { kind: 'rate_limited', retryAt: clock.wall() + 600_000 } as Failure;
    message({ error: undefined, failure, retry }, resilience);
    const button = screen.getByRole('button', { name: 'Try again' });
    expect(screen.getByText('You can try again in 10 min.')).toBeDefined();
    expect(button.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(button);
    expect(retry).not.toHaveBeenCalled();
    await pass(clock, 600_000);
    expect(screen.queryByText(/You can try again/u)).toBeNull();
    expect(button.getAttribute('aria-disabled')).toBe('false');
    fireEvent.click(button);
    expect(retry).toHaveBeenCalledTimes(1);
    expect(clock.pending).toBe(0);
  });

  it.each(['resolves', 'rejects'] as const)(
    'V4 while a promise is pending a second click does nothing, and the focus stays, until it %s',
    async (end) => {
      const gate: { open?: () => void } = {};
      const retry = vi.fn<() => Promise<void>>(
        () =>
          new Promise((resolve, reject) => {
            gate.open = () => (end === 'resolves' ? resolve() : reject(new Error('again')));
          }),
      );
      message({ error: answered(503), retry });
      const button = screen.getByRole('button');
      button.focus();
      fireEvent.click(button);
      fireEvent.click(button);
      expect([button.textContent, button.getAttribute('aria-disabled')]).toEqual([
        'Trying again…',
        'true',
      ]);
      expect(document.activeElement).toBe(button);
      expect(retry).toHaveBeenCalledTimes(1);
      await act(async () => gate.open!());
      expect([button.textContent, document.activeElement]).toEqual(['Try again', button]);
    },
  );

  it('V4 as the fallback of a boundary', async () => {
    componentsThrow();
    const api = await server({ faults: [{ status: 500 }] });
    const { resilience } = clocked({ retry: false, outage: false });
    const Page = bothClients(resilience, api.url);
    const { body } = mount(
      <Page>
        <FailureBoundary fallback={(caught) => <FailureMessage look="card" {...caught} />}>
          <Suspense fallback="Loading">
            <Hello name="Ada" />
          </Suspense>
        </FailureBoundary>
      </Page>,
    );
    await shows(body, 'This did not work on our side');
    body.querySelector('button')!.click();
    await shows(body, 'Hello, Ada!');
    expect(body.querySelector('[role=alert]')).toBeNull();
    expect(api.requests.map(({ status }) => status)).toEqual([500, 200]);
  });
});

const CONTEXT = { suspense: false };

/** An operation that fails at once, with a session that cannot be renewed so. */
async function failureOfSession(refusal: {
  readonly status: number;
  readonly body?: object;
}): Promise<{
  readonly resilience: Resilience;
  readonly error: unknown;
}> {
  const { resilience, clock } = clocked({ auth: { refresh: () => Promise.reject(refusal) } });
  let error: unknown;
  resilience.execute(
    { kind: 'query' },
    { send: () => () => {}, read: () => undefined },
    { next: () => {}, error: (given) => (error = given), complete: () => {} },
  );
  for (let second = 0; second < 20; second++) await clock.advanceAsync(1_000);
  return { resilience, error };
}

describe('signing in', () => {
  it('T7 T8 is offered where only that helps, and trying again once somebody has', async () => {
    const body = { error: 'invalid_grant' };
    const { resilience, error } = await failureOfSession({ status: 400, body });
    const signIn = vi.fn<() => void>(() => resilience.session.signIn({ accessToken: 't2' }));
    message({ error, signIn }, resilience);
    expect(shownNow()).toEqual({
      text: 'Please sign in againThen carry on where you were.',
      buttons: ['Sign in'],
    });
    fireEvent.click(screen.getByRole('button'));
    expect(signIn).toHaveBeenCalledWith();
    expect(shownNow().buttons).toEqual(['Sign in', 'Try again']);
  });

  it('T6 T8 is not asked for while the token endpoint is down', async () => {
    const { resilience, error } = await failureOfSession({ status: 503 });
    message({ error }, resilience);
    expect(shownNow()).toEqual({
      text: 'Signing you in takes longer than usualTry again in a moment.',
      buttons: AGAIN,
    });
  });
});

describe('what can be replaced in a message', () => {
  it('V3 the words of each situation, and of the buttons', async () => {
    const { resilience, clock } = clocked();
    const retryAt = clock.wall() + 30_000;
    const failure = { kind: 'rate_limited', code: 'THROTTLED', retryAt } as Failure;
    const words = {
      rate_limited: ({ code }: Failure) => ({ title: `Viel los (${code})` }),
      retry: 'Noch einmal',
      later: (seconds: number) => `Weiter in ${seconds} s.`,
    };
    const { container } = message({ error: undefined, failure, words, lang: 'de' }, resilience);
    expect(container.textContent).toBe('Viel los (THROTTLED)Weiter in 30 s.Noch einmal');
    expect(container.firstElementChild?.getAttribute('lang')).toBe('de');
  });

  it('V3 the rendering', () => {
    const { resilience, clock } = clocked();
    const retryAt = clock.wall() + 30_000;
    const failure = { kind: 'unavailable', retryAt } as Failure;
    const seen: FailureDetail[] = [];
    const { container } = message(
      {
        error: undefined,
        failure,
        children: (detail) => {
          seen.push(detail);
          return <b>{detail.title}</b>;
        },
      },
      resilience,
    );
    expect(container.innerHTML).toBe('<b>The service is not available right now</b>');
    expect(seen.at(-1)).toEqual({
      title: 'The service is not available right now',
      hint: 'Try again in a moment.',
      failure,
      situation: 'unavailable',
      seconds: 30,
      later: 'You can try again in 30 s.',
      retry: expect.any(Function) as () => void,
      retrying: false,
      signIn: undefined,
    });
  });

  it('V1 a server says the same, and its style keeps its quotes', () => {
    isServerToo();
    const { resilience } = clocked();
    const html = renderToString(
      <ResilienceProvider resilience={resilience}>
        <FailureMessage look="card" error={answered(503)} />
      </ResilienceProvider>,
    );
    expect(html).toContain('The service is not available right now');
    expect(html).toContain("content: ''");
  });
});
