import type { Recording, Recordings } from './answer.ts';
import type { Secrets } from './secrets.ts';
import { bodyOf } from './body.ts';
import { Complaint } from './complaint.ts';
import { operationOf } from './document.ts';
import { readHar } from './har.ts';
import { isObject, parse } from './json.ts';

/**
 * Reads a HAR file, or JSON lines of signals.
 *
 * @param name The file's name, for complaints.
 * @throws Complaint One sentence, without anything of the content.
 */
export function readRecordings(source: string, name: string, secrets: Secrets): Recordings {
  const text = source.replace(/^\uFEFF/, '');
  if (text.trim() === '')
    throw new Complaint(`${name} is empty: a HAR file or JSON lines are needed.`);
  const whole = parse(text);
  if (isObject(whole) && 'log' in whole) return readHar(whole['log'], name, secrets);
  const lines: readonly (readonly [string, unknown])[] = Array.isArray(whole)
    ? whole.map((item, index) => [`Item ${index + 1}`, item])
    : whole === undefined
      ? linesOf(text, name)
      : [['Line 1', whole]];
  const found = lines.map(([place, line]) => readLine(line, `${place} of ${name}`, secrets));
  return { found, others: 0 };
}

function linesOf(text: string, name: string): readonly (readonly [string, unknown])[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const parsed = parse(line);
    if (parsed !== undefined) return [[`Line ${index + 1}`, parsed] as const];
    throw new Complaint(
      `Line ${index + 1} of ${name} is no JSON: a HAR file, or one JSON object in each line, is needed.`,
    );
  });
}

const PARTS = ['status', 'headers', 'data', 'errors', 'extensions', 'body', 'error', 'close'];
const KINDS = ['query', 'mutation', 'subscription', 'token'] as const;

/** A signal, with `kind`, `name` or `query` beside it for the operation. */
function readLine(line: unknown, place: string, secrets: Secrets): Recording {
  if (!isObject(line)) throw new Complaint(`${place} is no JSON object.`);
  if (!PARTS.some((part) => part in line)) {
    throw new Complaint(
      `${place} shows nothing of an answer: give at least one of ${PARTS.join(', ')}.`,
    );
  }
  const { status, headers, now, kind, query, name, rootFields, incomplete } = line;
  const wrong = (field: string, allowed: string): Complaint =>
    new Complaint(`${field} in ${lowerFirst(place)} must be ${allowed}.`);
  if (status !== undefined && typeof status !== 'number') throw wrong('status', 'a number');
  if (now !== undefined && typeof now !== 'number') throw wrong('now', 'epoch milliseconds');
  if (headers !== undefined && !isObject(headers) && !Array.isArray(headers)) {
    throw wrong('headers', 'an object, or a list of pairs');
  }
  const isKind = (value: unknown): value is (typeof KINDS)[number] =>
    KINDS.some((known) => known === value);
  if (kind !== undefined && !isKind(kind)) throw wrong('kind', `one of ${KINDS.join(', ')}`);
  const sent = typeof query === 'string' ? operationOf(query) : undefined;
  rememberSecrets(line, secrets);
  const { data, errors, extensions, body, error, close } = line;
  const given = Object.entries({
    status,
    headers,
    data,
    errors,
    extensions,
    error,
    close,
    incomplete,
  });
  return {
    request: undefined,
    kind: kind ?? sent?.kind,
    name: typeof name === 'string' ? name : sent?.name,
    signal: {
      ...(body !== undefined && bodyOf(body, headerOf(headers, 'content-type'))),
      ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
      rootFields: typeof rootFields === 'number' ? rootFields : sent?.rootFields,
      now: now ?? Date.now(),
    },
  };
}

function rememberSecrets(line: Readonly<Record<string, unknown>>, secrets: Secrets): void {
  for (const [name, value] of pairsOf(line['headers'])) secrets.header(name, value);
  secrets.all(line['variables']);
  const parsed = typeof line['body'] === 'string' ? parse(line['body']) : line['body'];
  secrets.body({ ...line, headers: undefined, body: parsed });
}

function pairsOf(headers: unknown): readonly (readonly [string, string])[] {
  const pairs: readonly unknown[] = Array.isArray(headers)
    ? headers
    : Object.entries(headers ?? {});
  return pairs.flatMap((pair) =>
    Array.isArray(pair) && pair.length === 2 ? [[String(pair[0]), String(pair[1])] as const] : [],
  );
}

function headerOf(headers: unknown, wanted: string): string | undefined {
  return pairsOf(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
