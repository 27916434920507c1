/** Longer text is no token that a header could hold. */
const LONGEST = 16_384;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** What is read of a JWT's claims. */
interface Claims {
  /** Epoch milliseconds. */
  readonly expiry?: number;
  /** Whose it is. */
  readonly subject?: string;
}

const NONE: Claims = {};

/** The claims of a JWT; none for anything else. The signature is the server's business. */
export function claimsOf(token: string): Claims {
  const payload = token.split('.', 3)[1];
  if (payload === undefined || token.length > LONGEST) return NONE;
  let claims: unknown;
  try {
    claims = JSON.parse(decoded(payload));
  } catch {
    // Three parts with dots between them need not be a JWT: then it says nothing.
    return NONE;
  }
  if (typeof claims !== 'object' || claims === null) return NONE;
  const { exp, sub } = claims as Readonly<Record<string, unknown>>;
  return {
    ...(typeof exp === 'number' && Number.isFinite(exp) ? { expiry: exp * 1_000 } : {}),
    ...(typeof sub === 'string' ? { subject: sub } : {}),
  };
}

/** Whether both are JWTs, of different subjects. Tokens that do not say whose they are may be anybody's. */
export function differentSubjects(one: string, other: string): boolean {
  const { subject } = claimsOf(one);
  const { subject: second } = claimsOf(other);
  return subject !== undefined && second !== undefined && subject !== second;
}

/** Base64url or base64, a character for each byte: not every platform has `atob` (P1). */
function decoded(text: string): string {
  let bytes = '';
  let held = 0;
  let bits = 0;
  for (const character of text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')) {
    const digit = DIGITS.indexOf(character);
    if (digit === -1) return '';
    held = (held << 6) | digit;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += String.fromCharCode(held >> bits);
    held &= (1 << bits) - 1;
  }
  return bytes;
}
