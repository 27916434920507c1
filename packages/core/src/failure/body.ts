import { isArray, isRecord, property, text } from './property.ts';

/** Text beyond this, in UTF-16 code units, is neither parsed nor matched (X4). */
export const LONGEST_BODY = 65_536;

/** What a whole body turned out to be. Several may hold at once. */
export interface Body {
  /** The first 64 KiB, where the body came as text. */
  readonly text: string | undefined;
  /** What it says as JSON; `undefined` where it is none, or too long. */
  readonly parsed: unknown;
  /** The same, where it is an object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** The `error` word of OAuth's error form (RFC 6749 5.2). */
  readonly word: string | undefined;
  /** It was read to its end, and is one answer: not cut, nor the list that answers a batch, nor a part of more. */
  readonly isWhole: boolean;
}

/**
 * Reads a body as far as it can tell something. Text is parsed only where all of it is at hand and it
 * begins as an object or a list does.
 */
export function readBody(body: unknown): Body | undefined {
  if (body === undefined) return undefined;
  if (typeof body !== 'string') return bodyOf(undefined, body);
  const head = body.slice(0, LONGEST_BODY);
  if (body.length > LONGEST_BODY) return { ...bodyOf(head, undefined), isWhole: false };
  // A byte order mark is no JSON (RFC 8259 8.1), yet servers send it; trim takes it off.
  const trimmed = head.trim();
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return bodyOf(head, undefined);
  const parsed = parse(trimmed);
  const found = bodyOf(head, parsed);
  // What begins as JSON and is none has lost its end.
  return parsed === undefined ? { ...found, isWhole: false } : found;
}

function bodyOf(head: string | undefined, parsed: unknown): Body {
  const json = isRecord(parsed) ? parsed : undefined;
  const isGraphql = isArray(property(json, 'errors')) || (property(json, 'data') ?? null) !== null;
  const word = isGraphql ? undefined : text(json, 'error');
  const isWhole = !isArray(parsed) && property(json, 'hasNext') !== true;
  return { text: head, parsed, json, word, isWhole };
}

function parse(trimmed: string): unknown {
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

/** Keys under which JSON errors put their sentence: OAuth, GraphQL-like, RFC 9457 problem details. */
const SENTENCES = ['error_description', 'message', 'detail', 'title'];

/** What a JSON body says in words. */
export function bodySentence(
  json: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  for (const key of SENTENCES) {
    const sentence = text(json, key);
    if (sentence !== undefined) return sentence;
  }
  return text(property(json, 'error'), 'message') ?? text(json, 'error');
}
