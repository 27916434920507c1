import type { VerdictDetail } from './profile.ts';

/** What platforms say of a request whose body went out with an earlier one: a stream, or a `Request`. */
const SPENT =
  /\bdisturbed or locked\b|\bReadableStream is (?:locked|disturbed)\b|\bRequest object that has already been used\b/iu;

/**
 * It cannot be sent again, ever (R3). That it never left is no proof: a `fetch` of the application's own may
 * have sent it once already, or may have said this of the response's body (F9).
 */
export const SPENT_BODY: VerdictDetail = {
  kind: 'bad_input',
  advice:
    'Give an upload as a Blob, File or FormData, which can be sent again: the body of this request was a stream, and an earlier attempt has read it.',
};

export function isSpentBody(message: string | undefined): boolean {
  return message !== undefined && message.length <= 400 && SPENT.test(message);
}
