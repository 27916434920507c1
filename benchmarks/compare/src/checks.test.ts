import { describe, expect, it } from 'vitest';
import {
  answered,
  fails,
  keepsBack,
  keepsThePart,
  ownError,
  ran,
  refusals,
  requests,
  requestsPerOperation,
  settles,
  staysQuiet,
  tally,
  tokenCalls,
  tokenCallsAtMost,
  waits,
} from './checks.ts';
import type { Check } from './observed.ts';
import {
  ANSWERED,
  IN_PART,
  LOST,
  observed,
  PENDING,
  requestOf,
  UNAUTHENTICATED,
} from './observed.fixture.ts';

const added = ['1', '1', '2'].map((name) => ({
  ...requestOf(name),
  operationType: 'mutation' as const,
}));
const refused = { ...requestOf('2'), operationType: 'mutation' as const, status: 429 };
const three = ['1', '2', '3'].map(requestOf);

const cases: readonly (readonly [
  string,
  Check,
  Parameters<typeof observed>[0],
  boolean,
  string,
])[] = [
  ['answered', answered, { outcomes: [ANSWERED, ANSWERED] }, true, '2 answered'],
  ['answered', answered, { outcomes: [ANSWERED] }, true, 'answered'],
  [
    'answered',
    answered,
    { outcomes: [ANSWERED, PENDING, LOST, IN_PART] },
    false,
    '1 answered, 1 answered in part, 1 failed, 1 never settled',
  ],
  ['settles', settles, { outcomes: [LOST, ANSWERED] }, true, '2 ended'],
  ['settles', settles, { outcomes: [PENDING] }, false, 'never settled'],
  ['fails', fails, { outcomes: [LOST] }, true, 'failed'],
  ['fails', fails, { outcomes: [LOST, ANSWERED] }, false, '1 answered, 1 failed'],
  ['keepsThePart', keepsThePart, { outcomes: [IN_PART] }, true, 'data and error'],
  ['keepsThePart', keepsThePart, { outcomes: [LOST] }, false, 'failed'],
  ['tokenCalls', tokenCalls(1), { tokenCalls: 1 }, true, '1 token call'],
  ['tokenCalls', tokenCalls(1), { tokenCalls: 10 }, false, '10 token calls'],
  ['requests', requests(3), { requests: three }, true, '3 requests'],
  ['requests', requests(1), { requests: three }, false, '3 requests'],
  [
    'requestsPerOperation',
    requestsPerOperation(2),
    { requests: three, outcomes: [LOST, LOST] },
    true,
    '1.50 requests per operation',
  ],
  [
    'requestsPerOperation',
    requestsPerOperation(2),
    { requests: three, outcomes: [LOST] },
    false,
    '3.00 requests per operation',
  ],
  ['tally', tally(3), { requests: three, outcomes: [ANSWERED] }, true, '0 of 1 failed, 3 requests'],
  [
    'tally',
    tally(2),
    { requests: three, outcomes: [ANSWERED] },
    false,
    '0 of 1 failed, 3 requests',
  ],
  [
    'tally',
    tally(3),
    { requests: three, outcomes: [ANSWERED, PENDING] },
    false,
    '1 of 2 failed, 3 requests',
  ],
  [
    'tally',
    tally(9),
    { requests: [...added, refused], outcomes: [ANSWERED] },
    false,
    '0 of 1 failed, 4 requests, 1 mutation run twice',
  ],
  ['refusals', refusals(1), { requests: [refused] }, true, ''],
  ['refusals', refusals(2), { requests: [refused] }, false, 'not to be told: only 1 refused'],
  ['tokenCallsAtMost', tokenCallsAtMost(2), { tokenCalls: 2 }, true, '2 token calls'],
  ['tokenCallsAtMost', tokenCallsAtMost(2), { tokenCalls: 3 }, false, '3 token calls'],
  ['ran', ran('add', 1), { executions: { add: 1 } }, true, 'ran once'],
  ['ran', ran('add', 1), { executions: { add: 2 } }, false, 'ran twice'],
  ['ran', ran('add', 1), { executions: { add: 5 } }, false, 'ran 5 times'],
  ['ran', ran('add', 1), {}, false, 'did not run'],
  [
    'ownError',
    ownError('UNAUTHENTICATED'),
    { outcomes: [UNAUTHENTICATED, UNAUTHENTICATED] },
    true,
    'its own UNAUTHENTICATED',
  ],
  [
    'ownError',
    ownError('UNAUTHENTICATED'),
    { outcomes: [UNAUTHENTICATED, LOST] },
    false,
    'an error of the refresh instead',
  ],
  ['ownError', ownError('UNAUTHENTICATED'), { outcomes: [PENDING] }, false, 'never settled'],
  ['waits', waits, { requests: three }, true, 'waited'],
  ['waits', waits, { requests: [requestOf('1')] }, true, ''],
  ['waits', waits, { tooEarly: three }, false, 'sent again too early'],
  ['keepsBack', keepsBack(5), {}, true, 'none sent too early'],
  [
    'keepsBack',
    keepsBack(5),
    { tooEarly: [...three, requestOf('3')] },
    false,
    '3 of 5 sent too early',
  ],
  ['staysQuiet', staysQuiet, {}, true, 'nothing sent afterwards'],
  ['staysQuiet', staysQuiet, { afterwards: three }, false, 'sent all the same'],
];

describe('a check', () => {
  it.each(cases)('%s (%#) says what it saw', (_name, check, parts, met, seen) => {
    expect(check(observed(parts))).toMatchObject({ met, seen });
  });
});
