import { classify, failureOf } from '@holdfast/core';
import type { Failure, Profile } from '@holdfast/core';

/** Failures that were read from the shape of an error: the same error leads to the same failure. */
const read = new WeakMap<Profile, WeakMap<object, Failure>>();

/** The failure of an error: the one that it was delivered with, else what its shape says. */
export function failureBehind(error: unknown, profile: Profile): Failure | undefined {
  if (error === undefined || error === null) return undefined;
  return failureOf(error) ?? byShape(error, profile);
}

/**
 * The failure of what a component threw, which may have nothing to do with any API. Of an error that was not
 * delivered here, and whose shape says nothing, nobody can know.
 */
export function failureThrown(error: unknown, profile: Profile): Failure | undefined {
  const failure = failureBehind(error, profile);
  const isForeign = failure?.kind === 'unknown' && failure.source === 'client';
  return isForeign && failureOf(error) === undefined ? undefined : failure;
}

function byShape(error: unknown, profile: Profile): Failure | undefined {
  if (typeof error !== 'object' || error === null) return classify({ error }, profile);
  let known = read.get(profile);
  if (known === undefined) {
    known = new WeakMap();
    read.set(profile, known);
  }
  const failure = known.get(error) ?? classify({ error }, profile);
  if (failure !== undefined) known.set(error, failure);
  return failure;
}
