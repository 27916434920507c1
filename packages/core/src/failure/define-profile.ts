import type { Check } from '../model/check.ts';
import {
  isFlag,
  isFunction,
  isNumber,
  isOneOf,
  isPattern,
  isText,
  listOf,
  must,
  oneOrMore,
  shape,
  table,
  wrong,
} from '../model/check.ts';
import { kinds } from './kinds.ts';
import type { Profile } from './profile.ts';
import { isArray, isPlain, isRecord, property } from './property.ts';

const isKind: Check = isOneOf(kinds);

const isVerdictDetail: Check = shape(
  {
    kind: isKind,
    freshToken: isFlag,
    retryable: isFlag,
    executed: must('false or absent', (value) => value === false),
    advice: isText,
  },
  ['kind'],
);

const isVerdict: Check = (value, path) => {
  if (value === null) return undefined;
  if (isRecord(value)) return isVerdictDetail(value, path);
  const isNone = isKind(value, path) !== undefined;
  return isNone
    ? wrong(path, `null, a verdict object, or one of ${kinds.join(', ')}`, value)
    : undefined;
};

const isStatus: Check = must(
  'an HTTP status from 100 to 599, or a list of them',
  (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) < 600,
);

const isUnit: Check = isOneOf(['seconds', 'milliseconds', 'epoch', 'auto']);

const isCondition: Check = shape({
  status: oneOrMore(isStatus),
  code: oneOrMore(isText),
  type: oneOrMore(isText),
  message: isPattern,
  header: table(
    must(
      'a string, a RegExp or true',
      (field) => typeof field === 'string' || field instanceof RegExp || field === true,
    ),
  ),
  test: isFunction,
});

const isMatch: Check = (value, path) => {
  const isNothing = isRecord(value) && Object.values(value).every((part) => part === undefined);
  return isNothing
    ? wrong(path, 'an object with at least one condition', value)
    : isCondition(value, path);
};

const isReader: Check = shape({ header: isText, extension: isText, text: isPattern, unit: isUnit });

const isHint: Check = (value, path) => {
  if (typeof value === 'function') return undefined;
  const ways = ['header', 'extension', 'text'].filter((way) => property(value, way) !== undefined);
  return ways.length === 1
    ? isReader(value, path)
    : wrong(path, 'a function, or an object with one of header, extension, text', value);
};

const isProfile: Check = shape(
  {
    name: isText,
    extends: isParent,
    rules: listOf(shape({ when: isMatch, then: isVerdict }, ['when', 'then'])),
    types: table(isVerdict),
    codes: table(isVerdict),
    words: table(isVerdict),
    statuses: table(
      isVerdict,
      must('a status from 100 to 599 or a class such as 5xx', (key) =>
        /^[1-5](?:\d\d|xx)$/i.test(String(key)),
      ),
    ),
    numericCodes: isFlag,
    keys: shape({ code: isText, type: isText, docsUrl: isText }),
    hints: listOf(isHint),
    quota: listOf(
      shape({ remaining: isText, reset: isText, unit: isUnit }, ['remaining', 'reset']),
    ),
    auth: shape({
      headers: isFunction,
      lifetime: isNumber('finite number', 'above', 0),
      refreshAhead: isNumber('finite number', 'of at least', 0),
      finalErrors: listOf(isText),
    }),
    advice: table(isText, isOneOf([...kinds, 'outcomeUnknown'])),
  },
  ['name'],
  'a profile',
);

const defined = new WeakSet<object>();

/** What is wrong with a profile; one that was checked already is not looked at again. */
export const isDefined: Check = (profile, path) =>
  isRecord(profile) && defined.has(profile) ? undefined : isProfile(profile, path);

/**
 * Checks a profile and answers a frozen copy of it. One that was checked already is answered as it is.
 *
 * @throws TypeError One sentence that names the field, the value and what is allowed (X5).
 *
 * @example
 * const shop = defineProfile({ name: 'shop', codes: { SESSION_GONE: 'unauthenticated' } });
 */
export function defineProfile(profile: Profile): Profile {
  if (isRecord(profile) && defined.has(profile)) return profile;
  const complaint = isProfile(profile, '');
  if (complaint !== undefined) {
    const name = property(profile, 'name');
    const known = typeof name === 'string' && name !== '' ? ` "${name.slice(0, 60)}"` : '';
    throw new TypeError(`Profile${known}: ${complaint}.`);
  }
  const copy = frozen(profile) as Profile;
  defined.add(copy);
  return copy;
}

/** Parents are profiles too; one that comes back to itself would never end. */
function isParent(value: unknown, path: string): string | undefined {
  const seen = new Set<unknown>();
  for (let next: unknown = value; next !== undefined; next = property(next, 'extends')) {
    if (!isRecord(next) || seen.has(next)) {
      return wrong(path, 'a profile that does not come back to itself', value);
    }
    seen.add(next);
  }
  return isDefined(value, path);
}

/** Patterns keep their `lastIndex`; functions and checked parents stay themselves. */
function frozen(value: unknown): unknown {
  if (!isPlain(value) || defined.has(value as object)) return value;
  if (isArray(value)) return Object.freeze(value.map(frozen));
  const entries = Object.entries(value as object).map(
    ([key, field]) => [key, frozen(field)] as const,
  );
  return Object.freeze(Object.fromEntries(entries));
}
