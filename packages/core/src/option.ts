/** Checks of options: each says in one sentence which option, what was given, and what is allowed (X5). */

interface Range {
  readonly least: number;
  /** Above `least`, not equal to it. */
  readonly above?: boolean;
  readonly whole?: boolean;
  readonly finite?: boolean;
}

export function checkNumber(option: string, value: unknown, range: Range): void {
  if (value === undefined) return;
  const { least, above = false, whole = false, finite = false } = range;
  const fits =
    typeof value === 'number' &&
    !Number.isNaN(value) &&
    (above ? value > least : value >= least) &&
    (!whole || Number.isInteger(value)) &&
    (!finite || Number.isFinite(value));
  if (fits) return;
  const number = whole ? 'a whole number' : finite ? 'a finite number' : 'a number';
  refuse(option, value, `${number} ${above ? `above ${least}` : `of at least ${least}`}`);
}

export function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') refuse(option, value, 'a function');
}

export function checkOneOf(option: string, value: unknown, allowed: readonly unknown[]): void {
  if (value === undefined || allowed.includes(value)) return;
  refuse(option, value, allowed.map((one) => JSON.stringify(one)).join(', '));
}

/** An object with no other keys than those known: a misspelt option would be ignored in silence. */
export function checkKeys(
  option: string,
  value: unknown,
  keys: readonly string[],
  orFalse = false,
): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(option, value, orFalse ? 'an object or false' : 'an object');
  }
  for (const [key, given] of Object.entries(value)) {
    if (keys.includes(key)) continue;
    const name = option === 'options' ? key : `${option}.${key}`;
    // What is given under a wrong name may be a secret: text is not repeated (F11).
    const what = typeof given === 'string' ? 'a string' : shown(given);
    throw new TypeError(
      `createResilience: ${name} is no option, but was given ${what}; allowed are ${keys.join(', ')}.`,
    );
  }
}

/** @throws TypeError always */
export function refuse(option: string, value: unknown, allowed: string): never {
  throw new TypeError(`createResilience: ${option} must be ${allowed}, not ${shown(value)}.`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
