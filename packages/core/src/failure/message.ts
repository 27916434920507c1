/** Longest message of a failure, in UTF-16 code units. */
const LONGEST = 500;

/** Longest text of a body that still counts as a message rather than a page. */
const LONGEST_TEXT = 200;

/** What a server may echo of the credentials it was sent: a JWT, or what follows its scheme. */
const JWT = /\beyJ[\w-]{6,}\.[\w-]{2,}\.?[\w-]*/g;
const CREDENTIALS = /\b(Bearer|Basic|DPoP) +[\w.~+/-]{16,}=*/gi;

/** Where graphql-js speaks of a value that it was given, a variable most of all; 16 and 17 differ. */
const OF_VALUES =
  /\binvalid value\b|\bcannot represent\b|^Expected value of\b|\bdoes not exist in\b/;
const INVALID = /\b(?:got|has) invalid value (?!at |\[|\.|:)/;
const TOLD = /(\bcannot represent [^:"]{0,80}: |[,;.] ?[Ff]ound:? |\bbut got: )[^]*$/;
const UNKNOWN = /\bValue "[^]*" does not exist in\b/;

/** Somebody's words, cut to length, without the credentials and variables that they may repeat (F11, X3b). */
export function shorten(message: string): string {
  const told = withoutValues(message);
  const cut = told.length > LONGEST ? `${told.slice(0, LONGEST - 1)}…` : told;
  return cut.replace(JWT, '…').replace(CREDENTIALS, '$1 …');
}

function withoutValues(message: string): string {
  if (!OF_VALUES.test(message)) return message;
  return withoutInvalid(message).replace(TOLD, '$1…').replace(UNKNOWN, 'Value … does not exist in');
}

/** `Variable "$a" got invalid value {…}; Expected …`: the value goes, and where it is told again too. */
function withoutInvalid(message: string): string {
  const found = INVALID.exec(message);
  if (found === null) return message;
  const from = found.index + found[0].length;
  const to = message.lastIndexOf('; ');
  const value = message.slice(from, to < from ? undefined : to);
  const reason = to < from ? '' : message.slice(to);
  const bare = value.replace(/ at "[^"]*"$/, '').replace(/^"|"$/g, '');
  const rest = bare.length > 2 ? reason.replaceAll(bare, '…') : reason;
  return `${message.slice(0, from)}…${rest}`;
}

/** A body's or an error's text, where it is a sentence and not a page. */
export function plainSentence(source: string | undefined): string | undefined {
  if (source === undefined || source.length > LONGEST_TEXT * 2) return undefined;
  const trimmed = source.trim();
  const isSentence = trimmed !== '' && trimmed.length <= LONGEST_TEXT && !/^[<{[]/.test(trimmed);
  return isSentence ? trimmed : undefined;
}
