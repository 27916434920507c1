/** Says in one sentence what is wrong with a value; `undefined` where nothing is (X5). */
export type Check = (value: unknown, path: string) => string | undefined;

/** The sentence, without its stop: which value, what is allowed, what was given. */
export function wrong(path: string, allowed: string, value: unknown): string {
  const isEmptyList = Array.isArray(value) && value.length === 0;
  return `${path} must be ${allowed}, not ${isEmptyList ? 'an empty list' : shown(value)}`;
}

/** A check by a predicate. */
export function must(allowed: string, holds: (value: unknown) => boolean): Check {
  return (value, path) => (holds(value) ? undefined : wrong(path, allowed, value));
}

export const isText: Check = /* @__PURE__ */ must(
  'a string that is not empty',
  (value) => typeof value === 'string' && value !== '',
);

export const isFlag: Check = /* @__PURE__ */ must(
  'true or false',
  (value) => typeof value === 'boolean',
);

export const isFunction: Check = /* @__PURE__ */ must(
  'a function',
  (value) => typeof value === 'function',
);

export const isPattern: Check = /* @__PURE__ */ must(
  'a RegExp',
  (value) => value instanceof RegExp,
);

/** A number from `least` up, or above it. `Infinity` passes unless it must be finite or whole. */
export function isNumber(
  kind: 'number' | 'finite number' | 'whole number',
  bound: 'of at least' | 'above',
  least: number,
): Check {
  return must(
    `a ${kind} ${bound} ${least}`,
    (value) =>
      typeof value === 'number' &&
      (bound === 'above' ? value > least : value >= least) &&
      (kind === 'number' || Number.isFinite(value)) &&
      (kind !== 'whole number' || Number.isInteger(value)),
  );
}

export function isOneOf(words: readonly string[]): Check {
  const allowed = words.map((word) => JSON.stringify(word)).join(', ');
  return must(`one of ${allowed}`, (value) => words.some((word) => word === value));
}

/** An object of any class with these methods; the optional ones may be left out. */
export function hasMethods(names: readonly string[], optional: readonly string[] = []): Check {
  const hasAll = must(`an object with the methods ${names.join(', ')}`, (value) =>
    names.every((name) => isRecord(value) && typeof value[name] === 'function'),
  );
  return (value, path) =>
    hasAll(value, path) ??
    first(optional, (name) => {
      const { [name]: method } = value as Readonly<Record<string, unknown>>;
      return method === undefined ? undefined : isFunction(method, `${path}.${name}`);
    });
}

/** `false`, or what passes. */
export function orFalse(check: Check): Check {
  return (value, path) => {
    if (value === false) return undefined;
    return isRecord(value) ? check(value, path) : wrong(path, 'an object or false', value);
  };
}

/** One value, or a list of several that is not empty. */
export function oneOrMore(check: Check): Check {
  const all = listOf(check);
  return (value, path) =>
    Array.isArray(value) && value.length > 0 ? all(value, path) : check(value, path);
}

export function listOf(check: Check): Check {
  return (value, path) =>
    Array.isArray(value)
      ? first(value, (item, index) => check(item, `${path}[${index}]`))
      : wrong(path, 'a list', value);
}

/**
 * An object with these fields and no others: a misspelt one would be ignored in silence. All but the
 * required ones may be left out.
 *
 * @param whole what to call the object where it has no path.
 */
export function shape(
  fields: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
  whole = '',
): Check {
  const names = Object.keys(fields);
  return (value, path) => {
    if (!isRecord(value)) return wrong(path || whole, 'an object', value);
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const stranger = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (stranger !== undefined) {
      // What is given under a wrong name may be a secret: text is not repeated (F11).
      const given = value[stranger];
      const what = typeof given === 'string' ? 'a string' : shown(given);
      return `${at(stranger).slice(0, 100)} is no option, but was given ${what}; allowed are ${names.join(', ')}`;
    }
    return first(names, (name) =>
      value[name] === undefined && !required.includes(name)
        ? undefined
        : fields[name]?.(value[name], at(name)),
    );
  };
}

/** A table: any keys that pass, any values that pass. */
export function table(check: Check, key?: Check): Check {
  return (value, path) =>
    isRecord(value)
      ? first(
          Object.entries(value),
          ([name, item]) => key?.(name, `each key of ${path}`) ?? check(item, `${path}.${name}`),
        )
      : wrong(path, 'an object', value);
}

function first<T>(
  items: readonly T[],
  check: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const complaint = check(item, index);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was given, in words that a message can hold. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof RegExp) return 'a pattern';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
