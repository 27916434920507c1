import type { Failure, Profile } from '@holdfast/core';
import { Component, startTransition } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { useResilience } from './context.ts';
import { failureThrown } from './failure-behind.ts';
import { Trial } from './trial.ts';

/** What a fallback is shown with. */
export interface FallbackProps {
  readonly failure: Failure;
  /** What was thrown, as it is. */
  readonly error: unknown;
  /** Sends again, and shows the children once there is something to show. A second click does nothing. */
  readonly retry: () => void;
  /** From a `retry` until the children, or another failure, are shown. */
  readonly retrying: boolean;
}

/** What {@link FailureBoundary} takes. */
export interface FailureBoundaryProps {
  /** Shown in place of the children once one of them has thrown a failure. */
  readonly fallback: ReactNode | ((props: FallbackProps) => ReactNode);
  /** Called before each `retry`: to replace a promise that the application itself has kept, for example. */
  readonly onRetry?: ((failure: Failure, error: unknown) => void) | undefined;
  readonly children?: ReactNode;
}

/**
 * Catches the failures that components below throw: Suspense queries of Apollo Client and urql, `use()`, a
 * `throw error` by hand. An error that is no failure, such as a bug in a render, goes on to the next
 * boundary (V4).
 *
 * `retry` sends again what failed. It waits as every operation does: for the network, for a token, for a
 * rate limit; the fallback stays until then, with `retrying`. Of several components that failed below, all are
 * sent. A mutation never is. To start anew when the page changes, give the boundary a `key`.
 *
 * @throws Error where there is no `ResilienceProvider` above.
 *
 * @example
 * <FailureBoundary
 *   fallback={({ failure, retry, retrying }) => (
 *     <p>
 *       {failure.kind === 'forbidden' ? 'This is not yours to see.' : 'Orders cannot be loaded.'}
 *       <button onClick={retry} disabled={retrying}>Try again</button>
 *     </p>
 *   )}
 * >
 *   <Suspense fallback="Loading"><Orders /></Suspense>
 * </FailureBoundary>
 */
export function FailureBoundary(props: FailureBoundaryProps): ReactElement {
  const { profile } = useResilience();
  return <Boundary {...props} profile={profile} />;
}

interface BoundaryProps extends FailureBoundaryProps {
  readonly profile: Profile;
}

interface BoundaryState {
  readonly caught: { readonly error: unknown } | undefined;
  readonly retrying: boolean;
}

class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { caught: undefined, retrying: false };
  /** The last one: what had failed before it, and comes up only afterwards, is sent for it too. */
  #trial: Trial | undefined;
  #isUnderWay = false;
  #isMounted = false;

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { caught: { error } };
  }

  override componentDidMount(): void {
    this.#isMounted = true;
  }

  override componentWillUnmount(): void {
    this.#isMounted = false;
  }

  override componentDidCatch(error: unknown): void {
    if (this.#trial?.take(error, this.props.profile, this.#show) === true) return this.#begin();
    this.#end();
  }

  override componentDidUpdate(): void {
    if (this.state.caught === undefined) this.#end();
  }

  readonly #retry = (): void => {
    const { caught } = this.state;
    if (caught === undefined || this.#isUnderWay) return;
    const failure = failureThrown(caught.error, this.props.profile);
    if (failure !== undefined) this.props.onRetry?.(failure, caught.error);
    this.#trial = new Trial();
    this.#begin();
    this.#trial.take(caught.error, this.props.profile, this.#show);
  };

  #begin(): void {
    this.#isUnderWay = true;
    this.setState({ retrying: true });
  }

  #end(): void {
    if (!this.#isUnderWay) return;
    this.#isUnderWay = false;
    this.setState({ retrying: false });
  }

  /** Shows the children again. Where they have to wait first, the fallback stays until then. */
  readonly #show = (): void => {
    if (!this.#isMounted) return;
    startTransition(() => this.setState({ caught: undefined }));
  };

  override render(): ReactNode {
    const { caught, retrying } = this.state;
    const { fallback, children, profile } = this.props;
    if (caught === undefined) return children;
    const { error } = caught;
    const failure = failureThrown(error, profile);
    if (failure === undefined) throw error;
    return typeof fallback === 'function'
      ? fallback({ failure, error, retry: this.#retry, retrying })
      : fallback;
  }
}
