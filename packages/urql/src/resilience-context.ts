import type { OperationOptions } from '@holdfast/core';

/**
 * What `resilienceExchange` reads from an operation's context, which urql leaves untyped.
 *
 * @example
 * client.mutation(PAY, { order }, { resilience: { retry: false } } satisfies ResilienceContext);
 *
 * @example
 * // Every context of the app is checked:
 * declare module '@urql/core' {
 *   interface OperationContext extends ResilienceContext {}
 * }
 */
export interface ResilienceContext {
  /** Options of this operation alone. Default: those of the instance. */
  resilience?: OperationOptions | undefined;
}
