import type { Signal } from '../model/signal.ts';
import type { Profile } from './profile.ts';
import { reader } from './headers.ts';
import { isZero, serverClock } from './hint.ts';
import { rateLimitWait } from './rate-limit-field.ts';
import { resolveProfile } from './resolve-profile.ts';
import { plainNumber, waitOf } from './wait-number.ts';

/**
 * Milliseconds until the next request makes sense, where an answer says that nothing is left: W8. A
 * success says so too, before a 429 has to. Read are `RateLimit` with `r=0` and `t`, and the fields that
 * the profile trusts (`quota`); of several the longest wait counts.
 *
 * @example
 * exhausted({ status: 200, headers: { ratelimit: '"hour";r=0;t=30' }, data: {} }, graphqlOverHttp); // 30000
 */
export function exhausted(signal: Signal, profile: Profile): number | undefined {
  try {
    if (signal.headers === undefined) return undefined;
    const header = reader(signal.headers);
    let longest = rateLimitWait(header('ratelimit'));
    for (const { remaining, reset, unit = 'auto' } of resolveProfile(profile).quota) {
      if (!isZero(header(remaining))) continue;
      const now = signal.now ?? Date.now();
      const wait = waitOf(plainNumber(header(reset)), unit, serverClock(header, now));
      if (wait !== undefined && wait > (longest ?? -1)) longest = wait;
    }
    // A stored answer tells of a quota that was (RateLimit draft, section 6).
    return longest === undefined || Number(header('age')) > 0 ? undefined : longest;
  } catch {
    return undefined;
  }
}
