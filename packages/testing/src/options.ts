type Kind =
  'anything' | 'text' | 'flag' | 'number' | 'finite number' | 'list' | 'object' | 'function';

/** What an option may be: of a kind, or one of the values themselves. */
type Allowed = Kind | readonly (string | number | boolean)[];

const isA =
  (type: string) =>
  (value: unknown): boolean =>
    typeof value === type && value !== null;

/** Each kind: whether a value is of it, and the words for it. */
const KINDS: Readonly<Record<Kind, readonly [(value: unknown) => boolean, string]>> = {
  anything: [() => true, ''],
  text: [isA('string'), 'a string'],
  flag: [isA('boolean'), 'true or false'],
  number: [isA('number'), 'a number'],
  'finite number': [Number.isFinite, 'a finite number'],
  list: [Array.isArray, 'a list'],
  object: [isA('object'), 'an object'],
  function: [isA('function'), 'a function'],
};

/**
 * Sees that options are an object of known fields, each of its kind: one that is misspelt would be ignored in
 * silence. A field that is `undefined` counts as left out.
 *
 * @throws TypeError: a sentence that names the option, what was given and what is allowed.
 */
export function requireOptions(
  options: unknown,
  fields: Readonly<Record<string, Allowed>>,
  within = '',
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const what = within === '' ? 'Options were' : `Option "${within}" was`;
    throw new TypeError(`${what} given as ${shown(options)}; an object is allowed.`);
  }
  const known = Object.keys(fields).join(', ');
  for (const [field, value] of Object.entries(options)) {
    const name = within === '' ? field : `${within}.${field}`;
    if (!Object.hasOwn(fields, field)) {
      throw new TypeError(`There is no option "${name}"; allowed are ${known}.`);
    }
    const allowed = fields[field] as Allowed;
    if (value === undefined) continue;
    if (typeof allowed === 'object') {
      if (allowed.some((one) => one === value)) continue;
      throw refused(name, value, `one of ${allowed.join(', ')}`);
    }
    const [isOfKind, words] = KINDS[allowed];
    if (!isOfKind(value)) throw refused(name, value, words);
  }
}

/** Throws a sentence where an option that counts milliseconds or requests makes no sense. */
export function requireNumber(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (typeof value === 'number' && value >= least)) return;
  throw new RangeError(
    `Option "${name}" was given ${shown(value)}; a number from ${least} is allowed.`,
  );
}

function refused(name: string, value: unknown, allowed: string): TypeError {
  return new TypeError(`Option "${name}" was given ${shown(value)}; ${allowed} is allowed.`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
