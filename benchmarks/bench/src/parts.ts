import { addedTime } from './added-time/added-time.ts';
import { expiredToken } from './expired-token/expired-token.ts';
import { firstQuery } from './first-query/first-query.ts';
import { memory } from './memory/memory.ts';
import type { Part } from './part.ts';
import { sizes } from './sizes/sizes.ts';

/** In the order in which they are run and reported. */
export const parts: readonly Part[] = [sizes, memory, addedTime, expiredToken, firstQuery];
