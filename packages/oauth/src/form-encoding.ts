/** One value as `application/x-www-form-urlencoded` has it. */
export function formEncoded(text: string): string {
  return new URLSearchParams({ t: text }).toString().slice(2);
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** ASCII text as base64 (RFC 4648, section 4): not every platform has `btoa` (P1). */
export function base64(text: string): string {
  if (typeof btoa === 'function') return btoa(text);
  let digits = '';
  for (let at = 0; at < text.length; at += 3) {
    const [first = 0, second = 0, third = 0] = Array.from(text.slice(at, at + 3), (character) =>
      character.charCodeAt(0),
    );
    const bits = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) digits += DIGITS.charAt((bits >> shift) & 63);
  }
  const padding = (3 - (text.length % 3)) % 3;
  return digits.slice(0, digits.length - padding) + '='.repeat(padding);
}
