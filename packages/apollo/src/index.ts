export { ResilienceLink } from './resilience-link.ts';
