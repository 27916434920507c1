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

/** Where a status, or the usual word, means something else to one API: what a profile is for. */
const ofTheirOwn: Readonly<Record<string, string>> = {
  'tbint: a dead token or a missing permission': 'TBInt documents 403 for a dead token',
  'tbint: the limit': 'TBInt documents 423 for its limit',
  'shopify: a locked shop': 'a shop that is locked stays so',
  'linear: a dead key at 400': 'a type with blanks, under 400',
  'monday: the budget of complexity as it was, with the code beside it and the wait in words':
    'no `errors` at all',
  'anilist: switched off': 'AniList documents 403 for an API that is switched off',
  'appsync: a dead token in `connection_error`, whole': 'the payload of a message of a socket',
  'salesforce: the limit': 'Salesforce documents 503 for its limit',
  'apolloRouter: too many at once': 'a 503 with a code of its own',
  'apolloRouter: another issuer': 'a 500 with a code of its own',
  'hasura: a socket closed for a dead token': 'a reason of a close with 4400',
  'hasuraDdn: the limit': 'the code stands beside no `errors`',
  'pgGraphql: a guest who may not': 'PostgREST documents 401 for a guest’s missing permission',
  'directus: a bad one-time password': '401 for what no refresh cures',
  'directus: an address that is not allowed': '401 for what no refresh cures',
  'strapi: not signed in': 'FORBIDDEN for whoever is not signed in',
  'wpgraphql: an old nonce': '403 for a nonce that is used up',
};

describe('responses of every API, with the default profile', () => {
  const told = everyResponse.filter((each) => read(each, graphqlOverHttp)?.kind !== 'unknown');

  it('F2 where it says something, it leads to what the API’s own profile leads to', () => {
    const wrong = told.filter(
      (each) => action(read(each, graphqlOverHttp)) !== action(read(each, profileOf[each.api])),
    );
    expect(wrong.map(nameOf).sort()).toEqual(Object.keys(ofTheirOwn).sort());
    expect(wrong.length / told.length).toBeLessThan(0.08);
  });

  it('F2 it knows two thirds of them', () => {
    expect(told.length / everyResponse.length).toBeGreaterThan(0.65);
  });

  it('F9 it proves nothing that the API’s own profile does not prove, but by a 401', () => {
    const proven = everyResponse.filter(
      (each) =>
        read(each, graphqlOverHttp)?.executed === false &&
        read(each, profileOf[each.api])?.executed !== false,
    );
    expect(proven.map(nameOf)).toEqual([
      'pgGraphql: a guest who may not',
      'directus: an address that is not allowed',
    ]);
  });

  it('W1 it reads no wait that the API’s own profile does not read', () => {
    const waiting = everyResponse.filter((each) => {
      const instant = read(each, graphqlOverHttp)?.retryAt;
      return instant !== undefined && instant !== read(each, profileOf[each.api])?.retryAt;
    });
    expect(waiting.map(nameOf)).toEqual([]);
  });
});
