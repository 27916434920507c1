import { createTestClock } from '@holdfast/testing/clock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ResilienceEvent } from '../model/event.ts';
import { Events } from './events.ts';

afterEach(() => vi.restoreAllMocks());

describe('callbacks that fail where no operation can tell of it', () => {
  it('R9 reach those who listen as an event', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const events = new Events(createTestClock());
    const heard: ResilienceEvent[] = [];
    events.subscribe((event) => heard.push(event));
    const error = new Error('the store is gone');
    events.complain('share.read', error);
    expect(heard).toMatchObject([{ type: 'callback_failed', callback: 'share.read', error }]);
    expect(log).not.toHaveBeenCalled();
  });

  it('R9 reach the console where nobody listens, once for each callback', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const events = new Events(createTestClock());
    events.complain('share.read', new Error('1'));
    events.complain('share.read', new Error('2'));
    events.complain('share.replace', new Error('3'));
    expect(log).toHaveBeenCalledTimes(2);
  });
});
