/** A fixed window: so many requests until it ends, and the next begins with the first request after that. */
export interface RateWindow {
  /** Counts one request; answers whether it was within the limit. */
  take(): boolean;
  readonly limit: number;
  /** Requests left in the window. */
  readonly remaining: number;
  /** Epoch milliseconds at which the window ends. */
  readonly end: number;
  setLimit(limit: number): void;
  /** Begins a new window. */
  reset(): void;
}

/** @param length Milliseconds. */
export function createRateWindow(initialLimit: number, length: number): RateWindow {
  let limit = initialLimit;
  let used = 0;
  let end = 0;

  function roll(): void {
    const now = Date.now();
    if (now < end) return;
    used = 0;
    end = now + length;
  }

  return {
    take() {
      roll();
      if (used >= limit) return false;
      used += 1;
      return true;
    },
    get limit() {
      return limit;
    },
    get remaining() {
      roll();
      return Math.max(0, limit - used);
    },
    get end() {
      roll();
      return end;
    },
    setLimit(next) {
      limit = next;
    },
    reset() {
      end = 0;
    },
  };
}
