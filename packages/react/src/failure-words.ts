import type { Failure, FailureKind } from '@holdfast/core';
import { amountOf } from './status-words.ts';

/**
 * What a user has to do with: a failure's kind, but for
 *
 * - `offline`: there is no network, and there was none for this;
 * - `maybe_done`: a change was sent, and nobody knows whether it was made;
 * - `sign_in_delayed`: the token endpoint is down or limited, and nobody need sign in.
 */
export type FailureSituation = FailureKind | 'offline' | 'maybe_done' | 'sign_in_delayed';

/** What is said of one situation. */
export interface FailureText {
  /** What happened. */
  readonly title: string;
  /** What can be done. */
  readonly hint?: string | undefined;
}

/** The words of {@link FailureMessage}: for each situation a text, or a function of the failure. */
export interface FailureWords extends Readonly<
  Record<FailureSituation, FailureText | ((failure: Failure) => FailureText)>
> {
  /** On the button that sends again, and while that is under way. */
  readonly retry: string;
  readonly retrying: string;
  /** On the button that leads to a sign-in. */
  readonly signIn: string;
  /** When it can be tried again: in whole minutes above two of them. */
  readonly later: (seconds: number) => string;
}

const SOON = 'Try again in a moment.';

const ENGLISH: FailureWords = {
  unauthenticated: { title: 'Please sign in again', hint: 'Then carry on where you were.' },
  forbidden: {
    title: 'You don’t have access to this',
    hint: 'If you should have it, ask whoever manages your account.',
  },
  not_found: { title: 'This could not be found', hint: 'It may have been moved or deleted.' },
  bad_input: {
    title: 'This was not accepted',
    hint: 'Check what you entered, then send it again.',
  },
  conflict: {
    title: 'This has changed in the meantime',
    hint: 'Look at the latest version before you go on.',
  },
  rate_limited: { title: 'It’s very busy right now', hint: 'Give it a moment before you go on.' },
  locked: { title: 'Someone else is working on this', hint: SOON },
  unavailable: { title: 'The service is not available right now', hint: SOON },
  server_error: { title: 'This did not work on our side', hint: SOON },
  bad_response: {
    title: 'The answer could not be read',
    hint: 'If this network asks you to sign in, do that first. Then try again.',
  },
  network: {
    title: 'The service could not be reached',
    hint: 'Check your connection, then try again.',
  },
  timeout: { title: 'This took too long', hint: SOON },
  aborted: { title: 'This was stopped', hint: 'Start it again if you still need it.' },
  unknown: { title: 'This did not work', hint: SOON },
  offline: { title: 'You are offline', hint: 'Try again once you are connected.' },
  maybe_done: {
    title: 'We can’t tell whether this went through',
    hint: 'Please check before you do it again.',
  },
  sign_in_delayed: { title: 'Signing you in takes longer than usual', hint: SOON },
  retry: 'Try again',
  retrying: 'Trying again…',
  signIn: 'Sign in',
  later: (seconds) => `You can try again in ${amountOf(seconds)}.`,
};

/** The words given, and English for the rest. */
export function wordsWith(given: Partial<FailureWords> | undefined): FailureWords {
  return { ...ENGLISH, ...given };
}

/** What a failure is to a user. */
export function situationOf(failure: Failure, isOnline: boolean): FailureSituation {
  const { kind, outcomeUnknown, retryable, retryAt } = failure;
  if (outcomeUnknown === true) return 'maybe_done';
  if (kind === 'network' && !isOnline) return 'offline';
  const isDelayed = kind === 'unauthenticated' && retryable && retryAt !== undefined;
  return isDelayed ? 'sign_in_delayed' : kind;
}

/** Where the same again may come out otherwise, and can do no harm. */
const REPEATABLE: ReadonlySet<FailureSituation> = new Set<FailureSituation>([
  'rate_limited',
  'locked',
  'unavailable',
  'server_error',
  'bad_response',
  'network',
  'timeout',
  'aborted',
  'unknown',
  'offline',
  'sign_in_delayed',
]);

export function isRepeatable(situation: FailureSituation): boolean {
  return REPEATABLE.has(situation);
}

export function textOf(
  situation: FailureSituation,
  failure: Failure,
  words: FailureWords,
): FailureText {
  const text = words[situation];
  return typeof text === 'function' ? text(failure) : text;
}
