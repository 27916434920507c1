import { useId } from 'react';
import type { ReactElement } from 'react';
import { DataTable } from './data-table.tsx';
import { frameOf } from './frame.ts';
import type { History } from './history.ts';
import { LaneRows } from './lane-rows.tsx';
import { Legend } from './legend.tsx';
import { PackedLanes } from './packed-lanes.tsx';
import { RequestRate } from './request-rate.tsx';
import { SessionRows } from './session-rows.tsx';
import { TIMELINE_STYLE } from './timeline-style.ts';
import { pageTime, useTicking } from './use-ticking.ts';
import { useWidth } from './use-width.ts';
import { viewOf } from './view.ts';
import type { View } from './view.ts';
import { summary } from './words.ts';

/** What {@link Timeline} takes. */
export interface TimelineProps {
  readonly history: History;
  /** What it is called: a short heading above it. */
  readonly title: string;
  /** The instant at its right edge, epoch milliseconds. Default: now, and it moves on. */
  readonly now?: number | undefined;
  /** How many milliseconds are shown. Default 30,000. */
  readonly window?: number | undefined;
  /**
   * The instant at its left edge, epoch milliseconds: it stands still then, and its axis counts seconds from there.
   * For what has a beginning. Default: the edge is `window` before `now`, and seconds are counted back from now.
   */
  readonly from?: number | undefined;
  /** How many operations are drawn, the newest ones. Default 40. */
  readonly lanes?: number | undefined;
  /**
   * Whether operations share rows, thin and without their names: all that the history keeps of this time are
   * drawn then, and the newest `lanes` of them are in the table. For pictures to compare. Default `false`.
   */
  readonly packed?: boolean | undefined;
  /**
   * How many requests a second its scale has room for at least: give those that are to be compared the same.
   * Default: as many as there are, and 4 at least.
   */
  readonly requestRoom?: number | undefined;
  /** Whether it explains its signs. Default `true`; one legend serves several timelines. */
  readonly legend?: boolean | undefined;
  /** For a page whose content security policy asks for one. */
  readonly nonce?: string | undefined;
}

/**
 * What happened lately, drawn: a lane for each operation with its attempts and waits, the session's tokens
 * and refreshes, rate limits and outages, and requests a second. It takes the width that it is given, and says the same
 * in a sentence and in a table. While something in it moves it is drawn four times a second; for those who
 * want little motion, once.
 *
 * @example
 * const shown = useSyncExternalStore(recorder.subscribe, recorder.get, recorder.get);
 * return <Timeline title="Requests" history={shown} />;
 */
export function Timeline({
  history,
  title,
  now: given,
  window = 30_000,
  from,
  lanes = 40,
  packed = false,
  requestRoom = 0,
  legend = true,
  nonce,
}: TimelineProps): ReactElement {
  const id = useId();
  const [measure, width] = useWidth();
  const now = given ?? pageTime.wall();
  const view = viewOf(history, now, window, lanes, from);
  useTicking(given === undefined && isAlive(view), pageTime);
  // Colons have a meaning of their own in the addresses of patterns.
  const prefix = `holdfast-${id.replaceAll(/\W/g, '')}`;
  return (
    <figure className="holdfast-timeline" aria-labelledby={`${prefix}-title`}>
      <style nonce={nonce}>{TIMELINE_STYLE}</style>
      <figcaption>
        <p className="holdfast-title" id={`${prefix}-title`}>
          {title}
        </p>
        <p className="holdfast-quiet" id={`${prefix}-summary`}>
          {width === undefined ? '' : told(view)}
        </p>
      </figcaption>
      <div ref={measure}>
        {width === undefined ? null : (
          <Drawing
            view={packed ? viewOf(history, now, window, Infinity, from) : view}
            {...{ width, prefix, packed, requestRoom }}
          />
        )}
      </div>
      {legend ? <Legend history={history} prefix={prefix} /> : null}
      <DataTable view={view} title={title} />
    </figure>
  );
}

interface DrawingProps {
  readonly view: View;
  readonly width: number;
  readonly prefix: string;
  readonly packed: boolean;
  readonly requestRoom: number;
}

function Drawing({ view, width, prefix, packed, requestRoom }: DrawingProps): ReactElement {
  const frame = frameOf(width, view, !packed);
  const Lanes = packed ? PackedLanes : LaneRows;
  return (
    <>
      <SessionRows view={view} frame={frame} prefix={prefix} />
      <Lanes view={view} frame={frame} prefix={prefix} describedBy={`${prefix}-summary`} />
      {view.hidden > 0 ? (
        <p className="holdfast-quiet holdfast-note">
          {`${view.hidden.toLocaleString('en')} more operations in this time are not drawn.`}
        </p>
      ) : null}
      <RequestRate view={view} frame={frame} prefix={prefix} room={requestRoom} />
    </>
  );
}

function told({ figures, start, now, end, zero }: View): string {
  return summary(figures, now - start, zero === end ? 'last' : 'first');
}

/** Whether it would look different in a moment. */
function isAlive({ lanes, refreshes, closures, seconds, now, end, zero }: View): boolean {
  if (zero < end) return now < end;
  return [lanes, refreshes, closures, seconds].some((list) => list.length > 0);
}
