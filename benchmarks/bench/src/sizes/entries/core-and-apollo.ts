export { ResilienceLink } from '@holdfast/apollo';
export { createResilience, failureOf } from '@holdfast/core';
