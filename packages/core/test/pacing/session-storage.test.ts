import { afterEach, describe, expect, it, vi } from 'vitest';
import { inBrowser, tabStorage } from '../../src/platform.ts';

/** As much of a tab as the budget looks at. */
function stubTab(storage: unknown): void {
  vi.stubGlobal('window', {});
  vi.stubGlobal('document', {});
  vi.stubGlobal('sessionStorage', storage);
}

function stored(value: string | null): ReturnType<typeof tabStorage> {
  stubTab({ getItem: () => value });
  return tabStorage('api');
}

describe('a tab’s storage', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('R4 there is none in a server process', () => {
    expect([inBrowser(), tabStorage('api')]).toEqual([false, undefined]);
  });

  it('R4 keeps a number for each API', () => {
    const items = new Map<string, string>();
    stubTab({
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
    });
    tabStorage('one')?.save(12.5);
    tabStorage('two')?.save(0);
    expect([tabStorage('one')?.load(), tabStorage('two')?.load()]).toEqual([12.5, 0]);
    expect(tabStorage('three')?.load()).toBeUndefined();
  });

  it.each(['', ' ', 'NaN', '-5', 'many', '{}'])('R4 W5 %j is no budget', (value) => {
    expect(stored(value)?.load()).toBeUndefined();
  });

  it('R4 a storage that throws is as good as none', () => {
    const denied = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    stubTab({ getItem: denied, setItem: denied });
    expect(tabStorage('api')?.load()).toBeUndefined();
    expect(() => tabStorage('api')?.save(3)).not.toThrow();
  });

  it('R4 so is one that may not even be looked at, or is not there', () => {
    stubTab(undefined);
    expect(tabStorage('api')?.load()).toBeUndefined();
    expect(() => tabStorage('api')?.save(3)).not.toThrow();
    vi.unstubAllGlobals();
    stubTab({});
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(tabStorage('api')?.load()).toBeUndefined();
    Reflect.deleteProperty(globalThis, 'sessionStorage');
  });
});
