interface Holder {
  readonly errors?: unknown;
}

/**
 * Makes `errors` a list of errors where it is something that Apollo fails over (A6b); anything else stays
 * the very same object. Seen with 4.3.8: a string crashes the client, an object or a number is not noticed
 * by the client and crashes ErrorLink and PersistedQueryLink, which then never answer; so do `null` among
 * the entries, and a message that cannot be made a string. What is falsy, all of them take for no errors.
 */
export function withErrorList<T extends Holder | null>(holder: T): T {
  const errors = holder?.errors;
  if (!errors || (Array.isArray(errors) && errors.every(isHarmless))) return holder;
  const entries: readonly unknown[] = Array.isArray(errors) ? errors : [errors];
  return { ...holder, errors: entries.map(wellFormed) };
}

function isHarmless(entry: unknown): boolean {
  if (entry === null || entry === undefined) return false;
  const { message } = entry as { readonly message?: unknown };
  return typeof message !== 'object' || message === null;
}

const WORDLESS = 'The server sent an error without a message.';

function wellFormed(entry: unknown): object {
  if (typeof entry !== 'object' || entry === null) {
    return { message: entry === null || entry === undefined ? WORDLESS : String(entry) };
  }
  const { message } = entry as { readonly message?: unknown };
  return typeof message === 'string' ? entry : { ...entry, message: WORDLESS };
}
