import type { Answer } from './answer.ts';
import type { Seen } from './profile.ts';
import { LONGEST_BODY } from './body.ts';
import { firstItems, isArray, isRecord, property, text } from './property.ts';

/** Longest code or type that a table could hold; a longer one is cut. */
const LONGEST_WORD = 200;

/** Longest path and list of locations. */
const MOST_STEPS = 100;

/** Which keys hold what. */
export interface ExtensionKeys {
  readonly code: string;
  readonly type: string;
  readonly docsUrl: string;
}

/** One entry of `errors[]`, read: what rules look at, and what the failure keeps (F11). */
export interface Entry {
  readonly seen: Seen;
  readonly docsUrl: string | undefined;
  readonly path: readonly (string | number)[] | undefined;
  readonly locations: readonly { readonly line: number; readonly column: number }[] | undefined;
}

/**
 * Reads an entry of any shape: `null`, a string, an object without `extensions`, or with one that is an
 * array (F1). A code or type that stands beside the message instead, as GitHub's `type` does, is read
 * from there.
 */
export function readEntry(entry: unknown, keys: ExtensionKeys, answer: Answer): Entry {
  const given = property(entry, 'extensions');
  const extensions = isRecord(given) ? given : {};
  const seen: Seen = {
    status: answer.status,
    code: word(property(extensions, keys.code)) ?? word(property(entry, keys.code)),
    type: word(property(extensions, keys.type)) ?? word(property(entry, keys.type)),
    message: entryMessage(entry).slice(0, LONGEST_BODY),
    extensions,
    entry,
    get body() {
      return answer.whole();
    },
    header: answer.header,
  };
  return {
    seen,
    docsUrl: text(extensions, keys.docsUrl)?.slice(0, 2_048),
    path: readPath(property(entry, 'path')),
    locations: readLocations(property(entry, 'locations')),
  };
}

/** A code may be a word, a number or a numeric string (F2); all are kept as strings. */
export function word(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_WORD) : undefined;
}

function entryMessage(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  if (typeof entry === 'number') return String(entry);
  return text(entry, 'message') ?? '';
}

function readPath(value: unknown): readonly (string | number)[] | undefined {
  if (!isArray(value) || Number(property(value, 'length')) > MOST_STEPS) return undefined;
  const steps = firstItems(value, MOST_STEPS);
  const isPath = (step: unknown): step is string | number =>
    typeof step === 'string' || Number.isFinite(step);
  return steps.length > 0 && steps.every(isPath) ? steps : undefined;
}

function readLocations(value: unknown): Entry['locations'] {
  if (!isArray(value)) return undefined;
  const locations: { line: number; column: number }[] = [];
  for (const item of firstItems(value, MOST_STEPS)) {
    const line = property(item, 'line');
    const column = property(item, 'column');
    if (typeof line !== 'number' || typeof column !== 'number') return undefined;
    locations.push({ line, column });
  }
  return locations.length > 0 ? locations : undefined;
}
