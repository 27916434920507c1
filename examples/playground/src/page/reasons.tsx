import { lazy, memo, Suspense, useEffect, useRef, useState } from 'react';
import type { ComponentType, ReactElement, RefObject } from 'react';
import { PARTS } from '../scenario/scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { troubleOf } from '../scenario/troubles.ts';
import type { Recordings } from './playback.ts';
import { resultAt } from './result.ts';
import type { Result } from './result.ts';
import { TITLES } from './side.tsx';

/** They are the larger part of the page, and below what is seen first. */
const Timelines = lazy(async () => ({ default: (await import('./timelines.tsx')).Timelines }));

/** Pixels below the window within which somebody is near. */
const NEAR = 100;

/** Whether it is seen, or nearly. */
function useNear(): [RefObject<HTMLDivElement | null>, boolean] {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)?.isIntersecting === true),
      { rootMargin: `${NEAR}px` },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, near];
}

const ROWS: readonly (readonly [keyof Result, string])[] = [
  ['asked', 'Operations asked'],
  ['open', 'Without an answer yet'],
  ['failed', 'Failed for the user'],
  ['partial', 'Answered in part'],
  ['requests', 'Requests at the server'],
  ['early', 'Sent before Retry-After was over'],
  ['tokenCalls', 'Token calls'],
  ['placedTwice', 'Orders placed twice or more'],
  ['surplus', 'Orders nobody asked for'],
];

interface ReasonsProps {
  readonly scenario: Scenario;
  readonly recordings: Recordings;
  readonly at: number;
}

/** For whoever wants to know why: what each client did, and when. */
export const Reasons: ComponentType<ReasonsProps> = memo(function Reasons({
  scenario,
  recordings,
  at,
}: ReasonsProps): ReactElement {
  const [place, near] = useNear();
  // Once drawn they stay, and stand still while nobody sees them.
  const [drawn, setDrawn] = useState<ReasonsProps>();
  if (near && (drawn?.recordings !== recordings || drawn.at !== at)) {
    setDrawn({ scenario, recordings, at });
  }
  return (
    <section className="reasons" aria-labelledby="reasons">
      <h2 id="reasons">Why</h2>
      <p className="why">{troubleOf(scenario.trouble).why}</p>
      <div className="timelines" ref={place}>
        {drawn === undefined ? null : (
          <Suspense>
            <Timelines recordings={drawn.recordings} at={drawn.at} />
          </Suspense>
        )}
      </div>
      <div className="figures">
        <Numbers recordings={recordings} at={at} />
        <Fairness scenario={scenario} />
      </div>
    </section>
  );
});

/** For whoever does not trust a comparison, with the code of both sides. */
function Fairness({
  scenario: { client, shoppers },
}: Pick<ReasonsProps, 'scenario'>): ReactElement {
  const { usual } = PARTS[client];
  return (
    <div className="fairness">
      <h2>What is compared</h2>
      <p>
        Real clients, not drawings of them: both sides were just played in your browser, against a
        GraphQL server of their own, in virtual time and with the same latencies. Holdfast has its
        defaults. Without it there are <a href={`${SOURCES}/clients/${client}.ts`}>{usual}</a>, set
        up as their documentation shows; made better by hand, they do better than this.
      </p>
      <p>
        A refresh token works once, and using one twice ends the session, as RFC 9700 advises.
        {shoppers > 1 &&
          ` Each of the ${shoppers} shoppers has a client and a session of his own; what is drawn of a shop is the first one’s.`}
      </p>
    </div>
  );
}

function Numbers({ recordings, at }: Omit<ReasonsProps, 'scenario'>): ReactElement {
  const own = resultAt(recordings.holdfast, at);
  const usual = resultAt(recordings.usual, at);
  return (
    <table className="numbers">
      <caption>All that was counted</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{TITLES.holdfast}</th>
          <th scope="col">{TITLES.usual}</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([name, title]) => (
          <tr key={name}>
            <th scope="row">{title}</th>
            <td data-testid={`holdfast-all-${name}`}>{own[name]}</td>
            <td data-testid={`usual-all-${name}`}>{usual[name]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
