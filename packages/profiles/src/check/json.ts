/** What JSON holds, or `undefined` for text that is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Whoever asks says what is wrong, without the snippet that the error quotes.
    return undefined;
  }
}

/** Something with keys. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
