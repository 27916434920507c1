import { expect, it } from 'vitest';
import { NOTHING } from '../run/recording.ts';
import { RUN_LASTS } from '../scenario/scenario.ts';
import { resultAt, verdict } from './result.ts';
import type { Result } from './result.ts';

const none = resultAt(NOTHING, 0);
const asked: Result = { ...none, asked: 400, requests: 400, orders: 100 };

it('says where Holdfast has failed more often, and that its retry budget was spent', () => {
  const own = { ...asked, failed: 28, unaffordable: 28, requests: 446 };
  const [people, rest] = verdict(own, { ...asked, failed: 1, requests: 482 });
  expect(people).toBe('With Holdfast 28 of 400 operations failed; without, 1.');
  expect(rest).toContain('retry budget was spent');
  expect(rest).toContain('446 requests and not 482');
});

it('praises neither side where Holdfast has failed more often for another reason', () => {
  const [, rest] = verdict({ ...asked, failed: 2 }, { ...asked, failed: 1 });
  expect(rest).toBe('Holdfast is no better here.');
});

it('says of an order that is in doubt why it was not sent again', () => {
  const own = { ...asked, failed: 1, uncertain: 1 };
  const [, rest] = verdict(own, { ...asked, failed: 30, requests: 1_000 });
  expect(rest).toContain('1000 requests without it, and 400 with it.');
  expect(rest).toContain('One order may have been placed');
});

it('says of what failed while nobody was signed in that nothing could help it', () => {
  const own = { ...asked, failed: 12, sessionless: 12 };
  const usual = { ...asked, failed: 12 };
  expect(verdict(own, usual)[0]).toBe(
    'Nobody was signed in: 12 of 400 operations failed on both sides.',
  );
  expect(verdict({ ...own, sessionless: 11 }, usual)[0]).not.toContain('signed in');
});

it('says that a session was lost, since that is why so much failed', () => {
  const usual = { ...asked, failed: 310, tokenCalls: 7, signedOut: 1 };
  const [, rest] = verdict({ ...asked, tokenCalls: 1 }, usual);
  expect(rest).toBe(
    'Without, the session was lost, after 7 token calls: the user has to sign in again.',
  );
});

it.each([
  [1, '1 of 10 sessions was lost, after 14 token calls: one user has to sign in again.'],
  [4, '4 of 10 sessions were lost, after 14 token calls: their users have to sign in again.'],
  [10, 'all 10 sessions were lost, after 14 token calls: their users have to sign in again.'],
])('says how many of ten sessions were lost: %s', (signedOut, words) => {
  const ten = { ...asked, shoppers: 10, tokenCalls: 10 };
  const [, rest] = verdict(ten, { ...ten, failed: 128, tokenCalls: 14, signedOut });
  expect(rest).toBe(`Without, ${words}`);
});

it('counts sessions that were lost, and requests that came too early, of each shopper by himself', () => {
  const signIns = [0, 1, 2].map((shopper) => ({ at: 0, shopper, signedIn: true }));
  const request = { kind: 'graphql', at: 0, end: 100, arrived: true, served: true } as const;
  const recording = {
    ...NOTHING,
    shoppers: 3,
    signIns: [...signIns, { at: 50, shopper: 1, signedIn: false }],
    requests: [
      { ...request, shopper: 0, status: 429, hint: 5_000, served: false },
      { ...request, shopper: 1, at: 1_000, end: 1_100 },
      { ...request, shopper: 0, at: 1_000, end: 1_100 },
    ],
  };
  expect(resultAt(recording, RUN_LASTS)).toMatchObject({ signedOut: 1, early: 1 });
});

it('claims of both that they did what is right only where nothing failed and nothing differs', () => {
  expect(verdict(asked, asked)[1]).toBe('Both did what is right.');
  const failed = { ...asked, failed: 12 };
  expect(verdict(failed, failed)[1]).toBe('Nothing else differs.');
});

it('counts at the end of a run how that came out which was under way then', () => {
  const operation = { number: 1, kind: 'query', name: 'Cart', shopper: 0, at: 19_900 } as const;
  const recording = {
    ...NOTHING,
    operations: [{ ...operation, end: RUN_LASTS + 80, outcome: 'failed' }],
  } as const;
  expect(resultAt(recording, RUN_LASTS - 1)).toMatchObject({ open: 1, failed: 0 });
  expect(resultAt(recording, RUN_LASTS)).toMatchObject({ open: 0, failed: 1 });
});
