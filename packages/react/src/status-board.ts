import type { Cancel, Readable, Resilience } from '@holdfast/core';
import { IDLE, isSame, standingOf } from './standing.ts';
import type { Standing } from './standing.ts';

/**
 * Milliseconds that trouble lasts before anybody is told: most of it is over by then. And so long calm lasts
 * before trouble is over: in between an attempt may be under way that fails again.
 */
const SETTLED = 400;

/** Milliseconds that a sentence stays at least: what comes and goes faster cannot be read, and alarms. */
const SHOWN_FOR = 600;

/** Milliseconds within which a picture may not have been drawn yet. */
const FRAME = 16;

/**
 * What a status shows of an instance, steadied: trouble is shown once it has lasted, whatever it consists of
 * meanwhile, and what is shown stays for a moment before another thing, or nothing, takes its place (V3). New
 * numbers of the same thing are shown at once. The same object until it is another one.
 *
 * It follows the instance, and runs a timer, only while somebody listens; who comes back finds nothing shown.
 */
export function statusBoard(resilience: Resilience): Readable<Standing> {
  const { clock, online, session, limits, activity } = resilience;
  const listeners = new Set<() => void>();
  let shown = IDLE;
  /** When this kind of thing was first shown, and whether it took the place of another: all instants monotonic. */
  let shownAt = 0;
  let isSuccessor = false;
  let troubledSince: number | undefined;
  let calmSince: number | undefined;
  let timer: Cancel | undefined;
  let ends: readonly (() => void)[] = [];

  /** @param rung the instant that a timer was set for, which has come whatever the clock says (P1). */
  function look(rung = -Infinity): void {
    timer?.();
    timer = undefined;
    const standing = standingOf(resilience);
    const now = clock.monotonic();
    if (standing.kind === 'idle') calmSince ??= now;
    else {
      if (calmSince !== undefined && now - calmSince >= SETTLED) troubledSince = undefined;
      calmSince = undefined;
      troubledSince ??= now;
    }
    const due = dueOf(standing, now);
    if (Math.max(now, rung) < due) {
      // Idle: a status keeps no process alive.
      timer = clock.after(due - now, () => look(due), true);
    } else if (!isSame(standing, shown)) {
      if (standing.kind !== shown.kind) {
        shownAt = now;
        isSuccessor = shown.kind !== 'idle';
      }
      shown = standing.kind === 'idle' ? IDLE : { ...standing, since: clock.wall() };
      for (const listener of Array.from(listeners)) listener();
    }
  }

  /** The instant from which a standing may be shown. */
  function dueOf({ kind }: Standing, now: number): number {
    if (kind === shown.kind) return now;
    if (shown.kind === 'idle') return (troubledSince ?? now) + SETTLED;
    // Several things change one after the other where one has come to an end: what lies between is not seen.
    const isUnseen = isSuccessor && now - shownAt < FRAME;
    const seen = isUnseen ? now : shownAt + SHOWN_FOR;
    // Between two waits an attempt is under way, and nothing is waited for.
    const isAttempt = kind === 'idle' && shown.kind === 'retrying';
    return isAttempt ? Math.max(seen, (calmSince ?? now) + SETTLED) : seen;
  }

  function begin(): void {
    const changed = (): void => look();
    ends = [online, session, limits, activity].map(({ subscribe }) => subscribe(changed));
    look();
  }

  function end(): void {
    for (const each of ends) each();
    timer?.();
    timer = troubledSince = calmSince = undefined;
    shown = IDLE;
  }

  return {
    get: () => shown,
    subscribe: (listener) => {
      const own = (): void => listener();
      listeners.add(own);
      if (listeners.size === 1) begin();
      return () => {
        if (listeners.delete(own) && listeners.size === 0) end();
      };
    },
  };
}
