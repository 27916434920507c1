import type { Failure } from '../model/failure.ts';
import { ownErrors } from '../model/own-errors.ts';
import { firstItems, isArray, property } from './property.ts';
import { sharedByCopies } from '../model/shared-by-copies.ts';

/** How far causes are followed, and how many entries are looked at (X4). */
const DEEPEST = 8;
const MOST_ENTRIES = 100;

/** One registry for all copies of the package. */
const failures = sharedByCopies('holdfast.failures', (): WeakMap<object, Failure> => new WeakMap());

/**
 * The failure behind an error that Holdfast delivered: what Apollo Client and urql hand to the user, as
 * it is, a part of it, or wrapped with `cause`. `undefined` for everything else. Never throws (R10).
 *
 * @example
 * const { error } = useQuery(ORDERS);
 * failureOf(error)?.advice; // what to do about it
 */
export function failureOf(error: unknown): Failure | undefined {
  const seen = new Set<unknown>();
  let node = error;
  while (isObject(node) && seen.size < DEEPEST && !seen.has(node)) {
    seen.add(node);
    const failure = known(node);
    if (failure !== undefined) return failure;
    node = property(node, 'cause');
  }
  return undefined;
}

/**
 * Remembers the failure of what is delivered: an error, a result with `errors`, a CombinedError. Its
 * parts lead to it too, since clients hand on parts. The last registration counts (R10).
 */
export function registerFailure(target: unknown, failure: Failure): void {
  const registry = failures();
  for (const part of [target, ...parts(target)]) if (isObject(part)) registry.set(part, failure);
}

/** The failure that an error of ours brings along, of this copy of the package or another (F11b). */
export function failureWithin(error: unknown): Failure | undefined {
  return isObject(error) ? ownErrors().get(error) : undefined;
}

function known(node: object): Failure | undefined {
  const registry = failures();
  const registered = registry.get(node);
  if (registered !== undefined) return registered;
  const own = failureWithin(node);
  if (own !== undefined) return own;
  for (const part of parts(node)) {
    const failure = isObject(part) ? (registry.get(part) ?? failureWithin(part)) : undefined;
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** The lists and entries of an error or result, its network error, and the same of a result's `error`. */
function parts(target: unknown): readonly unknown[] {
  const found: unknown[] = [];
  const error = property(target, 'error');
  for (const holder of isObject(error) ? [target, error] : [target]) {
    if (holder === error) found.push(error);
    found.push(property(holder, 'networkError'));
    for (const key of ['errors', 'graphQLErrors']) {
      const list = property(holder, key);
      // An empty list may be one constant that many results share.
      if (!isArray(list) || property(list, 'length') === 0) continue;
      found.push(list, ...firstItems(list, MOST_ENTRIES));
    }
  }
  return found;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
