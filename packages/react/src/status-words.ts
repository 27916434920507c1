import type { Standing } from './standing.ts';

/** What a status's words are made of. */
export interface StatusDetail extends Standing {
  /** Until the wait is over, in whole minutes above two of them; absent where that is not known. */
  readonly seconds?: number | undefined;
}

type Phrase = string | ((detail: StatusDetail) => string);

/** The words of {@link ResilienceStatus}, by what is waited for: each one a text, or a function of the numbers. */
export type StatusWords = Readonly<Record<Exclude<Standing['kind'], 'idle'>, Phrase>>;

const ENGLISH: StatusWords = {
  offline: 'Offline',
  'sign-in': 'Sign in again',
  'sign-in-failed': ({ seconds }) => `Signing in failed${after(': next try', seconds)}`,
  'signing-in': 'Signing in',
  'signing-in-again': 'Signing in again',
  limited: ({ seconds }) => `Too many requests${after(': continues', seconds)}`,
  retrying: ({ attempt = 2, attempts, seconds = 0 }) => {
    const count = attempts === undefined ? `attempt ${attempt}` : `${attempt} of ${attempts}`;
    // The usual wait is too short to be read.
    return `Trying again${after('', seconds > 2 ? seconds : undefined)} (${count})`;
  },
  'signed-out': 'Signed out',
};

/** The sentence for a standing, in the words given, else in English. */
export function sentence(detail: StatusDetail, words: Partial<StatusWords>): string {
  const { kind } = detail;
  if (kind === 'idle') return '';
  const phrase = words[kind] ?? ENGLISH[kind];
  return typeof phrase === 'function' ? phrase(detail) : phrase;
}

function after(what: string, seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return `${what} in ${seconds > 120 ? `${seconds / 60} min` : `${seconds} s`}`;
}
