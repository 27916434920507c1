import type { Failure } from '@holdfast/core';
import { useId, useState, useSyncExternalStore } from 'react';
import type { HTMLAttributes, ReactElement, ReactNode } from 'react';
import { useResilience } from './context.ts';
import { isRepeatable, situationOf, textOf, wordsWith } from './failure-words.ts';
import type { FailureSituation, FailureText, FailureWords } from './failure-words.ts';
import { checkLook, classNames, Look } from './look.tsx';
import { useSession } from './readables.ts';
import { useCountdown } from './use-countdown.ts';
import { useFailure } from './use-failure.ts';

/** What {@link FailureMessage} takes; `className`, `style`, `lang` and the like go to its element. */
export interface FailureMessageProps extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  /** `error` of a hook of Apollo Client or urql, or what was thrown. Without one, nothing is shown. */
  readonly error: unknown;
  /** What the error means, where that is known already, as in a boundary's fallback. */
  readonly failure?: Failure | undefined;
  /**
   * Sends again. It is offered where the same may come out otherwise: not for what the server does not accept
   * or allow, not before somebody has signed in where only that helps, and never where a change may have been
   * made already. While a promise that it returns is pending,
   * that is said; what it rejects with is expected to come as the next `error`.
   */
  readonly retry?: (() => unknown) | undefined;
  /** Whether it is being sent again: urql's `fetching`, or `retrying` of a boundary's fallback. */
  readonly retrying?: boolean | undefined;
  /** Leads to a sign-in. It is offered where only that helps. */
  readonly signIn?: (() => void) | undefined;
  /** Other words than the English ones. What is left out stays English. */
  readonly words?: Partial<FailureWords> | undefined;
  /** A look, where it is to have one. Default: none. `nonce` is for the style that comes with it. */
  readonly look?: 'card' | undefined;
  /** Shown in place of all of it, given what there is to say and to do. It speaks for itself. */
  readonly children?: ((detail: FailureDetail) => ReactNode) | undefined;
}

/** What a failure message consists of. */
export interface FailureDetail extends FailureText {
  readonly failure: Failure;
  readonly situation: FailureSituation;
  /** When it can be tried again, as a sentence, where the server has named an instant that has not passed. */
  readonly later?: string | undefined;
  /** Until then; in whole minutes above two of them. */
  readonly seconds?: number | undefined;
  /** Sends again; does nothing before its time. `undefined` where it is not offered. */
  readonly retry?: (() => void) | undefined;
  readonly retrying: boolean;
  /** `undefined` where no sign-in helps. */
  readonly signIn?: (() => void) | undefined;
}

/**
 * Says in a user's words what happened, when it can go on, and what can be done: with a button to send again
 * where that is of use, or to sign in where only that is. Screen readers hear what happened, once; the seconds
 * that count down are shown alone. Nothing of what a server wrote is shown.
 *
 * @throws Error where there is no `ResilienceProvider` above.
 * @throws TypeError where `look` is none that there is.
 *
 * @example
 * const { data, error, refetch } = useQuery(ORDERS);
 * if (error) return <FailureMessage look="card" error={error} retry={refetch} />;
 *
 * @example
 * <FailureBoundary fallback={(caught) => <FailureMessage look="card" {...caught} />}>
 */
export function FailureMessage({
  error,
  failure: known,
  retry,
  retrying = false,
  signIn,
  words,
  look,
  children,
  ...rest
}: FailureMessageProps): ReactElement | null {
  checkLook('FailureMessage', look, LOOKS);
  const { online } = useResilience();
  const { status } = useSession();
  const read = useFailure(error);
  const failure = known ?? read;
  const isOnline = useSyncExternalStore(online.subscribe, online.get, isOnlineThere);
  const seconds = useCountdown(failure?.retryAt);
  const [isSent, send] = useSending(retry);
  const described = useId();
  if (failure === undefined) return null;

  const used = wordsWith(words);
  const situation = situationOf(failure, isOnline);
  const isTrying = retrying || isSent;
  // Who has signed in meanwhile can send again what failed before.
  const isSignedIn = situation === 'unauthenticated' && status === 'active';
  const offered = retry !== undefined && (isSignedIn || isRepeatable(situation));
  const detail: FailureDetail = {
    ...textOf(situation, failure, used),
    failure,
    situation,
    seconds,
    later: seconds === undefined || !isRepeatable(situation) ? undefined : used.later(seconds),
    retry: offered ? () => (isTrying || seconds !== undefined ? undefined : send()) : undefined,
    retrying: isTrying,
    signIn: situation === 'unauthenticated' ? signIn : undefined,
  };
  if (children !== undefined) return <>{children(detail)}</>;
  const { title, hint, later } = detail;
  const message = (
    <div
      {...rest}
      className={look === undefined ? rest.className : classNames('failure', rest.className)}
    >
      <div role="alert">
        <p>
          <strong>{title}</strong>
        </p>
        {hint === undefined ? null : <p>{hint}</p>}
      </div>
      {later === undefined ? null : <p id={described}>{later}</p>}
      <Actions {...detail} words={used} describedBy={later === undefined ? undefined : described} />
    </div>
  );
  if (look === undefined) return message;
  return (
    <>
      <Look nonce={rest.nonce} />
      {message}
    </>
  );
}

const LOOKS = ['card'];

interface ActionsProps extends FailureDetail {
  readonly words: FailureWords;
  readonly describedBy: string | undefined;
}

function Actions(props: ActionsProps): ReactElement | null {
  const { retry, retrying, seconds, signIn, words, describedBy } = props;
  if (retry === undefined && signIn === undefined) return null;
  return (
    <div>
      {signIn === undefined ? null : (
        <button type="button" onClick={() => signIn()}>
          {words.signIn}
        </button>
      )}
      {retry === undefined ? null : (
        // Whoever has it in focus keeps it there: a button that is disabled altogether lets go of it.
        <button
          type="button"
          onClick={() => retry()}
          aria-disabled={retrying || seconds !== undefined}
          aria-describedby={describedBy}
        >
          {retrying ? words.retrying : words.retry}
        </button>
      )}
    </div>
  );
}

/** Sends, and tells whether the promise that came of it is pending. */
function useSending(retry: (() => unknown) | undefined): readonly [boolean, () => void] {
  const [pending, setPending] = useState(0);
  const send = (): void => {
    const sent = retry?.();
    if (!isPromise(sent)) return;
    setPending((count) => count + 1);
    const settled = (): void => setPending((count) => count - 1);
    // Whoever asked again hears of a rejection as of the failure before: by the `error` of its hook.
    sent.then(settled, settled);
  };
  return [pending > 0, send];
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

/** A server has a network; so has a page that is being taken over. */
const isOnlineThere = (): boolean => true;
