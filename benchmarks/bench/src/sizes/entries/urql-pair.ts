export { authExchange } from '@urql/exchange-auth';
export { retryExchange } from '@urql/exchange-retry';
