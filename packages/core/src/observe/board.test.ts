import { describe, expect, it, vi } from 'vitest';
import { Board } from './board.ts';
import { Listeners } from './listeners.ts';

const silent = (): void => {};

describe('a board', () => {
  it('W10 makes its value when it is asked, and keeps it until it is said to have changed', () => {
    let made = 0;
    const board = new Board(() => ({ made: ++made }), silent);
    expect(made).toBe(0);
    const first = board.get();
    expect([board.get() === first, made]).toEqual([true, 1]);
    board.changed();
    expect([board.get(), made]).toEqual([{ made: 2 }, 2]);
  });

  it('W10 keeps the older value where the newer one shows the same', () => {
    let value = [1];
    const same = (one: number[], other: number[]): boolean => one[0] === other[0];
    const board = new Board(() => [...value], silent, { same });
    const first = board.get();
    board.changed();
    expect(board.get()).toBe(first);
    value = [2];
    board.changed();
    expect(board.get()).toEqual([2]);
  });

  it('W10 makes anew what does not hold any more', () => {
    let holds = true;
    const board = new Board(() => ({}), silent, { holds: () => holds });
    const first = board.get();
    expect(board.get()).toBe(first);
    holds = false;
    expect(board.get()).not.toBe(first);
  });

  it('W10 tells its listeners of changes, and the first of them that it is watched', () => {
    const watched = vi.fn<() => void>();
    const board = new Board(() => 1, silent, { watched });
    const heard: string[] = [];
    expect(board.watched).toBe(false);
    const stops = ['a', 'b'].map((name) => board.subscribe(() => void heard.push(name)));
    expect([board.watched, watched.mock.calls.length]).toEqual([true, 1]);
    board.changed();
    stops[0]?.();
    stops[0]?.();
    board.changed();
    expect(heard).toEqual(['a', 'b', 'b']);
    board.end();
    board.changed();
    expect([heard.length, board.watched]).toEqual([4, false]);
  });

  it('V1 W10 its methods need no `this`', () => {
    const { get, subscribe } = new Board(() => 1, silent);
    expect(get()).toBe(1);
    subscribe(silent)();
  });
});

describe('listeners', () => {
  it('R9 one that throws is reported, and the others are still told', () => {
    const reported: unknown[] = [];
    const listeners = new Listeners<[]>((error) => void reported.push(error));
    const error = new Error('no');
    const last = vi.fn<() => void>();
    listeners.add(() => {
      throw error;
    });
    listeners.add(last);
    listeners.tell();
    expect([reported, last.mock.calls.length]).toEqual([[error], 1]);
  });

  it('E1 one that has left meanwhile is not told', () => {
    const listeners = new Listeners<[]>(silent);
    const last = vi.fn<() => void>();
    listeners.add(() => stop());
    const stop = listeners.add(last);
    listeners.tell();
    expect(last).not.toHaveBeenCalled();
  });

  it('X4 one that leaves and comes back each time it is told is told once', () => {
    const listeners = new Listeners<[]>(silent);
    let told = 0;
    let stop = (): void => {};
    const listener = (): void => {
      if (++told > 10) throw new Error('told without end');
      stop();
      stop = listeners.add(listener);
    };
    stop = listeners.add(listener);
    listeners.tell();
    expect([told, listeners.size]).toEqual([1, 1]);
  });

  it('W10 the same function may subscribe twice, and each leaves by itself', () => {
    const listeners = new Listeners<[]>(silent);
    const heard = vi.fn<() => void>();
    const stop = listeners.add(heard);
    listeners.add(heard);
    listeners.tell();
    stop();
    listeners.tell();
    expect(heard).toHaveBeenCalledTimes(3);
  });
});
