import { useMemo, useSyncExternalStore } from 'react';
import type { CSSProperties, HTMLAttributes, ReactElement, ReactNode } from 'react';
import { useResilience } from './context.ts';
import { checkLook, classNames, Look } from './look.tsx';
import { IDLE } from './standing.ts';
import type { Standing } from './standing.ts';
import { statusBoard } from './status-board.ts';
import { hasNumbers, sentence } from './status-words.ts';
import type { StatusDetail, StatusWords } from './status-words.ts';
import { useCountdown, wholeMinutes } from './use-countdown.ts';

/** What {@link ResilienceStatus} takes; `className`, `style`, `lang` and the like go to its element. */
export interface ResilienceStatusProps extends Omit<
  HTMLAttributes<HTMLSpanElement>,
  'children' | 'role' | 'aria-live' | 'aria-atomic'
> {
  /** Other words than the English ones. What is left out stays English. */
  readonly words?: Partial<StatusWords> | undefined;
  /**
   * A look, where it is to have one: `floating` at the lower edge of the window, over the page; `inline` where it
   * stands, in a place of its own height. Neither moves anything when it begins to speak. Default: none, a
   * bare `span`. `nonce` is for the style that comes with it.
   */
  readonly look?: 'floating' | 'inline' | undefined;
  /**
   * Shown in place of the visible words, beside the spoken ones: given what is waited for, and the sentence
   * for it, which is empty when nothing is. Calls no attention to itself: a screen reader hears the sentence.
   */
  readonly children?: ((detail: StatusDetail, sentence: string) => ReactNode) | undefined;
}

/**
 * Says in words what is waited for, and until when: "Busy right now: continues in 12 s". Nothing, when nothing
 * is. What is over within 400 ms is not worth a word; what is said stays for 600 ms at least, by the clock of
 * the instance. Without a `look` it has none, and takes no room while it is empty.
 *
 * Screen readers hear of a wait when it begins, and then each half minute; the seconds in between are shown,
 * and not announced (V3).
 *
 * @throws Error where there is no `ResilienceProvider` above.
 * @throws TypeError where `look` is none that there is.
 *
 * @example
 * <ResilienceStatus look="floating" />
 * <ResilienceStatus className="status" />
 * <ResilienceStatus words={{ offline: 'Kein Netz', limited: ({ seconds }) => `Weiter in ${seconds} s` }} />
 * <ResilienceStatus>{({ kind }, sentence) => <Banner icon={kind}>{sentence}</Banner>}</ResilienceStatus>
 */
export function ResilienceStatus({
  words = {},
  look,
  children,
  ...rest
}: ResilienceStatusProps): ReactElement {
  checkLook('ResilienceStatus', look, LOOKS);
  const standing = useStanding();
  const isCounted = children !== undefined || hasNumbers(standing.kind, words);
  const seconds = useCountdown(isCounted ? standing.until : undefined);
  const detail: StatusDetail = { ...standing, seconds };
  const shown = sentence(detail, words);
  const spoken = sentence({ ...standing, seconds: spokenSeconds(standing, seconds) }, words);
  if (children === undefined) {
    const status = (
      <span
        {...rest}
        {...(look === undefined ? undefined : lookOf(look, detail, rest.className))}
        role="status"
        aria-live="polite"
        aria-atomic="true"
      >
        {/* One text for eyes and ears: a second that passes is shown, and not announced. */}
        {shown !== '' && <span aria-live={shown === spoken ? undefined : 'off'}>{shown}</span>}
      </span>
    );
    if (look === undefined) return status;
    return (
      <>
        <Look nonce={rest.nonce} />
        {status}
      </>
    );
  }
  return (
    <>
      <span {...rest} role="status" aria-live="polite" aria-atomic="true">
        {spoken !== '' && <span style={UNSEEN}>{spoken}</span>}
      </span>
      {children(detail, shown)}
    </>
  );
}

const LOOKS = ['floating', 'inline'];

/** Where nothing goes on before a person does something, nothing moves. */
const STILL: readonly Standing['kind'][] = ['idle', 'offline', 'sign-in', 'signed-out'];

function lookOf(
  look: 'floating' | 'inline',
  { kind }: Standing,
  className: string | undefined,
): object {
  return {
    className: classNames('status', className),
    'data-look': look,
    'data-moves': !STILL.includes(kind),
  };
}

function useStanding(): Standing {
  const resilience = useResilience();
  const { subscribe, get } = useMemo(() => statusBoard(resilience), [resilience]);
  return useSyncExternalStore(subscribe, get, idle);
}

const idle = (): Standing => IDLE;

/** How many seconds pass before a screen reader is told again how many are left. */
const SPOKEN_EACH = 30;

/** The seconds that are spoken: those at the beginning, and later ones now and then. */
function spokenSeconds(
  { since = 0, until = 0 }: Standing,
  seconds: number | undefined,
): number | undefined {
  if (seconds === undefined) return undefined;
  const atFirst = Math.ceil((until - since) / 1_000);
  const told = Math.max(0, Math.floor((atFirst - seconds) / SPOKEN_EACH)) * SPOKEN_EACH;
  return wholeMinutes(atFirst - told);
}

/** There for screen readers alone. */
const UNSEEN: CSSProperties = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
};
