/** One package is all to install: everything that the core has is here, too. */
export * from '@holdfast/core';
export { ResilienceLink } from './resilience-link.ts';
