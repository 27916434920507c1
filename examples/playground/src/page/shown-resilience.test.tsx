// @vitest-environment jsdom
import { ResilienceProvider, ResilienceStatus } from '@holdfast/react';
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import type { Recording, StandingRecord } from '../run/recording.ts';
import { ShownResilience } from './shown-resilience.ts';

afterEach(cleanup);

const WELL: StandingRecord = {
  at: 0,
  online: true,
  session: { status: 'active', generation: 1 },
  limits: [],
  activity: [],
};

/** Without a network from the second second on, and well again from the tenth on. */
const RECORDING: Recording = {
  shoppers: 1,
  operations: [],
  requests: [],
  placedTwice: [],
  signIns: [],
  standings: [WELL, { ...WELL, at: 2_000, online: false }, { ...WELL, at: 10_000 }],
  events: [],
  end: 12_000,
};

it('V3 whoever goes back in a run sees what was said then, and not what was said later', () => {
  const shown = new ShownResilience(RECORDING);
  render(
    <ResilienceProvider resilience={shown.resilience}>
      <ResilienceStatus />
    </ResilienceProvider>,
  );
  const saidAt = (at: number): string | null => {
    act(() => shown.moveTo(at));
    return screen.getByRole('status').textContent;
  };
  const offline = 'You are offline: continues when you are connected';
  for (let time = 0; time < 2; time++) {
    expect(saidAt(1_000)).toBe('');
    expect(saidAt(2_399)).toBe('');
    expect(saidAt(2_400)).toBe(offline);
    expect(saidAt(9_000)).toBe(offline);
  }
  expect(saidAt(500)).toBe('');
  expect(saidAt(11_000)).toBe('');
});
