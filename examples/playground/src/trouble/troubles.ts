/** Everything that can be made to go wrong, in the order of the page's buttons. */
export interface Trouble {
  readonly name: TroubleName;
  readonly label: string;
  /** What happens, beside the button. */
  readonly happens: string;
  /** What to look for once it was pressed. */
  readonly look: string;
  /** Milliseconds; `undefined`: done as soon as it has begun. */
  readonly lasts: number | undefined;
}

export type TroubleName =
  | 'expire'
  | 'revoke'
  | 'token-endpoint'
  | 'limit-hint'
  | 'limit'
  | 'locked'
  | 'failing'
  | 'slow'
  | 'offline'
  | 'partial';

export const troubles: readonly Trouble[] = [
  {
    name: 'expire',
    label: 'Expire the token',
    happens: 'Every access token is dead. Refresh tokens serve, once each.',
    look: 'Holdfast makes one token call for all operations, and none fails. Plain Apollo refreshes for each operation by itself: two calls with one refresh token, and the server takes it for stolen and ends the session.',
    lasts: undefined,
  },
  {
    name: 'revoke',
    label: 'Revoke the session',
    happens: 'The refresh token is dead as well.',
    look: 'Holdfast asks for a token once, is told that the session is over, and sends nothing more. The plain clients go on sending what cannot succeed. Then sign in again.',
    lasts: undefined,
  },
  {
    name: 'token-endpoint',
    label: 'Token endpoint down',
    happens: 'The token expires, and new ones are refused with 503 for 5 s.',
    look: 'Holdfast holds what needs a token and lets one call at a time ask whether the endpoint is back. None fails. Plain Apollo calls it for every operation; plain urql signs its user out.',
    lasts: 5_000,
  },
  {
    name: 'limit-hint',
    label: '429 with a hint',
    happens: 'Too many requests for 5 s. Retry-After says until when.',
    look: 'Holdfast sends nothing before the hint, and then begins with one operation. None fails. The plain clients do not read the hint: they go on asking, and give up.',
    lasts: 5_000,
  },
  {
    name: 'limit',
    label: '429 without a hint',
    happens: 'Too many requests for 3 s, and no word of when to come back.',
    look: 'Holdfast closes the gate after the first refusals and lets the rest wait. The plain clients try with each operation.',
    lasts: 3_000,
  },
  {
    name: 'locked',
    label: '423 Locked',
    happens: 'Locked for 0.8 s, three times within 5 s.',
    look: 'Holdfast waits out each lock, and nothing fails. The plain clients retry each operation by itself.',
    lasts: 5_000,
  },
  {
    name: 'failing',
    label: '500 for ten seconds',
    happens: 'The server does its work, and then says that it failed.',
    look: 'Much fails everywhere. Holdfast spends its retry budget and then spares the server, and it sends no mutation twice, since nobody knows whether it ran. Plain Apollo tries up to five times: fewer fail, for three times the requests, and orders are placed twice.',
    lasts: 10_000,
  },
  {
    name: 'slow',
    label: 'Slow',
    happens: 'Every answer is a second late for 10 s, token answers too.',
    look: 'Nothing is sent twice for it. Now expire the token: rejections come in after the refresh, and Holdfast answers them with the new token, not with another refresh.',
    lasts: 10_000,
  },
  {
    name: 'offline',
    label: 'Offline',
    happens: 'The page has no network for 8 s.',
    look: 'Holdfast’s operations wait for the network, and none fails. The plain clients try, and fail, for as long as their attempts last.',
    lasts: 8_000,
  },
  {
    name: 'partial',
    label: 'Partial data',
    happens: 'One field of each answer fails for 10 s.',
    look: 'Data and error are both delivered, and nobody sends anything again: a mutation whose receipt failed has run.',
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
