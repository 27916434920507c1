import type { Standing } from './standing.ts';

/** What a status's words are made of. */
export interface StatusDetail extends Standing {
  /** Until the wait is over, in whole minutes above two of them; absent where that is not known. */
  readonly seconds?: number | undefined;
}

type Phrase = string | ((detail: StatusDetail) => string);

/** The words of {@link ResilienceStatus}, by what is waited for: each one a text, or a function of the numbers. */
export type StatusWords = Readonly<Record<Exclude<Standing['kind'], 'idle'>, Phrase>>;

/** Up to so many milliseconds, nobody asks how long a wait will take. */
const SHORT = 10_000;

/** They say what goes on, and blame nobody: most of it is over before somebody has to act. */
const ENGLISH: StatusWords = {
  offline: 'You are offline: continues when you are connected',
  'sign-in': 'Please sign in again',
  'sign-in-delayed': (detail) => `Still signing you in${countedDown(': next try', detail) || '…'}`,
  'signing-in': 'Signing you in…',
  'signing-in-again': 'Renewing your sign-in…',
  down: 'Reconnecting: continues as soon as the server answers',
  limited: ({ seconds }) => `Busy right now${after(': continues', seconds) || '…'}`,
  retrying: (detail) => `Reconnecting${countedDown(': next try', detail) || '…'}`,
  'signed-out': 'You are signed out',
};

/** The sentence for a standing, in the words given, else in English. */
export function sentence(detail: StatusDetail, words: Partial<StatusWords>): string {
  const { kind } = detail;
  if (kind === 'idle') return '';
  const phrase = words[kind] ?? ENGLISH[kind];
  return typeof phrase === 'function' ? phrase(detail) : phrase;
}

/** Whether the words can change while time passes. */
export function hasNumbers(kind: Standing['kind'], words: Partial<StatusWords>): boolean {
  return kind !== 'idle' && typeof (words[kind] ?? ENGLISH[kind]) === 'function';
}

/** How long it will take, where that is long enough to be counted. */
function countedDown(what: string, { seconds, since = 0, until = 0 }: StatusDetail): string {
  return until - since > SHORT ? after(what, seconds) : '';
}

function after(what: string, seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return `${what} in ${amountOf(seconds)}`;
}

/** @example amountOf(180) // '3 min' */
export function amountOf(seconds: number): string {
  return seconds > 120 ? `${seconds / 60} min` : `${seconds} s`;
}
