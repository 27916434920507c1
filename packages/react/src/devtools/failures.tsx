import type { ReactElement } from 'react';
import { CopyButton } from './copy-button.tsx';
import { Section } from './facts.tsx';
import type { GivenUp, History, Lane } from './history.ts';
import { broughtData } from './lanes.ts';
import { failureSnapshotOf } from './snapshot.ts';
import {
  instantWords,
  duration,
  failureWords,
  laneLabel,
  outcomeWords,
  spanWords,
  STOPPED,
} from './words.ts';

/** More of them than this are not shown. */
const SHOWN = 8;

interface FailureFactsProps {
  readonly history: History;
  readonly now: number;
}

/** The last operations that ended with an error, newest first, with what to do about each. */
export function FailureFacts({ history, now }: FailureFactsProps): ReactElement {
  const { failures, lanes } = history;
  return (
    <Section title="Last failures">
      {failures.length === 0 ? <p className="quiet">None.</p> : null}
      <ul className="failures">
        {failures
          .slice(-SHOWN)
          .reverse()
          .map((given) => (
            <FailureItem
              key={`${given.operation}-${given.at}`}
              lane={lanes.findLast(({ id }) => id === given.operation)}
              {...{ given, now }}
            />
          ))}
      </ul>
    </Section>
  );
}

interface FailureItemProps {
  readonly given: GivenUp;
  /** Absent where so much has happened since that it is not kept. */
  readonly lane: Lane | undefined;
  readonly now: number;
}

function FailureItem({ given, lane, now }: FailureItemProps): ReactElement {
  const { at, failure, advice, stopped, attempts } = given;
  return (
    <li>
      <strong>{laneLabel(given)}</strong> {failureWords(failure)}{' '}
      <span className="quiet">
        {duration(now - at)} ago, {sent(attempts)}: {STOPPED[stopped]}
      </span>
      {advice === undefined || advice === '' ? null : <p>{advice}</p>}
      <details>
        <summary>Details of {laneLabel(given)}</summary>
        <dl>
          <dt>Kind</dt>
          <dd>{failure.kind}</dd>
          {failure.status === undefined ? null : (
            <>
              <dt>Status</dt>
              <dd>{failure.status}</dd>
            </>
          )}
          {failure.code === undefined ? null : (
            <>
              <dt>Code</dt>
              <dd>{failure.code}</dd>
            </>
          )}
          <dt>{broughtData(given) ? 'Ended' : 'Given up'}</dt>
          <dd>
            {instantWords(at)}, {stopped}
          </dd>
        </dl>
        {lane === undefined ? null : <Steps lane={lane} />}
        <CopyButton text={() => failureSnapshotOf(given, lane)} />
      </details>
    </li>
  );
}

/** What became of it, step by step. */
function Steps({ lane }: { readonly lane: Lane }): ReactElement {
  return (
    <ol>
      {lane.spans.map((span, index) => (
        <li key={index}>
          <span className="quiet">+{duration(span.from - lane.from)}</span> {spanWords(span)}
          {span.kind === 'attempt' ? `: ${outcomeWords(span)}` : ''}
          {span.to === undefined ? '' : `, ${duration(span.to - span.from)}`}
        </li>
      ))}
    </ol>
  );
}

function sent(attempts: number): string {
  if (attempts === 0) return 'never sent';
  return attempts === 1 ? 'after 1 attempt' : `after ${attempts} attempts`;
}
