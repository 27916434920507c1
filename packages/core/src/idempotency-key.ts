/**
 * A new idempotency key (M3): a UUID, which is what servers that honour such keys ask for. Pages that are
 * not served securely have no `randomUUID`, and old platforms no `crypto` at all.
 *
 * @param random used where the platform has no `crypto`; in [0, 1).
 */
export function idempotencyKey(random: () => number): string {
  const platform = typeof crypto === 'object' ? crypto : undefined;
  if (typeof platform?.randomUUID === 'function') return platform.randomUUID();
  const bytes = new Uint8Array(16);
  if (typeof platform?.getRandomValues === 'function') platform.getRandomValues(bytes);
  else bytes.forEach((_, index) => (bytes[index] = random() * 256));
  return uuid(bytes);
}

/** Version 4, variant 1 (RFC 9562 5.4). */
function uuid(bytes: Uint8Array): string {
  const marked = bytes.map((byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x40;
    return index === 8 ? (byte & 0x3f) | 0x80 : byte;
  });
  const digits = Array.from(marked, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
