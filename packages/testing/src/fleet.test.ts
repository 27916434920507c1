import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { expect, it } from 'vitest';
import { createTestClock } from './clock.ts';
import { createMemoryStore } from './memory-share.ts';

/** How many instances there are: 10,000 take a minute or two. */
const INSTANCES = Number(process.env['HOLDFAST_INSTANCES'] ?? 500);

/** Park and Miller's generator: the same weather in every run. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

it('T1 W9 E4 a simulated fleet, in a network that is slow, loses messages and breaks, keeps its promises', async () => {
  const clock = createTestClock();
  const chance = chanceOf(7);
  const latency = (): number => (chance() < 0.01 ? Infinity : Math.ceil(1 + chance() * 20));
  const store = createMemoryStore({ clock, latency });
  let [calls, requests, early, answered, failed] = [0, 0, 0, 0, 0];
  let limitedUntil = 0;
  const fleet = Array.from({ length: INSTANCES }, () => {
    const share = store.open();
    const refresh = async (): Promise<{ accessToken: string }> => {
      const number = ++calls;
      await new Promise<void>((resolve) => void clock.after(100, resolve));
      return { accessToken: `t${number}` };
    };
    const resilience = createResilience({
      clock,
      random: chance,
      auth: { refresh },
      share,
      onEvent: () => {},
    });
    return { resilience, share, knows: 0 };
  });
  const ask = (resilience: Resilience): void => {
    resilience.execute<object>(
      { kind: 'query', name: 'Q' },
      {
        send(_attempt, receiver) {
          requests++;
          // Whoever has been told of the limit sends nothing before its end.
          const [closed] = resilience.limits.get();
          if (closed !== undefined && clock.wall() < Math.min(closed.until, limitedUntil)) early++;
          return clock.after(50, () => {
            const left = limitedUntil - clock.wall();
            receiver.next(
              left > 0
                ? { status: 429, headers: { 'retry-after': String(Math.ceil(left / 1_000)) } }
                : { data: {} },
            );
            receiver.complete();
          });
        },
        read: (result) => result,
      },
      { next: () => void answered++, error: () => void failed++, complete: () => {} },
    );
  };
  for (const { resilience } of fleet) ask(resilience);
  await clock.advanceAsync(20_000);
  const cold = calls;
  // A tenth of them is cut off for a while, and meanwhile one of the others meets a limit.
  for (const { share } of fleet.slice(0, INSTANCES / 10)) share.cut();
  limitedUntil = clock.wall() + 5_000;
  const [last] = fleet.slice(-1) as [(typeof fleet)[number]];
  ask(last.resilience);
  await clock.advanceAsync(200);
  for (const { resilience } of fleet) ask(resilience);
  await clock.advanceAsync(2_000);
  for (const { share } of fleet.slice(0, INSTANCES / 10)) share.connect();
  await clock.advanceAsync(60_000);
  for (const { resilience } of fleet) resilience.dispose();
  await clock.advanceAsync(20_000);
  process.stdout.write(
    `${INSTANCES} simulated instances: ${cold} token calls from cold, ${requests} requests, ${early} violations\n`,
  );
  expect({ early, failed, answered, pending: clock.pending }).toEqual({
    early: 0,
    failed: 0,
    answered: 2 * INSTANCES + 1,
    pending: 0,
  });
  // Of those whose messages were lost, a few ask for themselves.
  expect(cold).toBeLessThan(INSTANCES / 20);
});
