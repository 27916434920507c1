import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OperationInfo, Signal } from '../src/index.ts';
import { Harness } from './harness.fixture.ts';

const OTHER = 'https://api.example/graphql';

/** A page of `https://app.example`, and what its console was told. */
function page(): string[] {
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('document', {});
  vi.stubGlobal('location', new URL('https://app.example/orders'));
  const told: string[] = [];
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void told.push(text));
  return told;
}

/** What an operation without retries comes to when that is its answer. */
async function asked(instance: Harness, answer: Signal, info: Partial<OperationInfo>) {
  const watched = instance.run({ endpoint: OTHER, options: { retry: false }, ...info });
  await instance.settle();
  instance.sent.at(-1)!.answer(answer);
  await instance.settle();
  expect(watched.settled).toBe(1);
  return watched.failure?.advice;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a limit whose hint a browser may hide', () => {
  it.each([429, 503])(
    'W12 %i names the header to list, in its advice and once on the console',
    async (status) => {
      const told = page();
      const instance = new Harness();
      for (let time = 0; time < 2; time++) {
        const advice = await asked(instance, { status, body: 'no' }, {});
        expect(advice).toContain('must list Retry-After in Access-Control-Expose-Headers');
      }
      expect(told).toHaveLength(1);
      expect(told[0]).toContain('Access-Control-Expose-Headers');
    },
  );

  it('W12 neither repeats the address that was asked', async () => {
    const told = page();
    await asked(new Harness(), { status: 429, body: '' }, { endpoint: `${OTHER}?key=secret` });
    expect(told.join()).not.toContain('secret');
  });

  it.each<[string, Signal, Partial<OperationInfo>]>([
    ['its own origin', { status: 429, body: '' }, { endpoint: 'https://app.example/graphql' }],
    ['a relative address', { status: 429, body: '' }, { endpoint: '/graphql' }],
    ['what is no address', { status: 429, body: '' }, { endpoint: 'https://' }],
    ['a hint', { status: 429, headers: { 'retry-after': '7' }, body: '' }, {}],
    ['another status', { status: 500, body: '' }, {}],
  ])('W12 says nothing of %s', async (_, answer, info) => {
    const told = page();
    const advice = await asked(new Harness(), answer, info);
    expect([told, advice]).toEqual([[], expect.not.stringContaining('Expose-Headers')]);
  });

  it('W12 says nothing where there is no page: every header is there to be read', async () => {
    const told: string[] = [];
    vi.spyOn(console, 'warn').mockImplementation((text: string) => void told.push(text));
    const advice = await asked(new Harness(), { status: 429, body: '' }, {});
    expect([told, advice]).toEqual([[], expect.not.stringContaining('Expose-Headers')]);
  });
});
