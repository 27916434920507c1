import type { SessionState } from '../model/state.ts';
import type { Holding } from './holding.ts';
import type { Refresher } from './refresher.ts';

/** What a session shows of itself. */
export function sessionState(holding: Holding, refresher: Refresher): SessionState {
  const { generation, expiresAt } = holding;
  const { failure } = refresher.rest;
  return {
    status: statusOf(holding, refresher),
    generation,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function statusOf(holding: Holding, { awaited, rest }: Refresher): SessionState['status'] {
  if (holding.signedOut) return 'signed-out';
  if (awaited) return 'refreshing';
  if (rest.failure !== undefined && holding.spent) return 'failed';
  return holding.tokens === undefined ? 'unknown' : 'active';
}
