/** One package is all to install: everything that the core has is here, too. */
export * from '@holdfast/core';
export { resilienceExchange } from './resilience-exchange.ts';
export type { ResilienceContext } from './operation-run.ts';
