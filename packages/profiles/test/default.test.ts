import { describe, expect, it } from 'vitest';
import type { Failure, Profile } from '@holdfast/core';
import { classify, graphqlOverHttp } from '@holdfast/core';
import type { Recorded } from './responses/all.fixture.ts';
import { everyResponse, nameOf, profileOf } from './responses/all.fixture.ts';
import { NOW } from './responses/response.fixture.ts';

function read({ signal }: Recorded, profile: Profile): Failure | undefined {
  return classify({ ...signal, now: signal.now ?? NOW }, profile);
}

/** What a client does about a failure. */
function action(failure: Failure | undefined): string {
  if (failure === undefined) return 'nothing';
  if (failure.freshToken === true) return 'refresh';
  if (failure.kind === 'rate_limited') return 'wait for the limit';
  return failure.retryable ? 'retry' : 'deliver';
}

/**
 * Where a status, a code or a text means something else to one API, and nothing in the response says so to whoever
 * does not know whose it is: what a profile is for.
 */
const ofTheirOwn: Readonly<Record<string, string>> = {
  'tbint: a dead token or a missing permission':
    '403 and nothing else: everywhere but at TBInt a permission, which no fresh token brings',
  'tbint: the limit': '423 and nothing else: elsewhere a record that somebody else holds',
  'shopify: a locked shop': 'the same 423: here no wait helps, at monday.com a short one does',
  'monday: the budget of complexity as it was, with the code beside it and the wait in words':
    'under 200, with neither `data` nor `errors`: as good as a page of somebody else (F7)',
  'anilist: switched off': 'a 403 that is an outage: only a text in prose says so',
  'appsync: a dead token in `connection_error`, whole':
    'the message of a socket, with the errors inside its payload: only that protocol has it',
  'salesforce: the limit': '503 and nothing else: elsewhere an outage, which is held as one',
  'apolloRouter: another issuer':
    'AUTH_ERROR under 500: elsewhere it may be a dead token, or a server that broke',
  'hasura: a socket closed for a dead token':
    'a close with 4400 is a bad message to the protocol: its reason is a text (S4)',
  'strapi: not signed in': 'FORBIDDEN, which everywhere else no fresh token cures',
  'wpgraphql: an old nonce': 'a 403 whose text speaks of a nonce: a status goes before a text (F2)',
};

describe('responses of every API, with the default profile', () => {
  const told = everyResponse.filter((each) => read(each, graphqlOverHttp)?.kind !== 'unknown');

  it('F2 where it says something, it leads to what the API’s own profile leads to', () => {
    const wrong = told.filter(
      (each) => action(read(each, graphqlOverHttp)) !== action(read(each, profileOf[each.api])),
    );
    expect(wrong.map(nameOf).sort()).toEqual(Object.keys(ofTheirOwn).sort());
    expect(wrong.length / told.length).toBeLessThan(0.05);
  });

  it('F2 it asks for a fresh token only where the API’s own profile does too', () => {
    const asked = everyResponse.filter(
      (each) =>
        read(each, graphqlOverHttp)?.freshToken === true &&
        read(each, profileOf[each.api])?.freshToken !== true,
    );
    expect(asked.map(nameOf)).toEqual([]);
  });

  it('F2 it knows two thirds of them', () => {
    expect(told.length / everyResponse.length).toBeGreaterThan(0.65);
  });

  it('F9 it proves nothing that the API’s own profile does not prove', () => {
    const proven = everyResponse.filter(
      (each) =>
        read(each, graphqlOverHttp)?.executed === false &&
        read(each, profileOf[each.api])?.executed !== false,
    );
    expect(proven.map(nameOf)).toEqual([]);
  });

  it('W1 it reads no wait that the API’s own profile does not read', () => {
    const waiting = everyResponse.filter((each) => {
      const instant = read(each, graphqlOverHttp)?.retryAt;
      return instant !== undefined && instant !== read(each, profileOf[each.api])?.retryAt;
    });
    expect(waiting.map(nameOf)).toEqual([]);
  });
});
