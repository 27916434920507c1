export { resilienceExchange } from './resilience-exchange.ts';
