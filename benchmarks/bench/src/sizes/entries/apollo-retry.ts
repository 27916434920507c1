export { RetryLink } from '@apollo/client/link/retry';
