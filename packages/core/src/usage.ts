import type { Check } from './model/check.ts';
import { hasMethods, isFlag, isNumber, isText, must, shape } from './model/check.ts';
import type { OperationInfo } from './model/operation.ts';
import { ownFailure } from './model/own-failure.ts';
import { ResilienceError } from './model/resilience-error.ts';

/** In the words that bundlers look for: a production build has none of what stands behind them (X5). */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

const isOperation: Check = /* @__PURE__ */ shape({
  retry: isFlag,
  idempotent: isFlag,
  auth: isFlag,
  timeout: isNumber('number', 'of at least', 0),
  scope: isText,
});

const methodsOf: Check = /* @__PURE__ */ hasMethods(['execute', 'subscribe', 'dispose']);

const isInstance: Check = /* @__PURE__ */ must(
  'given an instance, as createResilience() returns it',
  (value) => methodsOf(value, '') === undefined,
);

/**
 * What an adapter fails an operation with, unsent, whose own options are wrong; `undefined` where they are
 * not, and in a production build.
 */
export function misuse(operation: OperationInfo): ResilienceError | undefined {
  let error: ResilienceError | undefined;
  // In Node, looking into the environment takes longer than all else.
  if (operation.options === undefined) return error;
  try {
    if (process.env.NODE_ENV !== 'production') error = misuseOf(operation);
  } catch {
    // A browser without a bundler has no `process`: nobody says that it is a development build.
  }
  return error;
}

function misuseOf({ name, options }: OperationInfo): ResilienceError | undefined {
  const fault = isOperation(options, 'resilience');
  if (fault === undefined) return undefined;
  const failure = ownFailure({
    kind: 'bad_input',
    source: 'client',
    message: `${name === undefined ? 'An operation' : `Operation ${name}`}: ${fault}.`,
    executed: false,
    attempts: 0,
    stopped: 'not_retryable',
    advice: 'Correct what the context of the operation says under `resilience`.',
  });
  return new ResilienceError(failure);
}

/**
 * Checks what an adapter is given as its instance; in a development build alone.
 *
 * @param adapter how it is called, as `new ResilienceLink`.
 * @throws TypeError One sentence that names the adapter and what it was given.
 */
export function checkInstance(instance: unknown, adapter: string): void {
  let complaint: string | undefined;
  try {
    if (process.env.NODE_ENV !== 'production') {
      const fault = isInstance(instance, adapter);
      if (fault !== undefined) complaint = `${fault}.`;
    }
  } catch {
    // As above.
  }
  if (complaint !== undefined) throw new TypeError(complaint);
}
