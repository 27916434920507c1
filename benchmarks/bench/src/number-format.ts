/** Nanoseconds as a person reads them. */
export function showNanoseconds(value: number): string {
  if (Math.abs(value) < 1_000) return `${value.toFixed(0)} ns`;
  if (Math.abs(value) < 1_000_000) return `${(value / 1_000).toFixed(2)} µs`;
  return `${(value / 1_000_000).toFixed(1)} ms`;
}

export function showMilliseconds(value: number): string {
  return showNanoseconds(value * 1_000_000);
}

/** Bytes, in KB of 1,000 bytes. */
export function showKilobytes(value: number): string {
  return `${(value / 1_000).toFixed(2)} KB`;
}

export function showRatio(value: number): string {
  return value.toFixed(2);
}

/** 10000 as 10,000. */
export function showCount(value: number): string {
  return value.toLocaleString('en-US');
}
