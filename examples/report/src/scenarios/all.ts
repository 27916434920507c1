import type { Scenario } from '../scenario.ts';
import { lockedOut, longLimit, resetHeader } from './limits.ts';
import {
  apiDown,
  burstOf500,
  deepError,
  lostAnswer,
  offline,
  partialData,
  refusedMutation,
  silence,
} from './outages.ts';
import {
  anotherUser,
  deadTokenAs403,
  expiredToken,
  lateRejection,
  missingPermission,
  tokenEndpointDown,
  tokenEndpointTroubled,
  wrongEnvironment,
  wrongSecret,
} from './tokens.ts';

/** What a new user most wants to see. */
export const scenarios: readonly Scenario[] = [
  expiredToken,
  lateRejection,
  tokenEndpointTroubled,
  tokenEndpointDown,
  wrongSecret,
  wrongEnvironment,
  anotherUser,
  resetHeader,
  longLimit,
  lockedOut,
  deadTokenAs403,
  missingPermission,
  burstOf500,
  apiDown,
  silence,
  partialData,
  lostAnswer,
  deepError,
  refusedMutation,
  offline,
];
