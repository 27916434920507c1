import type { Failure } from '@holdfast/core';
import { useResilience } from './context.ts';
import { failureBehind } from './failure-behind.ts';

/**
 * What an error of Apollo Client or urql means: `error` of `useQuery`, `useMutation`, a caught rejection.
 * One that this runtime has not delivered, such as an error that came with the server's page, is classified
 * by its shape, with the profile of the instance. The same error always leads to the same failure.
 *
 * @returns `undefined` where there is no error.
 * @throws Error where there is no `ResilienceProvider` above.
 *
 * @example
 * const { data, error } = useQuery(ORDERS);
 * const failure = useFailure(error);
 * if (failure?.kind === 'forbidden') return <NoAccess advice={failure.advice} />;
 */
export function useFailure(error: unknown): Failure | undefined {
  const { profile } = useResilience();
  return failureBehind(error, profile);
}
