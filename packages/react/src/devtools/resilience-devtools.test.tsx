// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, within } from '@testing-library/react';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { clocked, hello, server, watched } from './instance.fixture.ts';
import { ResilienceProvider } from '../resilience-provider.tsx';
import { ResilienceDevtools } from './resilience-devtools.tsx';

afterEach(cleanup);

const AUTH = {
  tokens: { accessToken: 'secret-token' },
  refresh: async () => undefined,
  lifetime: 600_000,
};

/** What is inside the shadow root, as queries. */
function inside(): ReturnType<typeof within> {
  const host = document.querySelector('[data-holdfast-devtools]');
  return within(host?.shadowRoot as unknown as HTMLElement);
}

function open(): void {
  fireEvent.click(inside().getByRole('button', { name: 'Holdfast' }));
}

describe('the devtools', () => {
  it('are a button that opens a panel, and Escape closes it again', () => {
    const { resilience } = clocked({ auth: AUTH });
    render(<ResilienceDevtools resilience={resilience} />);
    expect(inside().queryByRole('dialog')).toBeNull();
    open();
    const dialog = inside().getByRole('dialog', { name: 'Holdfast' });
    const { shadowRoot } = document.querySelector('[data-holdfast-devtools]')!;
    expect(shadowRoot?.activeElement?.textContent).toBe('Close');
    fireEvent.keyDown(within(dialog).getByRole('button', { name: 'Clear' }), { key: 'Escape' });
    expect(inside().queryByRole('dialog')).toBeNull();
    expect(shadowRoot?.activeElement?.textContent).toBe('Holdfast');
  });

  it('T10 show the session on the clock of the instance, without its token', async () => {
    const { resilience, clock } = clocked({ auth: AUTH });
    const api = await server();
    await hello(resilience, api.url);
    render(<ResilienceDevtools resilience={resilience} />);
    open();
    const { textContent } = inside().getByRole('dialog');
    expect(textContent).toContain('StatusactiveTokengeneration 1Expiresin 10 min');
    await act(() => clock.advanceAsync(60_000));
    expect(inside().getByRole('dialog').textContent).toContain('Expiresin 9 min');
    expect(inside().getByRole('dialog').textContent).not.toContain('secret');
    act(() => resilience.session.signOut());
    expect(inside().getByRole('dialog').textContent).toContain('Statussigned out');
  });

  it('W10 show what happened while they were closed: limits, waits and failures with advice', async () => {
    const { resilience } = clocked();
    const api = await server();
    api.inject({ on: { type: 'query' }, status: 429, headers: { 'retry-after': '9' } });
    render(<ResilienceDevtools resilience={resilience} />);
    const answer = hello(resilience, api.url).catch((error: unknown) => error);
    await vi.waitFor(() => expect(resilience.activity.get()).toHaveLength(1));
    resilience.execute(
      { kind: 'mutation', name: 'Add', options: { scope: 'other' } },
      {
        send: (_attempt, receiver) => {
          receiver.next({ status: 400 });
          receiver.complete();
          return () => {};
        },
        read: (result: { status: number }) => result,
      },
      { next: () => {}, error: () => {}, complete: () => {} },
    );
    open();
    const { textContent } = inside().getByRole('dialog');
    expect(textContent).toMatch(/Rate limits and outages\S* opens in \d+ s; 1 waiting/);
    expect(textContent).toMatch(/Hello waits for a rate limit; attempt 2 in \d+ s/);
    expect(textContent).toMatch(/Add \(mutation\) bad input \(400\) .*after 1 attempt/);
    expect(textContent).toContain('Correct the operation or its variables');
    expect(textContent).toContain('2 operations');
    resilience.dispose();
    expect(await answer).toBeInstanceOf(Error);
  });

  it('H7 T6 show an outage and a token endpoint that is down, and when each is asked again', async () => {
    const { resilience, clock } = clocked({
      auth: { refresh: () => Promise.reject({ status: 503 }) },
    });
    render(<ResilienceDevtools resilience={resilience} />);
    const end = (): void => {};
    const transport = {
      send: (_: unknown, receiver: { next(result: object): void }) => {
        receiver.next({ status: 503 });
        return end;
      },
      read: (result: object) => result,
    };
    const receiver = { next: end, error: end, complete: end };
    const options = { auth: false };
    resilience.execute({ kind: 'query', name: 'Public', options }, transport, receiver);
    resilience.execute({ kind: 'query', name: 'Other', options }, transport, receiver);
    resilience.execute({ kind: 'mutation', name: 'Add', options }, transport, receiver);
    resilience.execute({ kind: 'query', name: 'Own' }, transport, receiver);
    await act(() => clock.advanceAsync(0));
    open();
    const { textContent } = inside().getByRole('dialog');
    expect(textContent).toContain('waits for the token endpoint, which is asked again in 1 s');
    expect(textContent).toMatch(/default does not answer; is asked again in 1 s; \d waiting/);
    expect(textContent).toMatch(/Add \(mutation\) waits for an outage to end; attempt 1 in 1 s/);
    expect(textContent).toMatch(/Own waits for a token refresh; attempt 1 in 1 s/);
  });

  it('forget everything when they are cleared', async () => {
    const { resilience } = clocked();
    const api = await server();
    render(<ResilienceDevtools resilience={resilience} />);
    await hello(resilience, api.url);
    open();
    expect(inside().getByRole('figure').textContent).toContain('1 operation,');
    fireEvent.click(inside().getByRole('button', { name: 'Clear' }));
    await vi.waitFor(() =>
      expect(inside().getByRole('figure').textContent).toContain('0 operations'),
    );
  });

  it('V1 E3 while closed they listen to events and the session alone, and run no timer', async () => {
    const { resilience, clock } = clocked({ auth: AUTH });
    const own = watched(resilience);
    const { unmount } = render(
      <StrictMode>
        <ResilienceDevtools resilience={own.resilience} />
      </StrictMode>,
    );
    expect([own.listeners(), clock.pending]).toEqual([2, 0]);
    open();
    expect([own.listeners(), clock.pending]).toEqual([5, 1]);
    fireEvent.click(inside().getByRole('button', { name: 'Close' }));
    expect([own.listeners(), clock.pending]).toEqual([2, 0]);
    open();
    unmount();
    expect([own.listeners(), clock.pending]).toEqual([0, 0]);
    expect(document.head.innerHTML).toBe('');
  });

  it('V1 go over to another instance with another history', async () => {
    const first = clocked();
    const second = clocked();
    const api = await server();
    const own = watched(first.resilience);
    const { rerender } = render(<ResilienceDevtools resilience={own.resilience} />);
    await hello(own.resilience, api.url);
    open();
    expect(inside().getByRole('figure').textContent).toContain('1 operation,');
    rerender(<ResilienceDevtools resilience={second.resilience} />);
    expect(inside().getByRole('figure').textContent).toContain('0 operations');
    expect(own.listeners()).toBe(0);
  });

  it('two stand side by side', () => {
    const { resilience } = clocked();
    render(
      <ResilienceProvider resilience={resilience}>
        <ResilienceDevtools />
        <ResilienceDevtools keep={5} />
      </ResilienceProvider>,
    );
    expect(document.querySelectorAll('[data-holdfast-devtools]')).toHaveLength(2);
  });

  it('V1 render nothing but their place on a server', () => {
    const { resilience } = clocked();
    expect(renderToString(<ResilienceDevtools resilience={resilience} />)).toBe(
      '<div data-holdfast-devtools=""></div>',
    );
  });

  it('X5 say what is missing where there is no instance', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => void vi.restoreAllMocks());
    expect(() => render(<ResilienceDevtools />)).toThrow(
      'ResilienceDevtools has no instance; give it the property resilience, or a ResilienceProvider above it.',
    );
  });
});
