import { expect, it } from 'vitest';
import { chance } from './chance.ts';
import { Timeline } from './timeline.ts';

it('lets things happen in order of time, and in order of making within an instant', async () => {
  const timeline = new Timeline();
  const seen: string[] = [];
  const note = (what: string) => (): void => {
    seen.push(`${timeline.monotonic()} ${what}`);
  };
  timeline.after(20, note('c'));
  timeline.after(10, note('a'));
  timeline.after(20, note('d'));
  timeline.after(10, () => {
    note('b')();
    timeline.after(0, note('at once'));
    timeline.after(15, note('e'));
  });
  await timeline.run();
  expect(seen).toEqual(['10 a', '10 b', '10 at once', '20 c', '20 d', '25 e']);
});

it('keeps thousands of entries in order while most of them are cancelled', async () => {
  const timeline = new Timeline();
  const draw = chance(1);
  const kept: number[] = [];
  const seen: number[] = [];
  const cancels: (() => void)[] = [];
  for (let index = 0; index < 20_000; index++) {
    const at = Math.floor(draw() * 1_000);
    const cancel = timeline.after(at, () => seen.push(at));
    if (index % 10 === 0) kept.push(at);
    else cancels.push(cancel);
  }
  for (const cancel of cancels) cancel();
  for (const cancel of cancels) cancel();
  await timeline.run();
  expect(seen).toEqual(kept.sort((one, other) => one - other));
});

it('stops at the end it is given, and goes on from there', async () => {
  const timeline = new Timeline();
  const seen: number[] = [];
  for (const at of [5, 10, 15]) timeline.after(at, () => seen.push(at));
  await timeline.run(12);
  expect(seen).toEqual([5, 10]);
  expect(timeline.monotonic()).toBe(12);
  await timeline.run();
  expect(seen).toEqual([5, 10, 15]);
});

it('lets promises finish before time moves on, where somebody said that there are some', async () => {
  const timeline = new Timeline();
  const seen: string[] = [];
  timeline.after(10, () => {
    timeline.promised();
    void Promise.resolve()
      .then(() => {})
      .then(() => timeline.after(5, () => seen.push(`promised ${timeline.monotonic()}`)));
  });
  timeline.after(100, () => seen.push('later'));
  await timeline.run();
  expect(seen).toEqual(['promised 15', 'later']);
});

it('shows a wall clock of whole milliseconds that starts in 2026', async () => {
  const timeline = new Timeline();
  await timeline.run(1_000.7);
  expect(new Date(timeline.wall()).toISOString()).toBe('2026-01-01T00:00:01.000Z');
});
