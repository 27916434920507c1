import { addedTime } from './added-time/added-time.ts';
import { expiredToken } from './expired-token/expired-token.ts';
import { growth } from './growth/growth.ts';
import type { Part } from './part.ts';
import { sizes } from './sizes/sizes.ts';
import { waiting } from './waiting/waiting.ts';

/** In the order in which they are run and reported. */
export const parts: readonly Part[] = [addedTime, sizes, waiting, expiredToken, growth];
