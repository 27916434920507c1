import type { HttpRequest } from './http-server.ts';
import { parseJson } from './recorded-request.ts';

/** RFC 6749 section 2.3.1: id and secret of Basic authentication are form-encoded before they are joined. */
function readBasic(header: string | undefined): Record<string, string> {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return {};
  const [id, secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
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
