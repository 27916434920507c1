import { kinds } from './kinds.ts';
import { isArray, isRecord } from './property.ts';

/** Answers what is allowed where a value is not; `undefined` where it is. */
export type Check = (value: unknown, path: string) => Complaint | undefined;

/** What is wrong with a profile, in parts of one sentence (X5). */
export interface Complaint {
  readonly path: string;
  readonly value: unknown;
  readonly allowed: string;
}

/** The sentence: the field, the value, what is allowed. */
export function complain(name: unknown, { path, value, allowed }: Complaint): never {
  const owner =
    typeof name === 'string' && name !== '' ? `Profile "${name.slice(0, 60)}"` : 'Profile';
  throw new TypeError(`${owner}: ${path} must be ${allowed}, but is ${show(value)}.`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'function') return 'a function';
  if (isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value instanceof RegExp) return 'a pattern';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** A check by a predicate. */
export function must(allowed: string, holds: (value: unknown) => boolean): Check {
  return (value, path) => (holds(value) ? undefined : { path, value, allowed });
}

export const isText: Check = must(
  'a string that is not empty',
  (value) => typeof value === 'string' && value !== '',
);

export const isFlag: Check = must('true or false', (value) => typeof value === 'boolean');

export const isFunction: Check = must('a function', (value) => typeof value === 'function');

export const isPattern: Check = must('a RegExp', (value) => value instanceof RegExp);

export const isStatus: Check = must(
  'an HTTP status from 100 to 599, or a list of them',
  (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) < 600,
);

/** Milliseconds; `least` is 0 or above it. */
export function isDuration(least: 'zero' | 'more'): Check {
  const allowed = least === 'zero' ? 'milliseconds from 0 up' : 'milliseconds above 0';
  return must(
    allowed,
    (value) =>
      Number.isFinite(value) && (least === 'zero' ? Number(value) >= 0 : Number(value) > 0),
  );
}

/** One value, or a list of several that is not empty. */
export function oneOrMore(check: Check): Check {
  return (value, path) => {
    if (!isArray(value)) return check(value, path);
    return value.length === 0 ? check(value, path) : listOf(check)(value, path);
  };
}

export function listOf(check: Check): Check {
  return (value, path) => {
    if (!isArray(value)) return { path, value, allowed: 'a list' };
    return first(value.map((item, index) => () => check(item, `${path}[${index}]`)));
  };
}

/** An object with these fields and no others; all but the required ones may be left out. */
export function shape(
  fields: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
): Check {
  const names = Object.keys(fields);
  return (value, path) => {
    if (!isRecord(value)) return { path, value, allowed: `an object with ${names.join(', ')}` };
    const stranger = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (stranger !== undefined) {
      return {
        path: `the fields of ${path}`,
        value: stranger,
        allowed: `among ${names.join(', ')}`,
      };
    }
    return first(
      names.map((name) => () => {
        const field = value[name];
        if (field === undefined && !required.includes(name)) return undefined;
        return fields[name]?.(field, path === 'a profile' ? name : `${path}.${name}`);
      }),
    );
  };
}

/** A table: any keys that pass, any values that pass. */
export function table(
  check: Check,
  key?: { readonly pattern: RegExp; readonly allowed: string },
): Check {
  return (value, path) => {
    if (!isRecord(value)) return { path, value, allowed: 'an object' };
    return first(
      Object.entries(value).map(([name, item]) => () => {
        if (key !== undefined && !key.pattern.test(name)) {
          return { path: `each key of ${path}`, value: name, allowed: key.allowed };
        }
        return check(item, `${path}.${name}`);
      }),
    );
  };
}

export const isKind: Check = must(`one of ${kinds.join(', ')}`, (value) =>
  kinds.some((kind) => kind === value),
);

function first(questions: readonly (() => Complaint | undefined)[]): Complaint | undefined {
  for (const ask of questions) {
    const complaint = ask();
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}
