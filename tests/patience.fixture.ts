import { vi } from 'vitest';

/** How long a test waits for what is to come, in milliseconds: far longer than it takes, since machines are busy. */
const PATIENCE = 20_000;

const { waitFor } = vi;
vi.waitFor = (callback, options) => {
  const own = typeof options === 'number' ? { timeout: options } : options;
  return waitFor(callback, { timeout: PATIENCE, ...own });
};
