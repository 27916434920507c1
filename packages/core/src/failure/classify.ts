import type { Failure } from '../model/failure.ts';
import type { Signal } from '../model/signal.ts';
import type { Answer } from './answer.ts';
import type { Body } from './body.ts';
import type { Profile } from './profile.ts';
import type { ResolvedProfile } from './resolve-profile.ts';
import type { Finding, Found } from './verdict.ts';
import { readAnswer } from './answer.ts';
import { LONGEST_BODY } from './body.ts';
import { closeVerdict } from './close-code.ts';
import { compose, deciding } from './compose.ts';
import { defaultProfile } from './default-profile.ts';
import { readEntry } from './error-entry.ts';
import { failureWithin } from './failure-of.ts';
import { isArray, property } from './property.ts';
import { resolveProfile } from './resolve-profile.ts';
import { isSuccess } from './status.ts';
import {
  byCode,
  byEntry,
  byRule,
  byStatus,
  byWord,
  challenged,
  finding,
  firstOf,
} from './verdict.ts';
import { wholeSeen } from './whole.ts';

/**
 * Says what went wrong, from everything that an answer shows: status, headers, `errors[]`, body, the
 * transport's error, a socket's close code. `undefined` where nothing did. Never throws, whatever shape
 * the answer has (F1).
 *
 * @param signal The answer. All of it is optional.
 * @param profile How this API signals failures. Default: {@link graphqlOverHttp}.
 *
 * @example
 * classify({ status: 200, data: { me: null } }); // undefined
 * classify({ status: 423 })?.kind; // 'locked'
 * classify({ status: 423 }, tbint)?.kind; // 'rate_limited'
 */
export function classify(signal: Signal, profile: Profile = defaultProfile): Failure | undefined {
  try {
    return isHealthy(signal) ? undefined : examine(readAnswer(signal), profile);
  } catch {
    return UNREADABLE;
  }
}

/** Only a profile that no `defineProfile` has seen, or a platform that was tampered with, leads here. */
const UNREADABLE: Failure = {
  kind: 'unknown',
  source: 'client',
  message: 'The answer could not be read.',
  partial: false,
  executed: undefined,
  retryable: false,
  freshToken: false,
  advice: 'Check the profile with defineProfile; with it, this answer could not be classified.',
  all: [],
};

/** What nearly every answer is, told without building anything. */
function isHealthy(signal: Signal): boolean {
  const status = property(signal, 'status');
  const errors = property(signal, 'errors') ?? undefined;
  return (
    property(signal, 'data') !== undefined &&
    (status === undefined || (typeof status === 'number' && isSuccess(status))) &&
    (errors === undefined || (isArray(errors) && errors.length === 0)) &&
    (property(signal, 'error') ?? undefined) === undefined &&
    (property(signal, 'close') ?? undefined) === undefined
  );
}

function examine(answer: Answer, given: Profile): Failure | undefined {
  const own = failureWithin(answer.error);
  if (own !== undefined) return own;
  const profile = resolveProfile(given);
  // F8: an abort is one, whatever else the answer shows.
  const isAborted = answer.meaning?.verdict.kind === 'aborted';
  return answer.errors.length > 0 && !isAborted
    ? fromEntries(answer, profile)
    : fromWhole(answer, profile, isAborted);
}

/** F2, F3: each entry by itself; where none is known, an error status speaks for all of them. */
function fromEntries(answer: Answer, profile: ResolvedProfile): Failure | undefined {
  const { status, header } = answer;
  const thrown: unknown[] = [];
  const report = (error: unknown): void => void thrown.push(error);
  const read = answer.errors.map((entry) => readEntry(entry, profile.keys, answer));
  const found = read.map(({ seen }) => byEntry(seen, profile, report));
  const isAnyKnown = found.some((each) => each !== undefined);
  // A status that the profile takes for none leaves the entries as unknown as a 200 does.
  const otherwise = (isAnyKnown ? undefined : errorStatus(answer, profile)) ?? UNKNOWN;
  const failures = read.flatMap((entry, index): readonly Failure[] => {
    const each = found[index] === undefined ? otherwise : found[index];
    if (!each) return [];
    const verdict = challenged(each, status, header);
    return [compose(verdict, 'graphql', { ...entry, answer, profile, report })];
  });
  return deciding(failures, thrown);
}

const UNKNOWN: Finding = { detail: { kind: 'unknown' }, ground: 'none' };
const NOT_GRAPHQL: Finding = { detail: { kind: 'bad_response' }, ground: 'shape' };

function errorStatus({ status }: Answer, profile: ResolvedProfile): Found {
  if (status === undefined || isSuccess(status)) return undefined;
  return firstOf([() => byStatus(status, profile), () => UNKNOWN]);
}

/** No entries: the answer as a whole. */
function fromWhole(
  answer: Answer,
  profile: ResolvedProfile,
  isAborted: boolean,
): Failure | undefined {
  const { status, header, close, error, data } = answer;
  const isComplete = isSuccess(status) && data !== undefined;
  if (isComplete && error === undefined && close === undefined) return undefined;
  const thrown: unknown[] = [];
  const report = (problem: unknown): void => void thrown.push(problem);
  const seen = wholeSeen(answer, profile.keys);
  const found = isAborted
    ? finding(answer.meaning?.verdict, 'transport')
    : firstOf([
        () => byRule(seen, profile, report),
        () => oauthWord(answer, profile),
        () => (answer.body?.json === undefined ? undefined : byCode(seen, profile)),
        () => errorStatus(answer, profile),
        () => (close === undefined ? undefined : finding(closeVerdict(close.code), 'close')),
        () => finding(answer.meaning?.verdict, 'transport'),
        () => misplaced(answer),
      ]);
  if (found === undefined || found === null) return undefined;
  const verdict = challenged(found, status, header);
  const source = sourceOf(answer, verdict, profile);
  return deciding([compose(verdict, source, { seen, answer, profile, report })], thrown);
}

/** A 429 is one whatever word comes with it: not every page that lists the words lists that one. */
function oauthWord({ body, status }: Answer, profile: ResolvedProfile): Found {
  return body?.word === undefined || status === 429 ? undefined : byWord(body.word, profile);
}

/** F7: with a status that is no error, something other than a GraphQL answer. */
function misplaced({ body, error, status, header }: Answer): Found {
  if (error !== undefined) return status === undefined ? UNKNOWN : NOT_GRAPHQL;
  if (body === undefined) return isPage(header('content-type')) ? NOT_GRAPHQL : undefined;
  const isResult = property(body.json, 'errors') !== undefined && body.word === undefined;
  // Text that was too long to be parsed may be an answer all the same (X4).
  return isResult || mayGoOn(body) ? undefined : NOT_GRAPHQL;
}

function mayGoOn({ text, json }: Body): boolean {
  return json === undefined && text?.length === LONGEST_BODY && text.trimStart().startsWith('{');
}

/** A media type that carries no GraphQL answer, complete or in parts (F1). */
function isPage(mediaType: string | undefined): boolean {
  return (
    mediaType !== undefined &&
    /^\s*(?:text\/(?!event-stream)|image\/|application\/xhtml)/i.test(mediaType)
  );
}

function sourceOf(
  answer: Answer,
  { ground }: Finding,
  profile: ResolvedProfile,
): Failure['source'] {
  const { body, close, meaning, status } = answer;
  if (body?.word !== undefined && byWord(body.word, profile)) return 'token-endpoint';
  if (ground === 'close' || (ground === 'rule' && close !== undefined)) return 'socket';
  if (ground !== 'transport' && (status !== undefined || body !== undefined)) return 'http';
  const kind = meaning?.verdict.kind;
  return kind === 'network' || kind === 'timeout' ? 'network' : 'client';
}
