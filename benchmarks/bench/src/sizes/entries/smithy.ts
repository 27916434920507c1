export { StandardRetryStrategy } from '@smithy/util-retry';
