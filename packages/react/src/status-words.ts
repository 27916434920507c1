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

const ENGLISH: StatusWords = {
  offline: 'Offline',
  'sign-in': 'Sign in again',
  'sign-in-delayed': (detail) => `Signing in takes a while${after(': next try', longWait(detail))}`,
  'signing-in': 'Signing in',
  'signing-in-again': 'Signing in again',
  down: 'Waiting for the server: continues as soon as it answers',
  limited: ({ seconds }) => `Too many requests${after(': continues', seconds)}`,
  retrying: (detail) => {
    const { attempt = 2, attempts } = detail;
    const count = attempts === undefined ? `attempt ${attempt}` : `${attempt} of ${attempts}`;
    return `Trying again (${count})${after('', longWait(detail))}`;
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

/** Whether the words can change while time passes. */
export function hasNumbers(kind: Standing['kind'], words: Partial<StatusWords>): boolean {
  return kind !== 'idle' && typeof (words[kind] ?? ENGLISH[kind]) === 'function';
}

/** The seconds of a wait that is long enough to be counted. */
function longWait({ seconds, since = 0, until = 0 }: StatusDetail): number | undefined {
  return until - since > SHORT ? seconds : undefined;
}

function after(what: string, seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return `${what} in ${seconds > 120 ? `${seconds / 60} min` : `${seconds} s`}`;
}
