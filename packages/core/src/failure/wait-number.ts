import type { HintUnit } from './profile.ts';

const DECIMAL = /^\d{1,64}(?:\.\d{1,64})?$/;
const SECONDS = /^(\d{1,64})(?:\.(\d{1,64}))?$/;

/**
 * A wait that a date and a comparison can bear: `0` is one (R8); NaN, -5 and Infinity are none (W5). One
 * that is absurdly long is still not to be cut short by asking again (W3), so it stays as long as can be.
 */
export function sane(wait: number | undefined): number | undefined {
  if (wait === undefined || !Number.isFinite(wait) || wait < 0) return undefined;
  return Math.min(wait, Number.MAX_SAFE_INTEGER);
}

/**
 * `delay-seconds` as milliseconds (W2): digits, and a decimal fraction rounded up to the next second,
 * since Shopify sends `2.0`. No sign, no exponent, no `0x`.
 */
export function delaySeconds(value: string): number | undefined {
  const found = SECONDS.exec(value);
  if (!found) return undefined;
  const more = /[1-9]/.test(found[2] ?? '') ? 1 : 0;
  return sane((Number(found[1]) + more) * 1_000);
}

/** Digits with an optional fraction, as text or as a number; anything else is no number here. */
export function plainNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return sane(value);
  if (typeof value !== 'string') return undefined;
  const trimmed = value.length > 64 ? value : value.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : undefined;
}

/**
 * Milliseconds from now for a number in a unit. `auto` goes by size (W1): above 1e11 it is epoch
 * milliseconds, above 1e9 epoch seconds, else seconds from now.
 *
 * @param serverNow The server's clock, asked only for an epoch (W6). An instant gone by is no hint.
 */
export function waitOf(
  value: number | undefined,
  unit: HintUnit,
  serverNow: () => number,
): number | undefined {
  if (value === undefined) return undefined;
  if (unit === 'milliseconds') return sane(Math.ceil(value));
  const isEpoch = unit === 'epoch' || (unit === 'auto' && value > 1e9);
  if (!isEpoch) return sane(Math.ceil(value * 1_000));
  const instant = value > 1e11 ? value : value * 1_000;
  return sane(Math.ceil(instant - serverNow()));
}
