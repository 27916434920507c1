import type { Profile } from './profile.ts';
import type { Check, Complaint } from './profile-check.ts';
import { kinds } from './kinds.ts';
import {
  complain,
  isDuration,
  isFlag,
  isFunction,
  isKind,
  isPattern,
  isStatus,
  isText,
  listOf,
  must,
  oneOrMore,
  shape,
  table,
} from './profile-check.ts';
import { isArray, isPlain, isRecord, property } from './property.ts';

const isUnit: Check = must("'seconds', 'milliseconds', 'epoch' or 'auto'", (value) =>
  ['seconds', 'milliseconds', 'epoch', 'auto'].some((unit) => unit === value),
);

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
  const allowed = `null, a verdict object, or one of ${kinds.join(', ')}`;
  return must(allowed, (kind) => isKind(kind, path) === undefined)(value, path);
};

const isMatch: Check = (value, path) => {
  const isNothing = isRecord(value) && Object.values(value).every((part) => part === undefined);
  if (isNothing) return { path, value, allowed: 'an object with at least one condition' };
  return shape({
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
  })(value, path);
};

const isHint: Check = (value, path) => {
  if (typeof value === 'function') return undefined;
  const ways = ['header', 'extension', 'text'].filter((way) => property(value, way) !== undefined);
  if (ways.length !== 1) {
    return { path, value, allowed: 'a function, or an object with one of header, extension, text' };
  }
  return shape({ header: isText, extension: isText, text: isPattern, unit: isUnit })(value, path);
};

const isProfile: Check = shape(
  {
    name: isText,
    extends: isParent,
    rules: listOf(shape({ when: isMatch, then: isVerdict }, ['when', 'then'])),
    types: table(isVerdict),
    codes: table(isVerdict),
    words: table(isVerdict),
    statuses: table(isVerdict, {
      pattern: /^[1-5](?:\d\d|xx)$/i,
      allowed: 'a status from 100 to 599 or a class such as 5xx',
    }),
    numericCodes: isFlag,
    keys: shape({ code: isText, type: isText, docsUrl: isText }),
    hints: listOf(isHint),
    quota: listOf(
      shape({ remaining: isText, reset: isText, unit: isUnit }, ['remaining', 'reset']),
    ),
    auth: shape({
      headers: isFunction,
      lifetime: isDuration('more'),
      refreshAhead: isDuration('zero'),
    }),
    advice: table(isText, {
      pattern: new RegExp(`^(?:${kinds.join('|')}|outcomeUnknown)$`),
      allowed: `outcomeUnknown or one of ${kinds.join(', ')}`,
    }),
  },
  ['name'],
);

const defined = new WeakSet<object>();

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
  const complaint = isProfile(profile, 'a profile');
  if (complaint !== undefined) complain(property(profile, 'name'), complaint);
  const copy = frozen(profile) as Profile;
  defined.add(copy);
  return copy;
}

/** Parents are profiles too; one that comes back to itself would never end. */
function isParent(value: unknown, path: string): Complaint | undefined {
  const seen = new Set<unknown>();
  for (let next: unknown = value; next !== undefined; next = property(next, 'extends')) {
    if (!isRecord(next) || seen.has(next)) {
      return { path, value, allowed: 'a profile that does not come back to itself' };
    }
    seen.add(next);
  }
  return defined.has(value as object) ? undefined : isProfile(value, path);
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
