/**
 * A new idempotency key (M3): a UUID, which is what servers that honour such keys ask for.
 *
 * @param random used where the platform has no `crypto`; in [0, 1).
 */
export function idempotencyKey(random: () => number): string {
  if (typeof crypto === 'object' && typeof crypto.randomUUID === 'function')
    return crypto.randomUUID();
  const digits = Array.from({ length: 32 }, (_, index) => {
    const digit = Math.floor(random() * 16);
    if (index === 12) return '4';
    return (index === 16 ? (digit & 3) | 8 : digit).toString(16);
  }).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
