import { describe, expect, it } from 'vitest';
import { tbint } from '../../profiles/src/tbint.ts';
import type { OperationInfo, Signal } from '../src/index.ts';
import { GOOD, Harness } from './harness.fixture.ts';
import type { Watched } from './harness.fixture.ts';

/** What TBInt says of a dead token as of a missing permission. */
const FORBIDDEN: Signal = { status: 403, body: '' };
const MINUTE = 60_000;

function harness(): Harness {
  return new Harness(
    {
      tokens: { accessToken: 't1' },
      headers: ({ accessToken }) => ({ authorization: accessToken }),
    },
    { profile: tbint },
  );
}

function order(id: string): Partial<OperationInfo> {
  return { name: 'Order', endpoint: 'https://a.example/sales', identity: () => `Order ${id}` };
}

/** Sends one, which is answered so as often as it is sent; whatever refresh it asks for succeeds. */
async function asked(
  instance: Harness,
  info: Partial<OperationInfo>,
  ...answers: readonly Signal[]
): Promise<Watched> {
  const { sent, refreshes } = instance;
  const first = sent.length;
  const done = refreshes.length;
  const watched = instance.run(info);
  for (let nth = 0; watched.settled === 0 && nth < 5; nth++) {
    await instance.settle();
    if (refreshes.length > done) await refreshes.at(-1)!.succeed(`t${refreshes.length + 1}`);
    const next = sent[first + nth];
    if (next === undefined) break;
    next.answer(answers[Math.min(nth, answers.length - 1)]!);
    await instance.settle();
    if (refreshes.length > done) await refreshes.at(-1)!.succeed(`t${refreshes.length + 1}`);
  }
  expect(watched.settled).toBe(1);
  return watched;
}

describe('an operation that a fresh token did not help', () => {
  it('F10 T4 is known for what it is: polling it signs nobody in again and again', async () => {
    const instance = harness();
    for (let poll = 0; poll < 10; poll++) {
      const { failure } = await asked(instance, order('theirs'), FORBIDDEN);
      expect(failure).toMatchObject({ kind: 'forbidden', stopped: 'not_retryable' });
      await instance.clock.advanceAsync(10_000);
    }
    expect([instance.refreshes.length, instance.sent.length]).toEqual([1, 11]);
  });

  it('F10 says nothing of the same operation with other variables: a dead token leads to a login', async () => {
    const instance = harness();
    await asked(instance, order('theirs'), FORBIDDEN);
    const ours = await asked(instance, order('ours'), FORBIDDEN, GOOD);
    expect([ours.results, instance.refreshes.length]).toEqual([[GOOD], 2]);
  });

  it('F10 nor of another operation without a name', async () => {
    const instance = harness();
    const nameless = (identity: string): Partial<OperationInfo> => ({
      name: undefined,
      identity: () => identity,
    });
    await asked(instance, nameless('one'), FORBIDDEN);
    expect((await asked(instance, nameless('other'), FORBIDDEN, GOOD)).results).toEqual([GOOD]);
    expect(instance.refreshes).toHaveLength(2);
  });

  it('F10 nor of any that cannot be told apart', async () => {
    const instance = harness();
    const unknown: readonly Partial<OperationInfo>[] = [
      { name: undefined },
      {
        name: undefined,
        identity: () => {
          throw new TypeError('circular');
        },
      },
    ];
    for (const info of unknown) {
      const before = instance.refreshes.length;
      await asked(instance, info, FORBIDDEN);
      expect((await asked(instance, info, FORBIDDEN, GOOD)).results).toEqual([GOOD]);
      expect(instance.refreshes).toHaveLength(before + 2);
    }
  });

  it('F10 is forgotten after a while: the token may have died meanwhile', async () => {
    const instance = harness();
    await asked(instance, order('theirs'), FORBIDDEN);
    await instance.clock.advanceAsync(4 * MINUTE);
    await asked(instance, order('theirs'), FORBIDDEN);
    expect(instance.refreshes).toHaveLength(1);
    await instance.clock.advanceAsync(MINUTE);
    expect((await asked(instance, order('theirs'), FORBIDDEN, GOOD)).results).toEqual([GOOD]);
    expect(instance.refreshes).toHaveLength(2);
  });

  it('F10 T4 several that are asked in turn cost one login each, and none at later turns', async () => {
    const instance = harness();
    const ids = ['theirs', 'hers', 'his'];
    for (let turn = 0; turn < 4; turn++) {
      for (const id of ids) await asked(instance, order(id), FORBIDDEN);
      await asked(instance, order('ours'), GOOD);
    }
    expect(instance.refreshes).toHaveLength(ids.length);
  });

  it('F10 is forgotten with each sign-in', async () => {
    const instance = harness();
    await asked(instance, order('theirs'), FORBIDDEN);
    instance.resilience.session.signIn({ accessToken: 'fresh' });
    expect((await asked(instance, order('theirs'), FORBIDDEN, GOOD)).results).toEqual([GOOD]);
    expect(instance.refreshes).toHaveLength(2);
  });

  it('F10 X4 not more than a hundred are remembered, and the oldest are forgotten first', async () => {
    const instance = harness();
    const ids = Array.from({ length: 101 }, (_, index) => String(index));
    const watched = ids.map((id) => instance.run(order(id)));
    for (const sent of instance.sent.slice(0, 101)) sent.answer(FORBIDDEN);
    await instance.settle();
    await instance.refreshes[0]!.succeed('t2');
    for (const sent of instance.sent.slice(101)) sent.answer(FORBIDDEN);
    await instance.settle();
    expect(watched.every(({ settled }) => settled === 1)).toBe(true);
    for (const id of ['100', '1']) await asked(instance, order(id), FORBIDDEN);
    expect(instance.refreshes).toHaveLength(1);
    await asked(instance, order('0'), FORBIDDEN, GOOD);
    expect(instance.refreshes).toHaveLength(2);
  });
});
