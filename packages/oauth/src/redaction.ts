import { formEncoded } from './form-encoding.ts';
import { isRecord } from './options.ts';

const replacement = '[redacted]';

/** No honest answer of a token endpoint nests deeper; a hostile one must not end the stack (X4). */
const maxDepth = 32;

/**
 * Removes secrets from what a server said: some repeat in an error what they were sent (F11).
 *
 * Each secret is looked for as it is and as JSON, forms and URLs write it.
 */
export class Redaction {
  /** The longest first, so that no rest of one is left where it begins with another. */
  readonly #spellings: readonly string[];

  constructor(secrets: Iterable<string | undefined>) {
    const spellings = new Set<string>();
    for (const secret of secrets) {
      if (secret === undefined || secret === '') continue;
      spellings.add(secret);
      spellings.add(JSON.stringify(secret).slice(1, -1));
      spellings.add(formEncoded(secret));
      spellings.add(formEncoded(secret).replaceAll('+', '%20'));
    }
    this.#spellings = [...spellings].sort((a, b) => b.length - a.length);
  }

  /** Length of the longest spelling: how much of a text that was cut may be the half of a secret. */
  get longest(): number {
    return this.#spellings[0]?.length ?? 0;
  }

  text(text: string): string {
    return this.#spellings.reduce(
      (rest, secret) => rest.replaceAll(secret, () => replacement),
      text,
    );
  }

  /** The same for a parsed body, keys included. */
  value(value: unknown): unknown {
    return mapStrings(value, (text) => this.text(text));
  }
}

/**
 * Only the shape of a body: every string in it is replaced. For a success whose token was not found
 * where it was looked for, because then any of the strings may be the token.
 */
export function shapeOf(value: unknown): unknown {
  return mapStrings(value, (text, isKey) => (isKey ? text.slice(0, 100) : replacement));
}

function mapStrings(
  value: unknown,
  map: (text: string, isKey: boolean) => string,
  depth: number = 0,
): unknown {
  if (typeof value === 'string') return map(value, false);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return replacement;
  if (Array.isArray(value)) return value.map((entry) => mapStrings(entry, map, depth + 1));
  if (!isRecord(value)) return replacement;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      map(key, true),
      mapStrings(entry, map, depth + 1),
    ]),
  );
}

/** Every string in what is sent. It is the application's own, so its depth is not guarded. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
