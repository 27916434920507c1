import type { FailureKind } from '../model/failure.ts';
import type { Profile } from './profile.ts';
import type { ResolvedProfile } from './resolve-profile.ts';
import { resolveProfile } from './resolve-profile.ts';

/** What to do about each kind where neither verdict nor profile knows better (F10). */
const GENERAL: Readonly<Record<FailureKind | 'outcomeUnknown', string>> = {
  unauthenticated:
    'Get a new token or sign in again; if a new token is refused too, check that it belongs to this environment.',
  forbidden:
    'Give the user or client the permission that this operation needs; a new token does not change it.',
  not_found: 'Check the identifier and the address that were asked for.',
  bad_input: 'Correct the operation or its variables before sending it again.',
  conflict: 'Read the current state, then decide whether the operation still makes sense.',
  rate_limited: 'Send fewer requests, and none before the named instant.',
  locked: 'Wait until whoever holds the resource has let it go, then try again.',
  unavailable: 'Try again later; the service or something in front of it is down or overloaded.',
  server_error: 'Try again later; if it goes on, tell whoever runs the API.',
  bad_response:
    'Look at the raw answer: something between here and the API, such as a sign-in page or proxy, answered in its place.',
  network:
    'Check the connection and the address; the server could not be reached or the line broke.',
  timeout: 'Try again, with a simpler operation or a longer limit if it goes on.',
  aborted: 'Nothing needs doing: the operation was ended on purpose.',
  unknown: 'Read the message and code, and teach the profile what they mean.',
  outcomeUnknown:
    'Look up whether the operation took effect before sending it again; it may have run.',
};

/**
 * The sentence for a kind, or for a mutation that may have run: the profile's own, else its parents',
 * else the general one.
 *
 * @example
 * adviceFor('outcomeUnknown', tbint); // names the look-up that finds an order by the caller's own id
 */
export function adviceFor(kind: FailureKind | 'outcomeUnknown', profile: Profile): string {
  return adviceIn(kind, resolveProfile(profile));
}

/** The same, for a profile that is resolved already. */
export function adviceIn(kind: FailureKind | 'outcomeUnknown', profile: ResolvedProfile): string {
  return profile.advice.get(kind) ?? GENERAL[kind];
}
