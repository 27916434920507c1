import { expect, it } from 'vitest';
import type { Share, SharedTokens } from '../../src/index.ts';
import { GOOD, Harness } from '../harness.fixture.ts';

it('T11b X7 tokens that an application started with count no sign-out that came while they were stored', async () => {
  const stored: SharedTokens[] = [];
  let answer: (value: undefined) => void = () => {};
  const share: Share = {
    // The first look takes its time; meanwhile somebody else signs in.
    read: () =>
      stored.length > 0
        ? Promise.resolve(stored.at(-1))
        : new Promise((resolve) => (answer = resolve)),
    replace: (expected, next) => {
      if ((stored.at(-1)?.generation ?? 0) !== expected) return Promise.resolve(false);
      stored.push(next!);
      return Promise.resolve(true);
    },
  };
  const harness = new Harness({ tokens: { accessToken: 'ann' } }, { share });
  const watched = harness.run();
  await harness.settle();
  const first = answer;
  harness.resilience.session.signOut();
  harness.resilience.session.signIn({ accessToken: 'bob' });
  await harness.settle();
  first(undefined);
  await harness.settle();
  answer(undefined);
  await harness.settle();
  expect(watched.failure?.stopped).toBe('signed_out');
  expect(stored.at(-1)).toMatchObject({ tokens: { accessToken: 'bob' }, signOuts: 1 });
  for (const { tokens, signOuts = 0 } of stored) {
    if (tokens?.accessToken === 'ann') expect(signOuts).toBe(0);
  }
  const later = harness.run();
  await harness.settle();
  harness.sent[0]!.answer(GOOD);
  await harness.settle();
  expect(later.results).toEqual([GOOD]);
});
