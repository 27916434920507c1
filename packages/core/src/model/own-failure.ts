import type { Failure } from './failure.ts';

type Given = Pick<Failure, 'kind' | 'source' | 'message' | 'advice'> &
  Partial<Omit<Failure, 'all'>>;

/** A failure that no answer of a server describes: ours, or one told in our words. */
export function ownFailure(given: Given): Failure {
  const failure = {
    partial: false,
    executed: undefined,
    retryable: false,
    freshToken: false,
    ...given,
  };
  return { ...failure, all: [{ ...failure, all: [] }] };
}
