export { SetContextLink } from '@apollo/client/link/context';
export { ErrorLink } from '@apollo/client/link/error';
export { RetryLink } from '@apollo/client/link/retry';
