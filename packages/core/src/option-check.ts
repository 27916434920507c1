import type { Check } from './base/check.ts';
import {
  hasMethods,
  isFlag,
  isFunction,
  isNumber,
  isOneOf,
  isText,
  must,
  orFalse,
  shape,
} from './base/check.ts';
import type { OperationInfo } from './base/operation.ts';
import { copied, isHeaderName } from './base/tokens.ts';
import { defineProfile } from './failure/profile.ts';
import type { Profile } from './failure/profile.ts';
import type { ResilienceOptions } from './options.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What is wrong with an operation's own options; in development builds alone (X5). */
export function operationFault({ name, options }: OperationInfo): string | undefined {
  const isOperation = shape({
    retry: isFlag,
    idempotent: isFlag,
    auth: isFlag,
    timeout: isNumber('number', 'of at least', 0),
    scope: isText,
  });
  const fault = isOperation(options, 'resilience');
  const whose = name === undefined ? 'An operation' : `Operation ${name}`;
  return fault === undefined ? undefined : `${whose}: ${fault}.`;
}

/**
 * For adapters: checks what one is given as its instance, in a development build alone (X5).
 *
 * @param adapter how it is called, as `new ResilienceLink()`.
 * @throws TypeError One sentence that names the adapter and what it was given.
 */
export function checkInstance(instance: unknown, adapter: string): void {
  if (process.env.NODE_ENV !== 'production') {
    const isWhole = hasMethods(['execute', 'subscribe', 'dispose']);
    const isInstance = must(
      'given an instance, as createResilience() returns it',
      (value) => isWhole(value, '') === undefined,
    );
    const fault = isInstance(instance, adapter);
    if (fault !== undefined) throw new TypeError(`${fault}.`);
  }
}

/** @throws TypeError where an option is none, or has a value that is not allowed (X5). */
export function checkOptions(options: ResilienceOptions): void {
  const isDuration = isNumber('number', 'above', 0);
  const isLeast0 = isNumber('finite number', 'of at least', 0);
  const isCount = isNumber('whole number', 'of at least', 0);
  const isAttempts = isNumber('whole number', 'of at least', 1);
  const orEndless =
    (check: Check): Check =>
    (value, path) =>
      value === Infinity ? undefined : check(value, path);
  const isOptions = shape(
    {
      profile: (profile, path) => {
        try {
          defineProfile(profile as Profile);
          return undefined;
        } catch (error) {
          // Its own sentence, of which this one is made.
          return (error as Error).message.replace(/^Profile/, path).replace(/\.$/, '');
        }
      },
      auth: shape({
        tokens: (tokens, path) => {
          const copy = typeof tokens === 'function' ? undefined : copied(tokens);
          return typeof copy === 'string' ? `${path}: ${copy}` : undefined;
        },
        refresh: isFunction,
        headers: isFunction,
        lifetime: isDuration,
        refreshAhead: isNumber('number', 'of at least', 0),
        refreshTimeout: isDuration,
      }),
      retry: orFalse(
        shape({
          attempts: isAttempts,
          backoff: shape({
            transient: isLeast0,
            throttled: isLeast0,
            locked: isLeast0,
            factor: isNumber('finite number', 'of at least', 1),
            cap: isLeast0,
          }),
          budget: orFalse(
            shape({ capacity: isLeast0, transientCost: isLeast0, throttledCost: isLeast0 }),
          ),
          mutations: isOneOf(['safe', 'never', 'always']),
          idempotencyKey: must('the name of a header', isHeaderName),
          when: isFunction,
        }),
      ),
      rateLimit: orFalse(
        shape({
          maxWait: isNumber('number', 'of at least', 0),
          queue: orEndless(isCount),
          concurrency: orEndless(isAttempts),
          spread: must(
            'a number from 0 to 1',
            (value) => typeof value === 'number' && value >= 0 && value <= 1,
          ),
          scope: isFunction,
        }),
      ),
      outage: orFalse(
        shape({
          patience: isNumber('number', 'of at least', 0),
          probe: shape({
            base: isLeast0,
            factor: isNumber('finite number', 'of at least', 1),
            cap: isLeast0,
          }),
        }),
      ),
      timeout: shape({ attempt: isDuration, total: isDuration }),
      share: hasMethods(['read', 'replace'], ['lease', 'closeUntil', 'subscribe']),
      onEvent: isFunction,
      clock: hasMethods(['monotonic', 'wall', 'after']),
      random: isFunction,
      online: hasMethods(['get', 'subscribe']),
    },
    [],
    'options',
  );
  const complaint = isOptions(options, '');
  if (complaint !== undefined) throw new TypeError(`createResilience: ${complaint}.`);
}
