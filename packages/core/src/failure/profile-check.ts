import type { Check } from '../base/check.ts';
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
} from '../base/check.ts';
import { decisiveness } from '../base/failure.ts';
import { isRecord, property } from '../base/property.ts';

/**
 * What is wrong with a profile, in one sentence (X5). For development builds alone, so nothing of it is
 * made while the module loads.
 *
 * @param isDefined Whether a parent was checked already.
 */
export function profileComplaint(
  profile: unknown,
  isDefined: (parent: unknown) => boolean,
): string | undefined {
  const complaint = profileCheck(isDefined)(profile, '');
  if (complaint === undefined) return undefined;
  const name = property(profile, 'name');
  const known = typeof name === 'string' && name !== '' ? ` "${name.slice(0, 60)}"` : '';
  return `Profile${known}: ${complaint}.`;
}

function profileCheck(isDefined: (parent: unknown) => boolean): Check {
  const isVerdict = verdictCheck();
  const isUnit = isOneOf(['seconds', 'milliseconds', 'minutes', 'epoch', 'auto', 'iso']);
  const isPath = oneOrMore(isText);
  const isQuota = shape({ remaining: isText, reset: isText, unit: isUnit }, ['remaining', 'reset']);
  const isProfile: Check = shape(
    {
      name: isText,
      extends: isParent,
      rules: listOf(shape({ when: matchCheck(), then: isVerdict }, ['when', 'then'])),
      types: table(isVerdict),
      codes: table(isVerdict),
      words: table(isVerdict),
      statuses: table(
        isVerdict,
        must('a status from 100 to 599, a class such as 5xx or a close code of a socket', (key) =>
          /^(?:[1-5](?:\d\d|xx)|[1-4](?:\d{3}|xxx))$/.test(String(key)),
        ),
      ),
      numericCodes: isFlag,
      keys: shape({ code: isPath, type: isPath, docsUrl: isPath }),
      hints: listOf(hintCheck(isUnit)),
      quota: listOf((value, path) =>
        typeof value === 'function' ? undefined : isQuota(value, path),
      ),
      auth: shape({
        headers: isFunction,
        lifetime: isNumber('finite number', 'above', 0),
        refreshAhead: isNumber('finite number', 'of at least', 0),
        finalErrors: listOf(isText),
      }),
      advice: table(isText, isOneOf([...decisiveness, 'outcomeUnknown'])),
    },
    ['name'],
    'a profile',
  );
  /** Parents are profiles too; one that comes back to itself would never end. */
  function isParent(value: unknown, path: string): string | undefined {
    const seen = new Set<unknown>();
    for (let next = value; next !== undefined; next = property(next, 'extends')) {
      if (!isRecord(next) || seen.has(next)) {
        return wrong(path, 'a profile that does not come back to itself', value);
      }
      seen.add(next);
    }
    return isDefined(value) ? undefined : isProfile(value, path);
  }
  return isProfile;
}

function verdictCheck(): Check {
  const isKind = isOneOf(decisiveness);
  const isDetail = shape(
    {
      kind: isKind,
      freshToken: isFlag,
      retryable: isFlag,
      executed: must('false or absent', (value) => value === false),
      advice: isText,
    },
    ['kind'],
  );
  return (value, path) => {
    if (value === null) return undefined;
    if (isRecord(value)) return isDetail(value, path);
    return isKind(value, path) === undefined
      ? undefined
      : wrong(path, `null, a verdict object, or one of ${decisiveness.join(', ')}`, value);
  };
}

function matchCheck(): Check {
  const isCondition = shape({
    status: oneOrMore(
      must(
        'an HTTP status from 100 to 599, or a list of them',
        (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) < 600,
      ),
    ),
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
  return (value, path) =>
    isRecord(value) && Object.values(value).every((part) => part === undefined)
      ? wrong(path, 'an object with at least one condition', value)
      : isCondition(value, path);
}

function hintCheck(isUnit: Check): Check {
  const isReader = shape({ header: isText, extension: isText, text: isPattern, unit: isUnit });
  return (value, path) => {
    if (typeof value === 'function') return undefined;
    const ways = ['header', 'extension', 'text'].filter(
      (way) => property(value, way) !== undefined,
    );
    return ways.length === 1
      ? isReader(value, path)
      : wrong(path, 'a function, or an object with one of header, extension, text', value);
  };
}
