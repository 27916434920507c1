type Occasion = Pick<WindowEventMap, 'pagehide' | 'pageshow' | 'storage'>;

/** What is used of a browser, and what it may lack. */
export interface Platform {
  /** Absent in older browsers, and on pages that are not secure contexts (`http:`, but for localhost). */
  readonly locks: LockManager | undefined;
  readonly channel: (new (name: string) => BroadcastChannel) | undefined;
  /** Hears an event of the window until the answer is called. */
  on<T extends keyof Occasion>(type: T, listener: (event: Occasion[T]) => void): () => void;
}

/**
 * The browser that this runs in; `undefined` where it is none. Node, Deno and Bun have a BroadcastChannel
 * too, and some have locks, but there one process serves many users, who must not share a session (E6).
 */
export function browserPlatform(): Platform | undefined {
  if (!(typeof window === 'object' && typeof document === 'object') && !inWorker()) {
    return undefined;
  }
  return {
    locks: typeof navigator === 'object' ? navigator.locks : undefined,
    channel: typeof BroadcastChannel === 'function' ? BroadcastChannel : undefined,
    on: (type, listener) => {
      globalThis.addEventListener(type, listener);
      return () => globalThis.removeEventListener(type, listener);
    },
  };
}

/** A worker of a page. Servers at the edge call themselves workers, but have no channel between tabs. */
function inWorker(): boolean {
  const { WorkerGlobalScope: Scope } = globalThis as { WorkerGlobalScope?: new () => object };
  return (
    typeof Scope === 'function' &&
    globalThis instanceof Scope &&
    typeof BroadcastChannel === 'function' &&
    typeof navigator === 'object' &&
    'locks' in navigator
  );
}
