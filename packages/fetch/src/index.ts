/** One package is all to install: everything that the core has is here, too. */
export * from '@holdfast/core';
export type { FetchRequest } from './request-operation.ts';
export { resilientFetch, type ResilientFetchOptions } from './resilient-fetch.ts';
