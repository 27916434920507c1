import { useMemo, useSyncExternalStore } from 'react';
import type { CSSProperties, HTMLAttributes, ReactElement, ReactNode } from 'react';
import { useResilience } from './context.ts';
import { IDLE, standingBoard } from './standing.ts';
import type { Standing } from './standing.ts';
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
   * Shown in place of the visible words, beside the spoken ones: given what is waited for, and the sentence
   * for it, which is empty when nothing is. Calls no attention to itself: a screen reader hears the sentence.
   */
  readonly children?: ((detail: StatusDetail, sentence: string) => ReactNode) | undefined;
}

/**
 * Says in words what is waited for, and until when: "Too many requests: continues in 12 s". Nothing, when
 * nothing is. It has no look of its own, and takes no room while it is empty.
 *
 * Screen readers hear of a wait when it begins, and then each half minute; the seconds in between are shown,
 * and not announced (V3).
 *
 * @throws Error where there is no `ResilienceProvider` above.
 *
 * @example
 * <ResilienceStatus className="status" />
 * <ResilienceStatus words={{ offline: 'Kein Netz', limited: ({ seconds }) => `Weiter in ${seconds} s` }} />
 * <ResilienceStatus>{({ kind }, sentence) => <Banner icon={kind}>{sentence}</Banner>}</ResilienceStatus>
 */
export function ResilienceStatus({
  words = {},
  children,
  ...rest
}: ResilienceStatusProps): ReactElement {
  const standing = useStanding();
  const isCounted = children !== undefined || hasNumbers(standing.kind, words);
  const seconds = useCountdown(isCounted ? standing.until : undefined);
  const detail: StatusDetail = { ...standing, seconds };
  const shown = sentence(detail, words);
  const spoken = sentence({ ...standing, seconds: spokenSeconds(standing, seconds) }, words);
  if (children === undefined) {
    // One text for eyes and ears: a second that passes is shown, and not announced.
    return (
      <span
        {...rest}
        role="status"
        aria-live={shown === spoken ? 'polite' : 'off'}
        aria-atomic="true"
      >
        {shown}
      </span>
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

function useStanding(): Standing {
  const resilience = useResilience();
  const { subscribe, get } = useMemo(() => standingBoard(resilience), [resilience]);
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
