import type { Policy } from '../policy.ts';
import { plain } from './plain.ts';

const once = { after: () => undefined, succeeded: () => {} };

/** What the others are measured by. */
export const noRetries: Policy = plain('No retries', 'every operation is sent once', () => ({
  operation: () => once,
}));
