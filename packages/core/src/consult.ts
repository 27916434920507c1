import { isPromiseLike } from './time/promise-like.ts';

/** What a callback of the application answered, now or later; or that it failed (R9). */
export interface Consulted<T> {
  answered(value: T): void;
  failed(error: unknown): void;
}

/**
 * Calls a callback of the application that should answer at once. One that throws, or answers with a
 * promise that rejects, has failed; one whose promise resolves has answered late.
 *
 * @returns whether the answer is still awaited.
 */
export function consult<T>(
  call: () => T | PromiseLike<T>,
  { answered, failed }: Consulted<T>,
): boolean {
  let answer: T | PromiseLike<T>;
  try {
    answer = call();
  } catch (error) {
    failed(error);
    return false;
  }
  if (!isPromiseLike(answer)) {
    answered(answer);
    return false;
  }
  answer.then(answered, failed);
  return true;
}
