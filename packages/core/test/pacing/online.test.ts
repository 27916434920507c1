import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserOnline } from '../../src/platform.ts';

describe('what the browser says of the network', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    [{ onLine: true }, true],
    [{ onLine: false }, false],
    [{}, true],
    [undefined, true],
  ])('W11 navigator %j: online is %s', (navigator, online) => {
    vi.stubGlobal('navigator', navigator);
    expect(browserOnline.get()).toBe(online);
  });

  it('W11 tells of the network’s loss and of its return, until it is told not to', () => {
    const target = new EventTarget();
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target));
    const heard = vi.fn<() => void>();
    const stop = browserOnline.subscribe(heard);
    target.dispatchEvent(new Event('offline'));
    target.dispatchEvent(new Event('online'));
    stop();
    target.dispatchEvent(new Event('offline'));
    target.dispatchEvent(new Event('online'));
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('W11 where nothing can be heard, nothing is', () => {
    expect(() => browserOnline.subscribe(() => {})()).not.toThrow();
  });
});
