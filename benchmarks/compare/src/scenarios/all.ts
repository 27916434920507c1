import type { Scenario } from '../scenario.ts';
import type { Stack } from '../stack.ts';
import { stacks, tokenStacks } from '../stacks/all.ts';
import { endings } from './endings.ts';
import { limits } from './limits.ts';
import { mutations } from './mutations.ts';
import { outages } from './outages.ts';
import { tokens } from './tokens.ts';

/** Scenarios that belong together, and who takes part. */
export interface Chapter {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
  readonly stacks: readonly Stack[];
}

export const chapters: readonly Chapter[] = [
  { title: 'Tokens', scenarios: tokens, stacks: tokenStacks },
  { title: 'Limits', scenarios: limits, stacks },
  { title: 'Outages and failures', scenarios: outages, stacks },
  { title: 'Mutations', scenarios: mutations, stacks },
  { title: 'Giving up, and mistakes', scenarios: endings, stacks },
];
