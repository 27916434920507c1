/** What a signal is aborted with, as the platform has it; not every platform has `DOMException` (P1). */
export function abortReason(name: 'AbortError' | 'TimeoutError', message: string): Error {
  return typeof DOMException === 'function'
    ? new DOMException(message, name)
    : Object.assign(new Error(message), { name });
}
