import { describe, expect, it, vi } from 'vitest';
import { createResilience, failureOf, manualRetry } from '../src/index.ts';
import type { Failure, OperationInfo, Transport } from '../src/index.ts';

type Again = NonNullable<Transport<never>['again']>;

/** Delivers a failure to an operation, and answers the error. */
function failing(again: Again | undefined, kind: OperationInfo['kind'] = 'query'): unknown {
  const resilience = createResilience({ retry: false });
  let delivered: unknown;
  resilience.execute<never>(
    { kind },
    {
      send: (_, receiver) => {
        receiver.error(Object.assign(new Error('no'), { status: 403 }));
        return () => {};
      },
      read: () => undefined,
      ...(again && { again }),
    },
    { next: () => {}, error: (error) => (delivered = error), complete: () => {} },
  );
  return delivered;
}

const nothing = (): ReturnType<typeof vi.fn<Again>> => vi.fn<Again>(() => {});

describe('trying again by hand', () => {
  it('V4 sends what had failed before, once, and tells the client by its failure', async () => {
    const again = nothing();
    const error = failing(again);
    const retry = manualRetry();
    const sent = retry.send(error);
    expect(retry.send(error)).toBeUndefined();
    await sent;
    expect(again.mock.calls).toEqual([[failureOf(error)]]);
    // Another wish is another one.
    await manualRetry().send(error);
    expect(again).toHaveBeenCalledTimes(2);
  });

  it('V4 finds the failure wherever failureOf does', async () => {
    const again = nothing();
    const error = new Error('wrapped', { cause: failing(again) });
    await manualRetry().send(error);
    expect(again).toHaveBeenCalledTimes(1);
  });

  it('V4 does not send what failed after the wish: it is the outcome', () => {
    const retry = manualRetry();
    const again = nothing();
    expect(retry.send(failing(again))).toBeUndefined();
    expect(again).not.toHaveBeenCalled();
  });

  it.each(['mutation', 'subscription'] as const)('V4 M1 never sends a %s', (kind) => {
    const again = nothing();
    expect(manualRetry().send(failing(again, kind))).toBeUndefined();
    expect(again).not.toHaveBeenCalled();
  });

  it.each([undefined, null, 'text', new Error('foreign')])(
    'V4 has nothing to send for %o',
    (error) => {
      expect(manualRetry().send(error)).toBeUndefined();
    },
  );

  it('V4 has nothing to send where a client keeps nothing', () => {
    expect(manualRetry().send(failing(undefined))).toBeUndefined();
  });

  it('V4 R10 where it fails again, the old error stands for the new failure', async () => {
    const latest = failing(nothing());
    const error = failing(() => Promise.reject(latest));
    const before = failureOf(error);
    await manualRetry().send(error);
    expect(failureOf(error)).toBe(failureOf(latest));
    expect(failureOf(error)).not.toBe(before);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('whatever'))],
    [
      'throws',
      () => {
        throw new Error('whatever');
      },
    ],
  ] as const)('V4 E4 settles where the client %s with something else', async (_, again) => {
    const error = failing(again);
    const before: Failure | undefined = failureOf(error);
    await expect(manualRetry().send(error)).resolves.toBeUndefined();
    expect(failureOf(error)).toBe(before);
  });

  it('V4 R10 works over two copies of the package', async () => {
    const again = nothing();
    const error = failing(again);
    vi.resetModules();
    const other = await import('../src/index.ts');
    expect(other.manualRetry).not.toBe(manualRetry);
    await other.manualRetry().send(error);
    expect(again).toHaveBeenCalledTimes(1);
  });
});
