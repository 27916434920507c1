// @vitest-environment jsdom
import type { Signal } from '@holdfast/core';
import { act, screen } from '@testing-library/react';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StrictMode } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { clocked, pass, show } from './page.fixture.tsx';
import { Connection } from './toast.fixture.tsx';

/** What sonner shows, apart from what it is on the way to take away. */
function toasts(): readonly (string | null)[] {
  const shown = document.querySelectorAll('[data-sonner-toast][data-removed=false]');
  return Array.from(shown, ({ textContent }) => textContent);
}

describe('the toast of the README', () => {
  it('stands there as it is tested here', () => {
    const code = readFileSync(join(import.meta.dirname, 'toast.fixture.tsx'), 'utf8');
    const page = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(page).toContain(code.trim());
  });

  it('V3 shows one toast while something is waited for, and leaves speaking to the status', async () => {
    const { resilience, clock } = clocked();
    const page = show(
      resilience,
      <StrictMode>
        <Connection />
      </StrictMode>,
    );
    act(() => {
      resilience.execute<Signal>(
        { kind: 'query' },
        {
          send: ({ number }, receiver) => {
            const limited = { status: 429, headers: { 'retry-after': '10' } };
            receiver.next(number === 1 ? limited : { status: 200, data: {} });
            receiver.complete();
            return () => {};
          },
          read: (signal) => signal,
        },
        { next: () => {}, error: () => {}, complete: () => {} },
      );
    });
    expect(toasts()).toEqual([]);
    await pass(clock, 400);
    await vi.waitFor(() => expect(toasts()).toEqual(['Busy right now: continues in 13 s']));
    await pass(clock, 3_000);
    await vi.waitFor(() => expect(toasts()).toEqual(['Busy right now: continues in 10 s']));
    const hidden = document.querySelector('[data-sonner-toast] [aria-hidden=true]');
    expect(hidden?.textContent).toBe('Busy right now: continues in 10 s');
    expect(screen.getByRole('status').textContent).toBe('Busy right now: continues in 13 s');
    await pass(clock, 10_000);
    await vi.waitFor(() => expect(toasts()).toEqual([]));
    page.unmount();
  });
});
