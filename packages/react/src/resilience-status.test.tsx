// @vitest-environment jsdom
import type { OperationInfo, Resilience, ResilienceOptions, Signal } from '@holdfast/core';
import { act, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import type { ReactElement } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { FailureMessage, ResilienceProvider, ResilienceStatus } from './index.ts';
import type { Standing } from './index.ts';
import { clocked, componentsThrow, counted, pass, show } from './page.fixture.tsx';

const REFUSED = { status: 400, body: { error: 'invalid_grant' } };

/** One operation whose attempts come out as said; the last one goes on. Answers what ends it. */
function run(
  { execute }: Resilience,
  outcomes: readonly Signal[],
  info: Partial<OperationInfo> = {},
): () => void {
  let sent = 0;
  return execute<Signal>(
    { kind: 'query', ...info },
    {
      send: (_, receiver) => {
        const outcome = outcomes[Math.min(sent++, outcomes.length - 1)]!;
        receiver.next(outcome);
        receiver.complete();
        return () => {};
      },
      read: (signal) => signal,
    },
    { next: () => {}, error: () => {}, complete: () => {} },
  );
}

const GOOD: Signal = { status: 200, data: {} };
const DOWN: Signal = { status: 503 };
const limited = (seconds: number): Signal => ({
  status: 429,
  headers: { 'retry-after': String(seconds) },
});

/** What is to be seen, and whether a screen reader is told of it. */
function said(): { readonly shown: string; readonly announced: boolean } {
  const status = screen.getByRole('status');
  // One text: whoever looks for it finds it once, and whole, in a region that is polite at any time.
  expect(status.childNodes.length).toBe(status.textContent === '' ? 0 : 1);
  expect(status.getAttribute('aria-live')).toBe('polite');
  return {
    shown: status.textContent ?? '',
    announced: status.firstElementChild?.getAttribute('aria-live') !== 'off',
  };
}

/** All that a status says from now on, in order. */
function sentencesOf(resilience: Resilience): readonly string[] {
  const sentences: string[] = [];
  const heard = (_: Standing, sentence: string): null => {
    if (sentences.at(-1) !== sentence) sentences.push(sentence);
    return null;
  };
  show(resilience, <ResilienceStatus>{heard}</ResilienceStatus>);
  return sentences;
}

/** Until trouble is shown, and until what is shown may be followed by another thing. */
const SHOWN_AFTER = 400;
const CALM_AFTER = 400;
const SHOWN_FOR = 600;

function started(options: ResilienceOptions = {}): ReturnType<typeof clocked> {
  const made = clocked(options);
  show(made.resilience, <ResilienceStatus />);
  return made;
}

describe('the words of a status', () => {
  it('V3 nothing, in a live region that is there already, while nothing is waited for', () => {
    started();
    const status = screen.getByRole('status');
    expect(status.outerHTML).toBe(
      '<span role="status" aria-live="polite" aria-atomic="true"></span>',
    );
  });

  it('V3 "You are signed out", where somebody can sign in', async () => {
    const { resilience, clock } = started({
      auth: { tokens: { accessToken: 't' }, refresh: async () => undefined },
    });
    expect(said().shown).toBe('');
    act(() => resilience.session.signOut());
    await pass(clock, SHOWN_AFTER);
    expect(said()).toEqual({ shown: 'You are signed out', announced: true });
    await pass(clock, SHOWN_FOR);
    act(() => resilience.session.signIn({ accessToken: 't2' }));
    expect(said().shown).toBe('');
  });

  it('V3 "Signing you in" at first, and "Renewing your sign-in" later', async () => {
    const refreshes: ((token: string) => void)[] = [];
    const { resilience, clock } = started({
      auth: {
        refresh: () =>
          new Promise((resolve) => {
            refreshes.push((accessToken) => resolve({ accessToken }));
          }),
      },
    });
    act(() => void run(resilience, [GOOD]));
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe('Signing you in…');
    await act(async () => {
      refreshes[0]!('t1');
      await clock.advanceAsync(SHOWN_FOR);
    });
    expect(said().shown).toBe('');
    act(() => void resilience.session.refresh());
    act(() => void run(resilience, [{ status: 401 }, GOOD]));
    await pass(clock, SHOWN_AFTER);
    expect(said()).toEqual({ shown: 'Renewing your sign-in…', announced: true });
  });

  it('V3 "Please sign in again" where only a person can help', async () => {
    const { resilience, clock } = started({ auth: { refresh: () => Promise.reject(REFUSED) } });
    act(() => void run(resilience, [GOOD]));
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe('Please sign in again');
  });

  it('V3 T6 "Still signing you in", and when it is tried next, where that is worth reading', async () => {
    const { resilience, clock } = started({
      auth: {
        refresh: () => Promise.reject({ status: 429, headers: { 'retry-after': '20' } }),
      },
    });
    act(() => void run(resilience, [GOOD]));
    await pass(clock, SHOWN_AFTER);
    // Spread after the hint: half of U(0, 10 s).
    expect(said()).toEqual({
      shown: 'Still signing you in: next try in 25 s',
      announced: true,
    });
    await pass(clock, 15_000 - SHOWN_AFTER);
    expect(said()).toEqual({
      shown: 'Still signing you in: next try in 10 s',
      announced: false,
    });
  });

  it('V3 T6 the same after a refresh that failed neither for a while nor for good', async () => {
    const { resilience, clock } = started({
      auth: { refresh: () => Promise.reject(new Error('no')) },
    });
    act(() => void run(resilience, [GOOD]));
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe('Still signing you in…');
    await pass(clock, 5_000);
    expect(said().shown).toBe('Still signing you in…');
    expect(clock.pending).toBe(0);
  });

  it('V3 T6 while the token endpoint is down it says one thing, however often it is asked', async () => {
    let calls = 0;
    const { resilience, clock } = clocked({
      auth: {
        refresh: async () => {
          if (++calls < 5) throw Object.assign(new Error('down'), { status: 503 });
          return { accessToken: 't1' };
        },
      },
    });
    const sentences = sentencesOf(resilience);
    act(() => void run(resilience, [GOOD]));
    for (let step = 0; step < 100; step++) await pass(clock, 100);
    expect(calls).toBe(5);
    // The first call fails before there is something to show.
    expect(sentences).toEqual(['', 'Still signing you in…', '']);
  });

  it('V3 "You are offline", and what is done about it', async () => {
    let isOnline = true;
    const listeners = new Set<() => void>();
    const turn = (on: boolean): void => {
      isOnline = on;
      act(() => listeners.forEach((listener) => listener()));
    };
    const { clock } = started({
      online: {
        get: () => isOnline,
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    });
    turn(false);
    await pass(clock, SHOWN_AFTER);
    expect(said()).toEqual({
      shown: 'You are offline: continues when you are connected',
      announced: true,
    });
    turn(true);
    await pass(clock, SHOWN_FOR);
    expect(said().shown).toBe('');
  });

  it('V3 "Reconnecting" between two attempts, and when, where that is worth reading', async () => {
    const { resilience, clock } = started({
      outage: false,
      retry: { attempts: 3, backoff: { transient: 20_000, factor: 1.2, cap: 60_000 } },
    });
    act(() => void run(resilience, [DOWN]));
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe('Reconnecting…');
    await pass(clock, 10_000 - SHOWN_AFTER);
    expect(said().shown).toBe('Reconnecting: next try in 12 s');
    await pass(clock, 11_000);
    expect(said().shown).toBe('Reconnecting: next try in 1 s');
    await pass(clock, 1_000 + CALM_AFTER);
    expect(said().shown).toBe('');
  });

  it('V3 H2 "Reconnecting" in an outage, once, however often it is asked', async () => {
    const { resilience, clock } = clocked();
    const sentences = sentencesOf(resilience);
    act(() => void run(resilience, [DOWN, DOWN, DOWN, DOWN, GOOD], { name: 'Orders' }));
    for (let step = 0; step < 100; step++) await pass(clock, 100);
    expect(sentences).toEqual(['', 'Reconnecting: continues as soon as the server answers', '']);
    expect(clock.pending).toBe(0);
  });

  it('V3 H2 an outage is announced when it begins, and has an end that can be shown', async () => {
    const { resilience, clock } = clocked();
    show(
      resilience,
      <ResilienceStatus words={{ down: ({ seconds }) => `The server is asked in ${seconds} s` }} />,
    );
    act(() => void run(resilience, [DOWN]));
    await pass(clock, SHOWN_AFTER);
    expect(said()).toEqual({ shown: 'The server is asked in 1 s', announced: true });
  });

  it('V3 what must be over first is said first', async () => {
    let isOnline = true;
    const { resilience, clock } = clocked({
      auth: { tokens: { accessToken: 't1' }, refresh: () => new Promise(() => {}) },
      online: { get: () => isOnline, subscribe: () => () => {} },
      outage: false,
      retry: { backoff: { transient: 20_000, cap: 20_000 } },
    });
    const kinds: string[] = [];
    const Kind = ({ kind }: Standing): null => {
      if (kinds.at(-1) !== kind) kinds.push(kind);
      return null;
    };
    show(resilience, <ResilienceStatus>{(detail) => <Kind {...detail} />}</ResilienceStatus>);
    act(() => void run(resilience, [DOWN]));
    await pass(clock, SHOWN_AFTER);
    act(() => void run(resilience, [limited(60)]));
    await pass(clock, SHOWN_FOR);
    resilience.session.signOut();
    resilience.session.signIn({ accessToken: 't2', expiresAt: clock.wall() + 1 });
    await pass(clock, 1);
    act(() => void run(resilience, [DOWN]));
    await pass(clock, SHOWN_FOR);
    isOnline = false;
    act(() => void run(resilience, [DOWN], { options: { auth: false } }));
    await pass(clock, SHOWN_FOR);
    expect(kinds).toEqual(['idle', 'retrying', 'limited', 'signing-in-again', 'offline']);
  });
});

describe('the time that a status takes', () => {
  /** Trouble that the test begins and ends. */
  function network(): {
    readonly turn: (on: boolean) => void;
    readonly online: NonNullable<ResilienceOptions['online']>;
  } {
    let isOnline = true;
    const listeners = new Set<() => void>();
    return {
      turn: (on) => {
        isOnline = on;
        act(() => listeners.forEach((listener) => listener()));
      },
      online: {
        get: () => isOnline,
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    };
  }
  const OFFLINE = 'You are offline: continues when you are connected';

  it('V3 trouble of less than 400 ms is never shown, and leaves no timer', async () => {
    const { turn, online } = network();
    const { clock } = started({ online });
    for (let time = 0; time < 3; time++) {
      turn(false);
      await pass(clock, SHOWN_AFTER - 1);
      expect(said().shown).toBe('');
      turn(true);
      await pass(clock, CALM_AFTER);
      expect(said().shown).toBe('');
    }
    expect(clock.pending).toBe(0);
  });

  it('V3 trouble that returns within 400 ms had not been over', async () => {
    const { turn, online } = network();
    const { clock } = started({ online });
    turn(false);
    await pass(clock, SHOWN_AFTER - 1);
    turn(true);
    await pass(clock, CALM_AFTER - 1);
    expect(said().shown).toBe('');
    turn(false);
    await pass(clock, 0);
    expect(said().shown).toBe(OFFLINE);
  });

  it('V3 between two attempts, while one is under way, the sentence stays', async () => {
    const { resilience, clock } = clocked({
      outage: false,
      retry: { attempts: 3, backoff: { transient: 4_000, factor: 1, cap: 4_000 } },
    });
    const sentences = sentencesOf(resilience);
    const answers: ((signal: Signal) => void)[] = [];
    const end = resilience.execute<Signal>(
      { kind: 'query' },
      {
        send: (_, receiver) => {
          answers.push((signal) => {
            receiver.next(signal);
            receiver.complete();
          });
          return () => {};
        },
        read: (signal) => signal,
      },
      { next: () => {}, error: () => {}, complete: () => {} },
    );
    for (const answer of [DOWN, DOWN, GOOD]) {
      await pass(clock, CALM_AFTER - 1);
      act(() => answers.pop()!(answer));
      await pass(clock, 2_000);
    }
    expect(sentences).toEqual(['', 'Reconnecting…', '']);
    expect(clock.pending).toBe(0);
    end();
  });

  it('V3 trouble counts from when it began, whatever it has turned into', async () => {
    const { turn, online } = network();
    const { resilience, clock } = started({ online });
    act(() => void run(resilience, [limited(10)]));
    await pass(clock, 300);
    turn(false);
    await pass(clock, 99);
    expect(said().shown).toBe('');
    await pass(clock, 1);
    expect(said()).toEqual({ shown: OFFLINE, announced: true });
  });

  it('V3 what is shown stays for 600 ms, and no longer than the trouble after that', async () => {
    const { turn, online } = network();
    const { clock } = started({ online });
    turn(false);
    await pass(clock, SHOWN_AFTER);
    turn(true);
    await pass(clock, SHOWN_FOR - 1);
    expect(said().shown).toBe(OFFLINE);
    await pass(clock, 1);
    expect(said().shown).toBe('');
    await pass(clock, CALM_AFTER);
    turn(false);
    await pass(clock, SHOWN_AFTER + SHOWN_FOR);
    expect(said().shown).toBe(OFFLINE);
    turn(true);
    expect(said().shown).toBe('');
    await pass(clock, CALM_AFTER);
    turn(false);
    await pass(clock, SHOWN_AFTER);
    turn(true);
    await pass(clock, 10);
    expect(said().shown).toBe(OFFLINE);
    await pass(clock, SHOWN_FOR);
    expect(said().shown).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('V3 one sentence follows another after 600 ms at the earliest, and trouble that returns meanwhile just stays', async () => {
    const { turn, online } = network();
    const { resilience, clock } = started({ online });
    act(() => void run(resilience, [limited(60)]));
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toContain('Busy right now');
    turn(false);
    await pass(clock, SHOWN_FOR - 1);
    expect(said().shown).toContain('Busy right now');
    await pass(clock, 1);
    expect(said().shown).toBe(OFFLINE);
    turn(true);
    await pass(clock, 100);
    turn(false);
    await pass(clock, SHOWN_FOR);
    expect(said().shown).toBe(OFFLINE);
  });

  it('P1 V3 it is shown where fake timers ring and leave the clock alone', () => {
    const { turn, online } = network();
    const timers: (() => void)[] = [];
    const { clock: real } = clocked();
    const clock = {
      monotonic: () => real.monotonic(),
      wall: () => real.wall(),
      after: (_: number, ring: () => void) => {
        timers.push(ring);
        return () => {};
      },
    };
    started({ online, clock });
    turn(false);
    act(() => timers.at(-1)!());
    expect(said().shown).toBe(OFFLINE);
    turn(true);
    act(() => timers.at(-1)!());
    expect(said().shown).toBe('');
  });

  it('V1 V3 in Strict Mode, and where it is shown anew, nothing is left of before', async () => {
    const { turn, online } = network();
    const { resilience, clock } = clocked({ online });
    const status = (
      <StrictMode>
        <ResilienceStatus />
      </StrictMode>
    );
    const page = show(resilience, status);
    turn(false);
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe(OFFLINE);
    page.rerender(<p>Another page</p>);
    expect(clock.pending).toBe(0);
    page.rerender(status);
    expect(said().shown).toBe('');
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe(OFFLINE);
  });
});

describe('a countdown', () => {
  it('V1 V3 is shown each second, spoken once, and ends with the wait', async () => {
    const { resilience, clock } = started();
    act(() => void run(resilience, [limited(10), GOOD]));
    await pass(clock, SHOWN_AFTER);
    // Spread after the hint: half of U(0, 5 s).
    expect(said()).toEqual({
      shown: 'Busy right now: continues in 13 s',
      announced: true,
    });
    await pass(clock, 499 - SHOWN_AFTER);
    for (let second = 12; second > 0; second--) {
      await pass(clock, second === 12 ? 1 : 1_000);
      expect(said()).toEqual({
        shown: `Busy right now: continues in ${second} s`,
        announced: false,
      });
    }
    await pass(clock, 1_000);
    expect(said()).toEqual({ shown: '', announced: true });
    expect(clock.pending).toBe(0);
  });

  it('V3 a long wait is told in minutes, and spoken each half minute at most', async () => {
    const { resilience, clock } = started();
    const spoken = new Set<string>();
    act(() => void run(resilience, [limited(170)]));
    await pass(clock, SHOWN_AFTER);
    // The spread is at most 10 s, and 0.5 of it here.
    expect(said().shown).toBe('Busy right now: continues in 3 min');
    for (let second = 0; second < 175; second++) {
      const { shown, announced } = said();
      if (announced) spoken.add(shown.replace('Busy right now: continues in ', ''));
      await pass(clock, 1_000);
    }
    expect([...spoken]).toEqual(['3 min', '115 s', '85 s', '55 s', '25 s']);
    expect(said().shown).toBe('');
  });

  it('V1 one timer serves all of them, ticks once a second, and there is none without a countdown', async () => {
    const { resilience, clock } = clocked();
    const { resilience: watched, listeners } = counted(resilience);
    let renders = 0;
    const Count = (): ReactElement => {
      renders++;
      return <ResilienceStatus />;
    };
    const page = show(
      watched,
      <StrictMode>
        <Count />
        <ResilienceProvider resilience={watched}>
          <ResilienceStatus />
        </ResilienceProvider>
      </StrictMode>,
    );
    expect(clock.pending).toBe(0);
    const end = run(resilience, [limited(10)]);
    await pass(clock, SHOWN_AFTER);
    // One for all that the instance waits for, and one for all countdowns.
    const without = 1;
    expect(clock.pending).toBe(without + 1);
    const before = renders;
    await pass(clock, 3_000);
    expect(clock.pending).toBe(without + 1);
    expect(renders).toBe(before);
    page.unmount();
    expect(listeners()).toBe(0);
    end();
    expect(clock.pending).toBe(0);
  });

  it('E3 ends with its instance', async () => {
    const { resilience, clock } = started();
    act(() => void run(resilience, [limited(10)]));
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe('Busy right now: continues in 13 s');
    await pass(clock, SHOWN_FOR);
    act(() => resilience.dispose());
    expect(said().shown).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('V1 a change that shows nothing new renders nothing', async () => {
    const { resilience, clock } = clocked();
    let renders = 0;
    show(
      resilience,
      <ResilienceStatus>
        {() => {
          renders++;
          return null;
        }}
      </ResilienceStatus>,
    );
    act(() => void run(resilience, [limited(10)]));
    await pass(clock, SHOWN_AFTER);
    const before = renders;
    const ends = [1, 2, 3].map(() => run(resilience, [GOOD]));
    await act(async () => {});
    expect(resilience.limits.get()).toMatchObject([{ waiting: 4 }]);
    expect(renders).toBe(before);
    for (const end of ends) act(end);
  });
});

describe('a look', () => {
  it.each(['floating', 'inline'] as const)(
    'V3 %s changes neither words nor region',
    async (look) => {
      const { resilience, clock } = clocked();
      show(resilience, <ResilienceStatus look={look} className="mine" nonce="n" />);
      const status = screen.getByRole('status');
      expect(status.className).toBe('holdfast-look holdfast-status mine');
      expect(status.previousElementSibling?.outerHTML).toMatch(/^<style nonce="n">/u);
      expect([status.dataset['look'], status.dataset['moves']]).toEqual([look, 'false']);
      act(() => void run(resilience, [limited(10)]));
      await pass(clock, SHOWN_AFTER);
      expect(said()).toEqual({ shown: 'Busy right now: continues in 13 s', announced: true });
      expect(status.dataset['moves']).toBe('true');
    },
  );

  it('X5 one that there is not is refused in one sentence', () => {
    componentsThrow(/look was given/u);
    const { resilience } = clocked();
    const look = 'toast' as unknown as 'inline';
    expect(() => show(resilience, <ResilienceStatus look={look} />)).toThrow(
      'ResilienceStatus: look was given toast; "floating" or "inline" is allowed.',
    );
    const card = 'panel' as unknown as 'card';
    expect(() => show(resilience, <FailureMessage error={undefined} look={card} />)).toThrow(
      'FailureMessage: look was given panel; "card" is allowed.',
    );
  });

  it('V3 nothing moves while somebody else has to act', async () => {
    const { resilience, clock } = clocked({
      auth: { tokens: { accessToken: 't' }, refresh: async () => undefined },
    });
    show(resilience, <ResilienceStatus look="inline" />);
    act(() => resilience.session.signOut());
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe('You are signed out');
    expect(screen.getByRole('status').dataset['moves']).toBe('false');
  });
});

describe('what can be replaced', () => {
  it('V3 every word', async () => {
    const { resilience, clock } = clocked();
    show(
      resilience,
      <ResilienceStatus
        lang="de"
        className="status"
        words={{ limited: ({ seconds = 0 }) => `Zu viele Anfragen: weiter in ${seconds} Sekunden` }}
      />,
    );
    act(() => void run(resilience, [limited(2), GOOD]));
    await pass(clock, SHOWN_AFTER);
    expect(said()).toEqual({
      shown: 'Zu viele Anfragen: weiter in 3 Sekunden',
      announced: true,
    });
    const status = screen.getByRole('status');
    expect([status.lang, status.className]).toEqual(['de', 'status']);
    await pass(clock, 3_000);
    expect(status.textContent).toBe('');
  });

  it('V1 words without a number need no timer', async () => {
    const { resilience, clock } = clocked();
    const end = run(resilience, [limited(10)]);
    const before = clock.pending;
    show(resilience, <ResilienceStatus words={{ limited: 'Zu viele Anfragen' }} />);
    await pass(clock, SHOWN_AFTER);
    expect(said().shown).toBe('Zu viele Anfragen');
    expect(clock.pending).toBe(before);
    end();
  });

  it('V3 the rendering, beside words that are still spoken', async () => {
    const { resilience, clock } = clocked();
    const seen = vi.fn<(detail: Standing, sentence: string) => ReactElement>((detail, sentence) => (
      <b>
        {detail.kind}: {sentence}
      </b>
    ));
    const { container } = show(resilience, <ResilienceStatus>{seen}</ResilienceStatus>);
    expect(container.querySelector('b')!.textContent).toBe('idle: ');
    act(() => void run(resilience, [limited(2)]));
    await pass(clock, SHOWN_AFTER);
    expect(container.querySelector('b')!.textContent).toBe(
      'limited: Busy right now: continues in 3 s',
    );
    expect(screen.getByRole('status').textContent).toBe('Busy right now: continues in 3 s');
    expect(seen).toHaveBeenLastCalledWith(
      { kind: 'limited', since: expect.any(Number), until: expect.any(Number), seconds: 3 },
      'Busy right now: continues in 3 s',
    );
  });
});
