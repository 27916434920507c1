type Fields = Readonly<Record<string, string>>;

/**
 * Adds header fields to what a user gave, in whatever form that is; ours win, and names differ in more
 * than case (U2). Each form is kept as urql reads it: it adds tuples to its own defaults, and lets the
 * other forms replace them.
 */
export function withHeaders(given: HeadersInit | undefined, ours: Fields): HeadersInit {
  if (given === undefined || given === null) return { ...ours };
  const names = new Set(Object.keys(ours).map((name) => name.toLowerCase()));
  const isTheirs = ([name]: readonly string[]): boolean => !names.has(String(name).toLowerCase());
  if (Array.isArray(given)) {
    return [...given.filter(isTheirs), ...Object.entries(ours)] as [string, string][];
  }
  return { ...Object.fromEntries(entries(given).filter(isTheirs)), ...ours };
}

/** Of a `Headers` of any realm or polyfill, or of a plain object. */
function entries(headers: HeadersInit): [string, string][] {
  if (!('forEach' in headers) || typeof headers.forEach !== 'function') {
    return Object.entries(headers as Fields);
  }
  const found: [string, string][] = [];
  (headers as Headers).forEach((value, name) => found.push([name, value]));
  return found;
}
