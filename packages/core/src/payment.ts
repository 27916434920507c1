import type { Core } from './core.ts';
import type { Decision } from './decision.ts';
import type { Ledger } from './ledger.ts';

/** Notes what is spent on going on; `false` where the budget does not allow it (R4, R5). */
export function pay(
  { budget, events, settings }: Core,
  ledger: Ledger,
  decision: Exclude<Decision, { type: 'deliver' }>,
): boolean {
  const replay = decision.type === 'replay';
  const free = replay && ledger.replays === 0;
  const cost = free ? 0 : settings.costs[replay ? 'transient' : decision.cost];
  if (budget?.spend(cost) === false) {
    events.emit('budget_empty', { tokens: budget.tokens, cost });
    return false;
  }
  if (replay) ledger.replay(decision.refresh);
  else ledger.retry(cost);
  return true;
}
