import type { Scenario } from '../scenario.ts';
import { lockedOut, longLimit, resetHeader } from './limits.ts';
import {
  burstOf500,
  lostAnswer,
  offline,
  partialData,
  refusedMutation,
  silence,
} from './outages.ts';
import {
  deadTokenAs403,
  expiredToken,
  lateRejection,
  missingPermission,
  tokenEndpointTroubled,
  wrongSecret,
} from './tokens.ts';

/** What a new user most wants to see. */
export const scenarios: readonly Scenario[] = [
  expiredToken,
  lateRejection,
  tokenEndpointTroubled,
  wrongSecret,
  resetHeader,
  longLimit,
  lockedOut,
  deadTokenAs403,
  missingPermission,
  burstOf500,
  silence,
  partialData,
  lostAnswer,
  refusedMutation,
  offline,
];
