// @vitest-environment jsdom
import type { OperationInfo, Resilience, Signal } from '@holdfast/core';
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

function refuses(): never {
  throw new DOMException('The operation is insecure.', 'SecurityError');
}

/** An operation that the server does not accept. */
function fail(resilience: Resilience, info: OperationInfo): void {
  resilience.execute<Signal>(
    info,
    {
      send: (_, receiver) => {
        receiver.next({ status: 400 });
        receiver.complete();
        return () => {};
      },
      read: (signal) => signal,
    },
    { next: () => {}, error: () => {}, complete: () => {} },
  );
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

  it('open and close with Alt+Shift+H, and give the focus back to what had it', () => {
    const { resilience } = clocked();
    const { container } = render(
      <StrictMode>
        <input aria-label="Name" />
        <ResilienceDevtools resilience={resilience} />
      </StrictMode>,
    );
    const shortcut = { code: 'KeyH', key: '˙', altKey: true, shiftKey: true };
    const field = container.querySelector('input')!;
    field.focus();
    fireEvent.keyDown(field, { ...shortcut, ctrlKey: true });
    fireEvent.keyDown(field, { ...shortcut, repeat: true });
    expect(inside().queryByRole('dialog')).toBeNull();
    const opener = inside().getByRole('button', { name: 'Holdfast' });
    expect(opener.getAttribute('aria-keyshortcuts')).toBe('Alt+Shift+H');
    fireEvent.keyDown(field, shortcut);
    expect(inside().getByRole('dialog')).toBeDefined();
    expect(document.activeElement).not.toBe(field);
    fireEvent.keyDown(window, shortcut);
    expect(inside().queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(field);
    // From the button it is the button that has it back.
    const { shadowRoot } = document.querySelector('[data-holdfast-devtools]')!;
    inside().getByRole('button', { name: 'Holdfast' }).focus();
    fireEvent.keyDown(window, shortcut);
    fireEvent.keyDown(window, shortcut);
    expect(shadowRoot?.activeElement?.textContent).toBe('Holdfast');
  });

  it('dock to a side, and remember it for the next page', () => {
    localStorage.clear();
    const { resilience } = clocked();
    const page = render(<ResilienceDevtools resilience={resilience} />);
    open();
    const dock = (): string | undefined => inside().getByRole('dialog').dataset['dock'];
    const pressed = (): readonly (string | null)[] =>
      inside()
        .getAllByRole('button', { pressed: true })
        .map((button: HTMLElement) => button.getAttribute('aria-label'));
    expect([dock(), pressed()]).toEqual(['bottom', ['Dock to the bottom']]);
    fireEvent.click(inside().getByRole('button', { name: 'Dock to the right' }));
    expect([dock(), pressed()]).toEqual(['right', ['Dock to the right']]);
    page.unmount();
    render(<ResilienceDevtools resilience={resilience} />);
    open();
    expect(dock()).toBe('right');
    fireEvent.click(inside().getByRole('button', { name: 'Dock to the left' }));
    expect(localStorage.getItem('holdfast.devtools.dock')).toBe('left');
  });

  it.each([
    ['refuses everything', { getItem: refuses, setItem: refuses }],
    ['holds nonsense', { getItem: () => 'top', setItem: () => {} }],
    ['is not there', undefined],
  ])('dock all the same where the storage %s', (_, storage) => {
    vi.stubGlobal('localStorage', storage);
    onTestFinished(() => void vi.unstubAllGlobals());
    const { resilience } = clocked();
    render(<ResilienceDevtools resilience={resilience} />);
    open();
    expect(inside().getByRole('dialog').dataset['dock']).toBe('bottom');
    fireEvent.click(inside().getByRole('button', { name: 'Dock to the left' }));
    expect(inside().getByRole('dialog').dataset['dock']).toBe('left');
  });

  it('show the operations that are meant alone; Escape takes the words away first', () => {
    const { resilience } = clocked();
    render(<ResilienceDevtools resilience={resilience} />);
    fail(resilience, { kind: 'query', name: 'Orders' });
    fail(resilience, { kind: 'mutation', name: 'PlaceOrder' });
    open();
    const failures = (): readonly (string | undefined)[] =>
      inside()
        .getAllByText(/^Details of/u)
        .map(({ textContent }: HTMLElement) => textContent?.replace('Details of ', ''));
    expect(failures()).toEqual(['PlaceOrder (mutation)', 'Orders']);
    const field = inside().getByRole('searchbox', { name: 'Filter operations by name or kind' });
    fireEvent.change(field, { target: { value: ' MUTATION order' } });
    expect(failures()).toEqual(['PlaceOrder (mutation)']);
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(failures()).toHaveLength(2);
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(inside().queryByRole('dialog')).toBeNull();
  });

  it('F11 tell of a failure step by step, and copy it as JSON', async () => {
    const { resilience, clock } = clocked();
    const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    onTestFinished(() => void vi.unstubAllGlobals());
    render(<ResilienceDevtools resilience={resilience} />);
    fail(resilience, { kind: 'query', name: 'Orders' });
    open();
    const details = inside().getByText('Details of Orders').closest('details')!;
    expect(details.textContent).toContain('Kindbad_inputStatus400');
    expect(details.textContent).toContain('Attempt 1: failed: bad input (400)');
    fireEvent.click(within(details).getByRole('button', { name: 'Copy as JSON' }));
    await within(details).findByText('Copied.');
    expect(JSON.parse(writeText.mock.lastCall![0])).toMatchObject({
      at: new Date(clock.wall()).toISOString(),
      name: 'Orders',
      failure: { kind: 'bad_input', status: 400 },
      stopped: 'not_retryable',
      spans: [{ kind: 'attempt', attempt: 1, outcome: 'failure' }],
    });
  });

  it.each([
    ['has no clipboard', {}],
    ['may not use it', { clipboard: { writeText: () => Promise.reject(new Error('no')) } }],
  ])('F11 where a page %s, the JSON is shown to be copied by hand', async (_, navigator) => {
    vi.stubGlobal('navigator', navigator);
    onTestFinished(() => void vi.unstubAllGlobals());
    const { resilience } = clocked({ auth: AUTH });
    render(<ResilienceDevtools resilience={resilience} />);
    open();
    fireEvent.click(inside().getByRole('button', { name: 'Copy as JSON' }));
    const field = await inside().findByRole('textbox', { name: 'As JSON' });
    expect(inside().getByText('This page may not copy. Copy it from here:')).toBeDefined();
    const { value } = field as HTMLTextAreaElement;
    expect(JSON.parse(value)).toMatchObject({ session: { status: 'active', generation: 1 } });
    expect(value).not.toContain('secret');
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
