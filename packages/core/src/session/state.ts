import type { SessionState } from '../model/state.ts';
import type { Holding } from './holding.ts';
import type { Refresher } from './refresher.ts';

/** What a session shows of itself. */
export function sessionState(holding: Holding, refresher: Refresher): SessionState {
  const { generation, expiresAt } = holding;
  const { failure, retryAt } = refresher.rest;
  const status = statusOf(holding, refresher);
  return {
    status,
    generation,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(status === 'unavailable' && retryAt !== undefined ? { until: retryAt } : {}),
    ...(failure === undefined ? {} : { failure }),
  };
}

function statusOf(holding: Holding, { awaited, rest }: Refresher): SessionState['status'] {
  if (holding.signedOut) return 'signed-out';
  if (awaited) return 'refreshing';
  if (rest.failure !== undefined && holding.spent && !holding.cooling) {
    return rest.final ? 'failed' : 'unavailable';
  }
  return holding.present ? 'active' : 'unknown';
}
