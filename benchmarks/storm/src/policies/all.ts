import type { Policy } from '../policy.ts';
import { awsStandard } from './aws-standard.ts';
import { exchangeRetry } from './exchange-retry.ts';
import { grpc } from './grpc.ts';
import { holdfast } from './holdfast.ts';
import { noRetries } from './no-retries.ts';
import { errorLink, exchangeAuth } from './refreshing.ts';
import { retryLink } from './retry-link.ts';

/** For troubles of the API. */
export const retrying: readonly Policy[] = [
  holdfast,
  noRetries,
  retryLink,
  exchangeRetry,
  awsStandard,
  grpc,
];

/** For troubles with tokens. */
export const refreshing: readonly Policy[] = [holdfast, errorLink, exchangeAuth];
