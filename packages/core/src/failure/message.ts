/** Longest message of a failure, in UTF-16 code units. */
const LONGEST = 500;

/** Longest text of a body that still counts as a message rather than a page. */
const LONGEST_TEXT = 200;

/** What a server may echo of the credentials it was sent: a JWT, or what follows its scheme. */
const JWT = /\beyJ[\w-]{6,}\.[\w-]{2,}\.?[\w-]*/g;
const CREDENTIALS = /\b(Bearer|Basic|DPoP) +[\w.~+/-]{16,}=*/gi;

/** Somebody's words, cut to length, without the credentials that they may repeat (F11). */
export function shorten(message: string): string {
  const cut = message.length > LONGEST ? `${message.slice(0, LONGEST - 1)}…` : message;
  return cut.replace(JWT, '…').replace(CREDENTIALS, '$1 …');
}

/** A body's or an error's text, where it is a sentence and not a page. */
export function plainSentence(source: string | undefined): string | undefined {
  if (source === undefined || source.length > LONGEST_TEXT * 2) return undefined;
  const trimmed = source.trim();
  const isSentence = trimmed !== '' && trimmed.length <= LONGEST_TEXT && !/^[<{[]/.test(trimmed);
  return isSentence ? trimmed : undefined;
}
