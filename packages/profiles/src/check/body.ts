import type { Signal } from '@holdfast/core';
import { isObject, parse } from './json.ts';

type Shown = Pick<Signal, 'data' | 'errors' | 'extensions' | 'body'>;

/**
 * What a body shows, as an adapter would hand it on: `data`, `errors` and what stands beside them, of all parts
 * where it came in parts.
 *
 * @param body Text, or parsed already.
 * @param type The media type.
 */
export function bodyOf(body: unknown, type = ''): Shown {
  if (typeof body !== 'string') return shown(body);
  if (/^multipart\//i.test(type))
    return joined(body.split(/\r?\n?--[^\r\n]*(?:\r?\n|$)/).map(part));
  if (/^text\/event-stream/i.test(type)) return joined(events(body));
  const parsed = parse(body.replace(/^\uFEFF/, ''));
  return parsed === undefined ? { body } : shown(parsed);
}

function shown(body: unknown): Shown {
  if (!isObject(body)) return { body };
  const known = ['data', 'errors', 'extensions'].filter((key) => key in body);
  return { body, ...Object.fromEntries(known.map((key) => [key, body[key]])) };
}

/** A part of a multipart body, below its own headers. */
function part(text: string): unknown {
  return parse(/\r?\n\r?\n([^]*)$/.exec(text)?.[1] ?? text);
}

function events(text: string): readonly unknown[] {
  return text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n'),
    )
    .map(parse);
}

/** One answer of several: the first data, and every error. */
function joined(parts: readonly unknown[]): Shown {
  const payloads = parts.filter(isObject).flatMap((found) => {
    const { payload, incremental, completed } = found;
    return [found, payload, ...listed(incremental), ...listed(completed)].filter(isObject);
  });
  const data = payloads.find((payload) => 'data' in payload)?.['data'];
  const errors = payloads.flatMap((payload) => listed(payload['errors']));
  return {
    ...(data !== undefined && { data }),
    ...(errors.length > 0 && { errors }),
  };
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
