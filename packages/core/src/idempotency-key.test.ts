import { afterEach, describe, expect, it, vi } from 'vitest';
import { idempotencyKey } from './idempotency-key.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const unused = (): number => {
  throw new Error('not to be asked');
};

afterEach(() => vi.unstubAllGlobals());

describe('idempotency keys', () => {
  it('M3 are UUIDs of the platform', () => {
    expect(idempotencyKey(unused)).toMatch(UUID);
    expect(idempotencyKey(unused)).not.toBe(idempotencyKey(unused));
  });

  it('M3 are as good on a page that is not served securely', () => {
    const getRandomValues = crypto.getRandomValues.bind(crypto);
    vi.stubGlobal('crypto', { getRandomValues });
    expect(idempotencyKey(unused)).toMatch(UUID);
    expect(idempotencyKey(unused)).not.toBe(idempotencyKey(unused));
  });

  it('M3 are made from random where there is nothing better', () => {
    vi.stubGlobal('crypto', undefined);
    expect(idempotencyKey(() => 0)).toBe('00000000-0000-4000-8000-000000000000');
    expect(idempotencyKey(() => 0.999)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });
});
