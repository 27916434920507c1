/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Tells whether a value is an object with named fields: no array, no `null`. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error for an option that cannot be used (X5). */
export function badOption(option: string, allowed: string, given: string): TypeError {
  return new TypeError(`${option} must be ${allowed}, but it is ${given}.`);
}

/**
 * Sees that a function was given an object of its options, and none that is misspelt: that one would be ignored
 * in silence (X5). What stands under a wrong name may be a secret, and is not repeated.
 */
export function checkNames(options: unknown, names: readonly string[]): void {
  if (!isRecord(options)) throw badOption('options', 'an object', kindOf(options));
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  throw new TypeError(
    `${stranger.slice(0, 100)} is no option, but was given ${kindOf(options[stranger])}; allowed are ${names.join(', ')}.`,
  );
}

export function checkFunction(option: string, what: string, value: unknown): void {
  if (typeof value !== 'function') throw badOption(option, `a function ${what}`, kindOf(value));
}

/** What an application hands over of an SDK, told by its methods. */
export function checkObject(
  option: string,
  what: string,
  methods: readonly string[],
  value: unknown,
): void {
  const isIt = isRecord(value) && methods.every((name) => typeof value[name] === 'function');
  if (!isIt) throw badOption(option, what, kindOf(value));
}

/** A value in an error message; only ever of options that hold no secret. */
function shown(value: unknown): string {
  if (typeof value === 'string')
    return value === '' ? 'empty' : JSON.stringify(value.slice(0, 100));
  return kindOf(value);
}

/** What a value is, without saying its content: for options that may hold a secret. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? 'empty' : 'a string';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** What may be shown of a URL: neither query nor fragment, nor what stands before an `@`. */
function shownUrl(value: unknown): string {
  if (typeof value !== 'string') return shown(value);
  const bare = value.replace(/[?#].*$/su, '');
  return shown(bare.slice(bare.lastIndexOf('@') + 1));
}

/**
 * The URL of a token endpoint. One that holds a user name or password is refused: `fetch` would refuse
 * it too, with an error that repeats the password.
 */
export function readUrl(given: string | URL): URL {
  const text = given instanceof URL ? given.href : given;
  const url = typeof text === 'string' ? parseUrl(text) : undefined;
  if (process.env.NODE_ENV !== 'production') checkUrl(text, url);
  if (url === undefined || url.username !== '' || url.password !== '') {
    throw new TypeError('url is none that can be asked.');
  }
  return url;
}

function checkUrl(given: unknown, url: URL | undefined): void {
  if (url === undefined || !/^https?:$/u.test(url.protocol)) {
    throw badOption('url', 'an absolute http or https URL', shownUrl(given));
  }
  if (url.username !== '' || url.password !== '') {
    throw badOption('url', 'without user name and password', 'one that holds them');
  }
}

/**
 * The same for whatever a page asks: a path is resolved when it is asked for, by the page's own address, since on a server
 * that renders it there is none.
 */
export function readPageUrl(value: string | URL): () => URL {
  if (typeof value !== 'string' || !/^\.{0,2}\/(?!\/)/u.test(value)) {
    const url = readUrl(value);
    return () => url;
  }
  return () => {
    const { location } = globalThis as { readonly location?: { readonly href: string } };
    if (process.env.NODE_ENV !== 'production' && location === undefined) {
      throw badOption('url', 'absolute where there is no page', shownUrl(value));
    }
    return new URL(value, location?.href);
  };
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

export function checkText(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw badOption(option, 'a non-empty string', shown(value));
  }
}

export function checkSecret(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') {
    throw badOption(option, 'a non-empty string', kindOf(value));
  }
}

export function checkChoice(option: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  const allowed = choices.map((word) => `'${word as string}'`).join(' or ');
  throw badOption(option, allowed, shown(value));
}

/** Named strings. Names are shown in errors, values never. */
function checkStrings(option: string, value: unknown = {}): void {
  if (!isRecord(value)) throw badOption(option, 'an object of strings', kindOf(value));
  // Of a `Headers` or `URLSearchParams` nothing would be seen, and so nothing sent.
  if (Symbol.iterator in value) {
    throw badOption(option, 'a plain object of strings', `one of ${value.constructor.name}`);
  }
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw badOption(`${option}.${name}`, 'a string', kindOf(text));
  }
}

const ownParameters: readonly string[] = [
  'grant_type',
  'client_id',
  'client_secret',
  'refresh_token',
  'scope',
];

/** Parameters beside those of the grant, which stay the library's own. */
export function checkParameters(parameters: unknown): void {
  checkStrings('parameters', parameters);
  const taken = ownParameters.find(
    (name) => isRecord(parameters) && Object.hasOwn(parameters, name),
  );
  if (taken === undefined) return;
  throw badOption('parameters', `without ${ownParameters.join(', ')}`, `one with ${taken}`);
}

/** Header fields, names lower-cased. One that `fetch` cannot hold is refused here, without its value (X3). */
export function readHeaders(
  value: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  if (process.env.NODE_ENV !== 'production') checkStrings('headers', value);
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (!isHeader(name, text)) {
      throw badOption(`headers[${JSON.stringify(name)}]`, 'a valid header field', 'not');
    }
    headers[name.toLowerCase()] = text;
  }
  return headers;
}

function isHeader(name: string, text: string): boolean {
  try {
    return new Headers([[name, text]]).has(name);
  } catch {
    return false;
  }
}

export function checkLifetime(value: unknown): void {
  if (value === undefined) return;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return;
  throw badOption('lifetime', 'a positive number of milliseconds', kindOf(value));
}

/** The given `fetch`, or whatever is global when a request is made. */
export function readFetch(value: typeof globalThis.fetch | undefined): typeof globalThis.fetch {
  if (process.env.NODE_ENV !== 'production' && value !== undefined && typeof value !== 'function') {
    throw badOption('fetch', 'a function', kindOf(value));
  }
  return (input, init) => {
    const send = value ?? (globalThis.fetch as typeof globalThis.fetch | undefined);
    if (process.env.NODE_ENV !== 'production' && typeof send !== 'function') {
      throw badOption('fetch', 'given where the platform has none', 'undefined');
    }
    return (send as typeof globalThis.fetch)(input, init);
  };
}
