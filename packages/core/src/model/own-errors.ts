import { sharedByCopies } from './shared-by-copies.ts';
import type { Failure } from './failure.ts';

/**
 * The errors that we have made, with what they mean: for all copies of the package. Nothing else tells
 * them: a server can send an object of any shape (F11b).
 */
export const ownErrors: () => WeakMap<object, Failure> = sharedByCopies(
  'holdfast.errors',
  (): WeakMap<object, Failure> => new WeakMap(),
);
