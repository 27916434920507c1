/** An HTTP status from a number or three digits; `0` and the like, which mean no answer, are none. */
export function statusNumber(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return Number.isInteger(status) && Number(status) >= 100 && Number(status) < 1_000
    ? Number(status)
    : undefined;
}

/** Any 2xx, 202 and 294 included (F5); no status at all, as on a socket, is no error either. */
export function isSuccess(status: number | undefined): boolean {
  return status === undefined || (status >= 200 && status < 300);
}
