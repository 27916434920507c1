import { describe, expect, it } from 'vitest';
import { Harness } from '../harness.fixture.ts';

describe('refresh tokens', () => {
  it('T16 one that a response omits is kept from the previous tokens', async () => {
    const harness = new Harness({
      tokens: { accessToken: 't1', refreshToken: 'r1', expiresAt: 1 },
    });
    const used: (string | undefined)[] = [];
    for (const next of [
      { accessToken: 't2', expiresAt: 1 },
      { accessToken: 't3', refreshToken: 'r2' },
      { accessToken: 't4' },
      { accessToken: 't5', refreshToken: undefined },
      { accessToken: 't6' },
    ]) {
      const asked = harness.resilience.session.refresh();
      await harness.settle();
      const call = harness.refreshes.at(-1)!;
      used.push(call.request.tokens?.refreshToken);
      await call.succeed(next);
      await asked;
    }
    expect(used).toEqual(['r1', 'r1', 'r2', 'r2', 'r2']);
  });

  it('T16 a sign-in keeps none: it is another session', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1', refreshToken: 'r1' } });
    harness.resilience.session.signIn({ accessToken: 't2' });
    void harness.resilience.session.refresh();
    await harness.settle();
    expect(harness.refreshes[0]!.request.tokens).toEqual({ accessToken: 't2' });
  });
});
