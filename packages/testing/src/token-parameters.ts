import type { HttpRequest } from './recorded-request.ts';
import { parseJson } from './recorded-request.ts';

/** Base64 with its padding or without. What is none says nothing: it is as if there were no header. */
const BASIC = /^basic +((?:[A-Z0-9+/]{4})*(?:[A-Z0-9+/]{2}(?:==)?|[A-Z0-9+/]{3}=?)?)$/i;

/** UTF-8, behind Base64. */
function textOf(encoded: string): string {
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

/** RFC 6749 section 2.3.1: id and secret of Basic authentication are form-encoded before they are joined. */
function readBasic(header: string | undefined): Record<string, string> {
  const encoded = BASIC.exec(header ?? '')?.[1];
  if (encoded === undefined) return {};
  const [id, secret] = textOf(encoded).split(':');
  if (id === undefined || secret === undefined) return {};
  const pair = new URLSearchParams(`client_id=${id}&client_secret=${secret}`);
  return Object.fromEntries(pair);
}

/**
 * The parameters of a token request, whichever way they came: a JSON object's strings, a form, and the
 * client's id and secret in an `Authorization: Basic` field.
 */
export function readParameters(request: HttpRequest): Record<string, string | undefined> {
  const basic = readBasic(request.headers['authorization']);
  if ((request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    return { ...basic, ...Object.fromEntries(new URLSearchParams(request.body)) };
  }
  const sent = parseJson(request.body);
  const texts = Object.entries(Object(sent) as object).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { ...basic, ...Object.fromEntries(texts) };
}
