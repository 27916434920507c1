export { createResilience, failureOf } from '@holdfast/core';
export { resilienceExchange } from '@holdfast/urql';
