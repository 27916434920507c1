/** Something that can go wrong, in words and in figures; milliseconds throughout. */
export interface Trouble {
  readonly name: TroubleName;
  /** On its button. */
  readonly label: string;
  /** What happens, in one sentence, while the run is shown. */
  readonly happens: string;
  /** What to look for, and why it comes to that. */
  readonly why: string;
  /** From its beginning; 0: done at once. */
  readonly lasts: number;
}

export type TroubleName =
  | 'outage'
  | 'expire'
  | 'limit-hint'
  | 'offline'
  | 'failing'
  | 'token-endpoint'
  | 'limit'
  | 'locked'
  | 'slow'
  | 'revoke'
  | 'partial';

/** When trouble begins, in each run: a moment after which a page of the shop is opened. */
export const TROUBLE_AT = 4_000;

/** When the token dies within the trouble `slow`, from its beginning. */
export const SLOW_EXPIRY = 3_000;

/** How long after the end of the sessions everybody signs in again. */
export const SIGN_IN_AFTER = 6_000;

/** In the order of their buttons: what is seen most often first. */
export const troubles: readonly Trouble[] = [
  {
    name: 'outage',
    label: 'Outage',
    happens: 'The shop’s API answers nothing but 503 for ten seconds.',
    why: 'Holdfast notices the outage after two failed attempts. It holds what comes, lets one request at a time ask whether the API is back, and sends the rest once it is, slowly at first. The usual pieces retry each operation by itself: they add to the load of an API that is down, and give up before it is back.',
    lasts: 10_000,
  },
  {
    name: 'expire',
    label: 'Token expires',
    happens: 'Every access token has expired. Each refresh token works once.',
    why: 'Holdfast makes one token call for all operations of a client, and sends again what was refused; so does an authExchange. An ErrorLink refreshes for each operation by itself: two calls use one refresh token, and the server takes it for stolen and ends the session (RFC 9700, section 4.14.2).',
    lasts: 0,
  },
  {
    name: 'limit-hint',
    label: 'Rate limit',
    happens: 'Too many requests for eight seconds; Retry-After says until when.',
    why: 'Holdfast sends nothing before the instant that the server named, waits a random bit longer, so that not all clients come at once, and begins with one operation. The usual pieces do not read the hint: they go on asking, and give up.',
    lasts: 8_000,
  },
  {
    name: 'offline',
    label: 'Offline',
    happens: 'The device has no network for eight seconds.',
    why: 'With Holdfast operations wait for the network. The usual pieces try, and fail, for as long as their attempts last.',
    lasts: 8_000,
  },
  {
    name: 'failing',
    label: '500 after the fact',
    happens: 'For ten seconds the API does its work, and then says that it failed.',
    why: 'Nobody knows whether an order that was answered with 500 has been placed, so Holdfast never sends it again; what comes later waits until the API is well. The usual pieces send it again, and again, and orders are placed twice.',
    lasts: 10_000,
  },
  {
    name: 'token-endpoint',
    label: 'Token endpoint down',
    happens: 'The token expires, and new ones are refused with 503 for six seconds.',
    why: 'Holdfast holds what needs a token and lets one call at a time ask whether the endpoint is back. An ErrorLink calls it for every operation; an authExchange signs the user out.',
    lasts: 6_000,
  },
  {
    name: 'limit',
    label: 'Rate limit, no hint',
    happens: 'Too many requests for four seconds, and no word of when to come back.',
    why: 'Holdfast closes the gate after the first refusals and lets the rest wait. The usual pieces try with each operation.',
    lasts: 4_000,
  },
  {
    name: 'locked',
    label: '423 Locked',
    happens: 'The API is locked for 0.8 s, three times within five seconds.',
    why: 'Holdfast tries again after a quarter of a second, then half a second and a second, each with a random part: long enough for each lock. A RetryLink does as well; a retryExchange as it is set up here has given up by then.',
    lasts: 5_000,
  },
  {
    name: 'slow',
    label: 'Slow, and the token expires',
    happens: 'Every answer is a second late for ten seconds; meanwhile the token expires.',
    why: 'Rejections come in after the refresh. Holdfast answers them with the new token, and not with another refresh; so does an authExchange. An ErrorLink refreshes for each of them, and loses the session.',
    lasts: 10_000,
  },
  {
    name: 'revoke',
    label: 'Session revoked',
    happens: 'Access and refresh tokens are dead; a new sign-in follows after six seconds.',
    why: 'Nothing can succeed without a sign-in. Holdfast asks for a token once, is told that the session is over, and sends nothing more until somebody has signed in. The usual pieces go on sending what cannot succeed.',
    lasts: SIGN_IN_AFTER,
  },
  {
    name: 'partial',
    label: 'Partial data',
    happens: 'One field of each answer fails for ten seconds.',
    why: 'Data and error are both delivered, and nobody sends anything again: an order whose receipt failed has been placed.',
    lasts: 10_000,
  },
];

export function isTroubleName(name: string): name is TroubleName {
  return troubles.some((trouble) => trouble.name === name);
}

export function troubleOf(name: TroubleName): Trouble {
  const found = troubles.find((trouble) => trouble.name === name);
  if (found === undefined) throw new Error(`There is no trouble "${name}".`);
  return found;
}
