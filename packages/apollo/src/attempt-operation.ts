import type { ApolloLink } from '@apollo/client/link';

type Context = Readonly<ApolloLink.OperationContext>;
type Patch = Partial<ApolloLink.OperationContext>;

/** One attempt's own view of an operation. */
export interface AttemptOperation {
  /** What the links below are given. */
  readonly operation: ApolloLink.Operation;
  /** The response that has come since the last call; headers count once, however much streams in after them. */
  response(): unknown;
  /** From now on nothing that the links below write reaches the operation. */
  end(): void;
}

/**
 * Gives an attempt an operation with a context of its own. Apollo shares one operation among all attempts:
 * written there, our headers would outlast the attempt (R7), and the response of an attempt that was given
 * up could be taken for that of the next (A5).
 *
 * What links below write reaches the operation too, for links above to read; headers do not, since ours are
 * among them.
 */
export function attemptOperation(
  operation: ApolloLink.Operation,
  headers: Readonly<Record<string, string>>,
): AttemptOperation {
  const before = operation.getContext();
  // Links above do not believe an earlier attempt's response either.
  if (before['response'] !== undefined) operation.setContext({ response: undefined });
  let context: Context = { ...before, ...signed(before, headers), response: undefined };
  let ended = false;
  let heard: unknown;

  const getContext = (): Context => Object.freeze({ ...context });
  const setContext = (next: Patch | ((previous: Context) => Patch)): void => {
    const patch = typeof next === 'function' ? next(getContext()) : next;
    context = { ...context, ...patch };
    if (ended) return;
    const { headers: _ours, ...shared } = { ...patch };
    operation.setContext(shared);
  };

  const own = { ...operation };
  // Not enumerable, as Apollo has them.
  Object.defineProperties(own, {
    getContext: { value: getContext, enumerable: false },
    setContext: { value: setContext, enumerable: false },
    client: { get: () => operation.client, enumerable: false },
  });
  return {
    operation: own,
    response: () => {
      const { response } = context as { readonly response?: unknown };
      if (response === heard) return undefined;
      heard = response;
      return response;
    },
    end: () => {
      ended = true;
    },
  };
}

/** The context's headers with ours among them; ours win in whatever case the others are written. */
function signed(context: Context, headers: Readonly<Record<string, string>>): Patch {
  const ours = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  if (ours.size === 0) return {};
  const given = Object.entries<string>({ ...context['headers'] });
  const kept = given.filter(([name]) => !ours.has(name.toLowerCase()));
  return { headers: { ...Object.fromEntries(kept), ...headers } };
}
