import { describe, expect, it } from 'vitest';
import type { Failure, Profile } from '@holdfast/core';
import { classify, graphqlOverHttp } from '@holdfast/core';
import type { Recorded } from './responses/all.fixture.ts';
import { everyResponse, nameOf, profileOf } from './responses/all.fixture.ts';
import type { ApiName } from './responses/response.fixture.ts';
import { NOW } from './responses/response.fixture.ts';

/** What a profile must not make of another system's response, unless the default profile does so too. */
type Consequence =
  /** A fresh token is asked for. */
  | 'refresh'
  /** A wait that the response names. */
  | 'wait'
  /** A limit, for which the scope closes. */
  | 'limit'
  /** A proof that nothing ran, so that a mutation may be sent again. */
  | 'proof';

interface Exception {
  readonly profile: ApiName;
  readonly consequences: readonly Consequence[];
  readonly responses: RegExp;
  readonly because: string;
}

/** Where a profile's own API documents the very words or statuses that the other system uses. */
const exceptions: readonly Exception[] = [
  {
    profile: 'tbint',
    consequences: ['refresh', 'proof'],
    responses:
      /^(?:anilist: switched off|cloudflare: an account|directus: a bad token|github: (?:the secondary limit|a permission)|hygraph: a permission|pgGraphql: a user|shopify: a scope|wpgraphql: (?:an old nonce|another 403)|absinthe: a number)/,
    because:
      'TBInt documents 403, as a status and as a numeric code, for a token that is no longer valid',
  },
  {
    profile: 'tbint',
    consequences: ['limit'],
    responses: /^(?:monday: a board that|shopify: a locked shop)/,
    because: 'TBInt documents 423 for its rate limit',
  },
  {
    profile: 'salesforce',
    consequences: ['limit'],
    responses: /^(?:apolloRouter: (?:the limit|too many at once)|cloudflare: down)/,
    because: 'Salesforce documents 503 for its rate limit',
  },
  {
    profile: 'strawberry',
    consequences: ['refresh'],
    responses: /^lumar: a missing role/,
    because: 'Strawberry’s documentation has UNAUTHORIZED for a user who is not signed in',
  },
  {
    profile: 'breeze',
    consequences: ['wait'],
    responses: /^buildkite: a budget, by its words/,
    because: 'Breeze documents "Try again in 420 seconds."',
  },
  {
    profile: 'graphqlRateLimit',
    consequences: ['wait'],
    responses: /^buildkite: a budget, by its words/,
    because: 'the directive says "please try again in N seconds"',
  },
  {
    profile: 'buildkite',
    consequences: ['wait'],
    responses: /^breeze: the limit of the token endpoint/,
    because: 'Buildkite documents "Please try again in 187 seconds."',
  },
  {
    profile: 'shopify',
    consequences: ['wait'],
    responses: /^jobber: throttled/,
    because: 'Jobber has taken the form of its cost from Shopify',
  },
  {
    profile: 'jobber',
    consequences: ['wait'],
    responses: /^shopify: throttled/,
    because: 'Jobber has taken the form of its cost from Shopify',
  },
  ...(['spring', 'dgs', 'salesforce'] as const).map((profile) => ({
    profile,
    consequences: ['proof' as const],
    responses: /^(?:spring|dgs|salesforce): (?:a bad|an invalid) query|^salesforce: no operation/,
    because: 'all three are built on graphql-java, and say its words',
  })),
];

function read({ signal }: Recorded, profile: Profile): Failure | undefined {
  return classify({ ...signal, now: signal.now ?? NOW }, profile);
}

/** What the profile makes of a response that the default profile does not. */
function consequences(told: Recorded, profile: Profile): readonly Consequence[] {
  const own = read(told, profile);
  const usual = read(told, graphqlOverHttp);
  const found: readonly (readonly [Consequence, boolean])[] = [
    ['refresh', own?.freshToken === true && usual?.freshToken !== true],
    ['wait', own?.retryAt !== undefined && own.retryAt !== usual?.retryAt],
    ['limit', own?.kind === 'rate_limited' && usual?.kind !== 'rate_limited'],
    ['proof', own?.executed === false && usual?.executed !== false],
  ];
  return found.filter(([, isSo]) => isSo).map(([consequence]) => consequence);
}

function isExcepted(name: ApiName, told: Recorded, consequence: Consequence): boolean {
  return exceptions.some(
    ({ profile, responses, ...exception }) =>
      profile === name &&
      exception.consequences.includes(consequence) &&
      responses.test(nameOf(told)),
  );
}

describe('responses of each API, with the profiles of all others', () => {
  for (const name of Object.keys(profileOf) as ApiName[]) {
    it(`F2 ${name} makes nothing of them that the default profile does not`, () => {
      const strangers = everyResponse.filter(({ api }) => api !== name);
      const wrong = strangers.flatMap((told) =>
        consequences(told, profileOf[name])
          .filter((consequence) => !isExcepted(name, told, consequence))
          .map((consequence) => `${consequence}: ${nameOf(told)}`),
      );
      expect(wrong).toEqual([]);
    });
  }

  it('F2 every exception is one', () => {
    const idle = exceptions.filter(
      ({ profile, responses, ...exception }) =>
        !exception.consequences.every((consequence) =>
          everyResponse.some(
            (told) =>
              told.api !== profile &&
              responses.test(nameOf(told)) &&
              consequences(told, profileOf[profile]).includes(consequence),
          ),
        ),
    );
    expect(idle).toEqual([]);
  });
});
