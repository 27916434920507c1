import { createTestClock } from '@holdfast/testing/clock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ResilienceEvent } from '../model/event.ts';
import { Events } from './events.ts';

const broken = new Error('a listener broke');
const opened = { scope: 'api' };

describe('events', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('F11 have a type, an instant and their own fields', () => {
    const clock = createTestClock();
    const heard: ResilienceEvent[] = [];
    const events = new Events(clock);
    expect(events.active).toBe(false);
    const stop = events.subscribe((event) => void heard.push(event));
    expect(events.active).toBe(true);
    clock.advance(5);
    events.emit('scope_opened', opened);
    stop();
    events.emit('scope_opened', opened);
    expect(heard).toEqual([{ type: 'scope_opened', at: clock.wall(), scope: 'api' }]);
    expect(events.active).toBe(false);
  });

  it('U5 go to an operation’s own observer too, whoever else listens', () => {
    const events = new Events(createTestClock());
    const observe = vi.fn<(event: ResilienceEvent) => void>();
    events.emit('scope_opened', opened, observe);
    expect(observe).toHaveBeenCalledTimes(1);
  });

  it('R9 a listener that breaks is complained of once, to the others', () => {
    const spoken = vi.spyOn(console, 'error').mockImplementation(() => {});
    const events = new Events(createTestClock());
    const heard: ResilienceEvent[] = [];
    events.subscribe(() => {
      throw broken;
    });
    events.subscribe((event) => void heard.push(event));
    events.emit('scope_opened', opened);
    events.emit('scope_opened', opened);
    expect(heard.map(({ type }) => type)).toEqual([
      'callback_failed',
      'scope_opened',
      'scope_opened',
    ]);
    expect(heard[0]).toMatchObject({ callback: 'onEvent', error: broken });
    expect(spoken).not.toHaveBeenCalled();
  });

  it('R9 where nobody else listens the console hears it, once for each listener', async () => {
    const spoken = vi.spyOn(console, 'error').mockImplementation(() => {});
    const events = new Events(createTestClock());
    events.subscribe(() => Promise.reject(broken) as never);
    events.emit('scope_opened', opened);
    events.emit('scope_opened', opened);
    await Promise.resolve();
    await Promise.resolve();
    expect(spoken).toHaveBeenCalledTimes(1);
  });

  it('R9 listeners that all break do not complain to each other without end', () => {
    const spoken = vi.spyOn(console, 'error').mockImplementation(() => {});
    const events = new Events(createTestClock());
    let calls = 0;
    for (let index = 0; index < 3; index++) {
      events.subscribe(() => {
        calls++;
        throw broken;
      });
    }
    events.emit('scope_opened', opened);
    expect(calls).toBeLessThan(20);
    expect(spoken.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('X4 one that leaves and comes back at each event hears each event once', () => {
    const events = new Events(createTestClock());
    let heard = 0;
    let stop = (): void => {};
    const listener = (): void => {
      if (++heard > 10) return;
      stop();
      stop = events.subscribe(listener);
    };
    stop = events.subscribe(listener);
    events.emit('scope_opened', opened);
    expect(heard).toBe(1);
  });

  it('E1 E3 nobody hears anything after leaving, or after the end', () => {
    const events = new Events(createTestClock());
    const last = vi.fn<() => void>();
    events.subscribe(() => stop());
    const stop = events.subscribe(last);
    events.emit('scope_opened', opened);
    events.clear();
    events.emit('scope_opened', opened);
    expect([last.mock.calls.length, events.active]).toEqual([0, false]);
  });
});
