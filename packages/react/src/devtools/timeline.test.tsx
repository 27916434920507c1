// @vitest-environment jsdom
import type { FailureSummary, StopReason } from '@holdfast/core';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { Profiler, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { meantHistory } from './filter.ts';
import { emptyHistory } from './history.ts';
import { nextHistory } from './next-history.ts';
import { busyHistory } from './story.fixture.ts';
import { TIMELINE_STYLE } from './timeline-style.ts';
import { Timeline } from './timeline.tsx';

afterEach(cleanup);

const NOW = 1_700_000_030_000;
const BUSY = busyHistory(NOW);

function texts(): readonly string[] {
  return Array.from(document.querySelectorAll('svg text'), ({ textContent }) => textContent ?? '');
}

describe('a timeline', () => {
  it('is a figure with a name, and says the essential in a sentence', () => {
    render(<Timeline title="Requests" history={BUSY} now={NOW} />);
    const figure = screen.getByRole('figure', { name: 'Requests' });
    const sentence =
      'In the last 30 s: 66 operations, 67 requests (2 repeats), 2 token refreshes, 1 rate limit, 1 outage, 1 given up.';
    expect(figure.textContent).toContain(sentence);
    const drawing = within(figure).getByRole('img', { name: 'Operations over time' });
    const described = drawing.getAttribute('aria-describedby');
    expect(document.getElementById(described ?? '')?.textContent).toBe(sentence);
  });

  it('draws the newest operations, and says how many it does not draw', () => {
    render(<Timeline title="Requests" history={BUSY} now={NOW} lanes={5} />);
    expect(texts().filter((text) => text.endsWith('Poll'))).toHaveLength(3);
    expect(texts().some((text) => text.endsWith('Ticks (subscription)'))).toBe(true);
    screen.getByText('61 more operations in this time are not drawn.');
  });

  it('lets the keyboard scroll where there are more lanes than room, and only there', () => {
    const { rerender } = render(<Timeline title="Requests" history={BUSY} now={NOW} />);
    expect(screen.getByRole('region', { name: 'Operations, newest first' }).tabIndex).toBe(0);
    rerender(<Timeline title="Requests" history={BUSY} now={NOW} lanes={4} />);
    expect(screen.queryByRole('region')).toBeNull();
  });

  it('has a region of its own name where packed lanes scroll, beside those of other timelines', () => {
    const crowd = Array.from({ length: 80 }, (_, operation) => ({
      type: 'operation_started' as const,
      at: NOW - 5_000,
      operation,
      kind: 'query' as const,
      name: 'Crowd',
    }));
    const history = crowd.reduce((before, event) => nextHistory(before, event), emptyHistory);
    for (const title of ['One', 'Other']) {
      render(<Timeline title={title} history={history} now={NOW} packed />);
    }
    for (const name of ['One', 'Other']) {
      expect(screen.getByRole('region', { name }).tabIndex).toBe(0);
    }
  });

  it('shows the same as a table, once somebody asks', () => {
    render(<Timeline title="Requests" history={BUSY} now={NOW} lanes={70} />);
    expect(screen.queryByRole('table')).toBeNull();
    const details = document.querySelector('details')!;
    details.open = true;
    fireEvent(details, new Event('toggle'));
    const rows = screen
      .getAllByRole('row')
      .map((row) => Array.from(row.children, ({ textContent }) => textContent).join(' | '));
    expect(rows).toContain('Operation | What | Began | Took | Outcome');
    expect(rows).toContain('Session | Token refresh | -27.6 s | 1.6 s | succeeded');
    expect(rows).toContain('Session | Token refresh | -4.0 s | 500 ms | failed: unavailable (503)');
    expect(rows).toContain(
      'Rate limit | https://api.example.com/graphql | -2.0 s | 2.0 s | in force',
    );
    expect(rows).toContain('Outage | https://api.example.com/graphql | -16.0 s | 3.0 s | over');
    expect(rows).toContain(
      'Rename (mutation) | Waits for an outage to end | -15.8 s | 2.8 s | over',
    );
    expect(rows).toContain('Upload (mutation) | Waits for a rate limit | -2.0 s |  | under way');
  });

  it('explains what it shows, and nothing that has not been', () => {
    const { rerender } = render(<Timeline title="Requests" history={emptyHistory} now={NOW} />);
    const legend = (): readonly (string | null)[] =>
      screen.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(legend()).not.toContain('Waits between attempts');
    rerender(<Timeline title="Requests" history={BUSY} now={NOW} />);
    expect(legend()).toContain('Waits between attempts');
    expect(legend()).toContain('Waits for an outage to end');
    expect(legend()).not.toContain('Waits for the network');
    rerender(<Timeline title="Requests" history={BUSY} now={NOW} legend={false} />);
    expect(screen.queryByRole('listitem')).toBeNull();
  });

  it('explains refreshes and closures also where no operation that is shown waits for them', () => {
    render(<Timeline title="Requests" history={meantHistory(BUSY, 'poll')} now={NOW} />);
    const legend = screen.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(legend).toContain('Waits for a token refresh');
    expect(legend).toContain('Waits for a rate limit');
    expect(legend).toContain('Waits for an outage to end');
    expect(legend).not.toContain('Waits between attempts');
  });

  it('counts from a beginning where one is given, and leaves room for what is to come', () => {
    const from = NOW - 20_000;
    const { rerender } = render(
      <Timeline title="Requests" history={BUSY} from={from} now={NOW} window={40_000} />,
    );
    const ticks = (): readonly string[] => texts().filter((text) => /^-?\d+ s$|^now$/.test(text));
    expect(ticks()).toEqual(expect.arrayContaining(['0 s', '20 s', '40 s']));
    expect(ticks()).not.toContain('now');
    screen.getByText(/^In the first 20 s: /);
    expect(document.querySelectorAll('.holdfast-now')).toHaveLength(1);
    const details = document.querySelector('details')!;
    details.open = true;
    fireEvent(details, new Event('toggle'));
    const began = screen.getAllByRole('row').map((row) => row.children[2]?.textContent);
    expect(began).toContain('16.0 s');
    rerender(<Timeline title="Requests" history={BUSY} from={from} now={NOW} window={20_000} />);
    expect(document.querySelectorAll('.holdfast-now')).toHaveLength(0);
    expect(texts()).not.toContain('now');
  });

  it('F6 marks nothing as given up of which data came', () => {
    const told = (
      kind: 'query' | 'mutation',
      failure: FailureSummary,
      stopped: StopReason,
    ): void => {
      const operation = { operation: 1, kind, name: 'Cart' };
      const history = [
        { ...operation, type: 'operation_started' as const, at: NOW - 90 },
        { ...operation, type: 'attempt_started' as const, at: NOW - 90, attempt: 1, generation: 0 },
        {
          ...operation,
          type: 'attempt_ended' as const,
          at: NOW - 50,
          attempt: 1,
          outcome: 'failure' as const,
          failure,
        },
        {
          ...operation,
          type: 'gave_up' as const,
          at: NOW - 50,
          attempt: 1,
          failure,
          advice: '',
          stopped,
        },
        {
          ...operation,
          type: 'operation_ended' as const,
          at: NOW - 50,
          outcome: 'failure' as const,
          attempts: 1,
        },
      ].reduce((before, event) => nextHistory(before, event), emptyHistory);
      for (const packed of [false, true]) {
        render(
          <Timeline title="Requests" history={history} now={NOW} legend={false} {...{ packed }} />,
        );
      }
    };
    const withData = [
      ['query', { kind: 'network' }, 'delivered_data'],
      ['query', { kind: 'forbidden', partial: true }, 'not_retryable'],
      ['mutation', { kind: 'unavailable', partial: true }, 'unsafe_mutation'],
    ] as const;
    for (const [kind, failure, stopped] of withData) {
      told(kind, failure, stopped);
      expect(screen.getAllByText(/1 request, 0 token refreshes, 0 given up/)).toHaveLength(2);
      expect(document.querySelectorAll('.holdfast-cross')).toHaveLength(0);
      cleanup();
    }
    told('mutation', { kind: 'unavailable' }, 'unsafe_mutation');
    expect(screen.getAllByText(/1 given up/)).toHaveLength(2);
    expect(document.querySelectorAll('.holdfast-cross')).toHaveLength(2);
  });

  it('V1 is rendered on a server, without a width and without an instant', () => {
    const html = renderToString(<Timeline title="Requests" history={BUSY} />);
    expect(html).toContain('Requests');
    expect(html).not.toContain('role="img"');
  });

  it('leaves nothing in the page beside itself', () => {
    const { unmount } = render(<Timeline title="Requests" history={BUSY} now={NOW} />);
    unmount();
    expect(document.head.innerHTML).toBe('');
    expect(document.body.textContent).toBe('');
  });
});

it('no two signs look alike but for their colour, and each has one', () => {
  render(<Timeline title="Requests" history={BUSY} now={NOW} />);
  const drawn = Array.from(document.querySelectorAll('pattern path'), (path) => [
    path.getAttribute('d'),
    path.getAttribute('class'),
  ]);
  const waits = drawn.filter(([, ink]) => ink !== 'holdfast-ink-success');
  expect(new Set(waits.map(([d]) => d)).size).toBe(waits.length);
  for (const [, ink] of drawn) expect(TIMELINE_STYLE).toContain(`.${ink} {`);
});

describe('a timeline that moves', () => {
  beforeEach(
    () => void vi.useFakeTimers({ now: NOW, toFake: ['setTimeout', 'clearTimeout', 'Date'] }),
  );
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const tick = (ms: number): Promise<void> => act(() => vi.advanceTimersByTimeAsync(ms)) as never;
  const began = (): string => screen.getByText(/^In the last/).textContent;

  it('E3 runs a timer while there is something to see, and none before, after and unmounted', async () => {
    const { rerender, unmount } = render(
      <StrictMode>
        <Timeline title="Requests" history={emptyHistory} />
      </StrictMode>,
    );
    expect(vi.getTimerCount()).toBe(0);
    const history = { ...BUSY, lanes: BUSY.lanes.filter(({ to }) => to !== undefined) };
    rerender(
      <StrictMode>
        <Timeline title="Requests" history={history} />
      </StrictMode>,
    );
    expect(vi.getTimerCount()).toBe(1);
    expect(began()).toContain('66 operations');
    await tick(27_000);
    expect(began()).toContain('1 operation,');
    await tick(20_000);
    expect(began()).toContain('0 operations');
    expect(vi.getTimerCount()).toBe(0);
    unmount();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('E3 unmounted while it moves, it leaves no timer', () => {
    const { unmount } = render(<Timeline title="Requests" history={BUSY} />);
    expect(vi.getTimerCount()).toBe(1);
    unmount();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [false, 4],
    [true, 1],
  ])('with reduced motion %s it is drawn %i times a second', async (matches, times) => {
    vi.stubGlobal('matchMedia', () => ({ matches }));
    const drawn = vi.fn<() => void>();
    render(
      <Profiler id="timeline" onRender={drawn}>
        <Timeline title="Requests" history={BUSY} />
      </Profiler>,
    );
    drawn.mockClear();
    for (let step = 0; step < 4; step++) await tick(250);
    expect(drawn).toHaveBeenCalledTimes(times);
  });

  it('runs no timer where its instant is given', () => {
    render(<Timeline title="Requests" history={BUSY} now={NOW} />);
    expect(vi.getTimerCount()).toBe(0);
  });
});
