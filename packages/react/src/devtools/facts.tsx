import type { ActivityState, LimitState, SessionState } from '@holdfast/core';
import type { ReactElement, ReactNode } from 'react';
import { countdown, failureWords, laneLabel, WAITS } from './words.ts';

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A part of the panel under a heading. */
export function Section({ title, children }: SectionProps): ReactElement {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

const STATUS: Readonly<Record<SessionState['status'], string>> = {
  unknown: 'not read yet',
  'signed-out': 'signed out',
  active: 'active',
  refreshing: 'getting a new token',
  unavailable: 'waits for the token endpoint',
  failed: 'failed',
};

interface SessionFactsProps {
  readonly session: SessionState;
  readonly now: number;
}

/** What is known of the session, but for its tokens. */
export function SessionFacts({ session, now }: SessionFactsProps): ReactElement {
  const { status, generation, expiresAt, until, failure } = session;
  const expiry =
    expiresAt === undefined ? 'unknown' : expiresAt <= now ? 'over' : countdown(expiresAt - now);
  return (
    <Section title="Session">
      <dl>
        <dt>Status</dt>
        <dd>
          {STATUS[status]}
          {until === undefined ? '' : `, which is asked again ${countdown(until - now)}`}
        </dd>
        <dt>Token</dt>
        <dd>{generation === 0 ? 'none' : `generation ${generation}`}</dd>
        <dt>Expires</dt>
        <dd>{expiry}</dd>
      </dl>
      {failure === undefined ? null : (
        <p>
          <strong>{failureWords(failure)}</strong>: {failure.advice}
        </p>
      )}
    </Section>
  );
}

interface LimitFactsProps {
  readonly limits: LimitState;
  readonly now: number;
}

export function LimitFacts({ limits, now }: LimitFactsProps): ReactElement {
  return (
    <Section title="Rate limits and outages">
      {limits.length === 0 ? <p className="quiet">None in force.</p> : null}
      <ul>
        {limits.map(({ scope, reason, until, waiting }) => (
          <li key={scope}>
            <strong>{scope === '' ? 'every operation' : scope}</strong>{' '}
            {reason === 'outage' ? 'does not answer; is asked again' : 'opens'}{' '}
            {countdown(until - now)}; {waiting} waiting
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** More of them than this are only counted. */
const SHOWN = 8;

interface ActivityFactsProps {
  readonly activity: ActivityState;
  readonly now: number;
}

export function ActivityFacts({ activity, now }: ActivityFactsProps): ReactElement {
  const groups = alike(activity);
  const more = groups.length - SHOWN;
  return (
    <Section title="Waiting now">
      {activity.length === 0 ? <p className="quiet">Nothing.</p> : null}
      <ul>
        {groups.slice(0, SHOWN).map(({ words, entry, count }) => (
          <li key={words}>
            <strong>{laneLabel(entry)}</strong>
            {count > 1 ? ` (${count.toLocaleString('en')} operations)` : ''}{' '}
            {WAITS[entry.reason].toLowerCase()}; attempt {entry.attempt}
            {entry.until === undefined ? '' : ` ${countdown(entry.until - now)}`}
          </li>
        ))}
        {more > 0 ? <li>and {more.toLocaleString('en')} other kinds of waiting</li> : null}
      </ul>
    </Section>
  );
}

interface Group {
  readonly words: string;
  readonly entry: ActivityState[number];
  readonly count: number;
}

/** Operations that wait for the same are told of together. */
function alike(activity: ActivityState): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const entry of activity) {
    const words = `${laneLabel(entry)} ${entry.reason} ${entry.attempt}`;
    const known = groups.get(words);
    const soonest = (entry.until ?? Infinity) < (known?.entry.until ?? Infinity);
    const shown = known === undefined || soonest ? entry : known.entry;
    groups.set(words, { words, entry: shown, count: (known?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}
