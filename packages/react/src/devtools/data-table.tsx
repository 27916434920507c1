import { useState } from 'react';
import type { ReactElement } from 'react';
import type { View } from './view.ts';
import { CLOSED, duration, laneLabel, outcomeWords, relative, spanWords } from './words.ts';

interface Row {
  readonly what: string;
  readonly detail: string;
  readonly from: number;
  readonly took: string;
  readonly outcome: string;
}

/** The same as a table, made only while somebody looks at it. */
export function DataTable({
  view,
  title,
}: {
  readonly view: View;
  readonly title: string;
}): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Show as a table</summary>
      {open ? <Rows view={view} title={title} /> : null}
    </details>
  );
}

const HEADINGS: readonly { readonly words: string; readonly className?: string }[] = [
  { words: 'Operation' },
  { words: 'What' },
  { words: 'Began', className: 'holdfast-number' },
  { words: 'Took', className: 'holdfast-number' },
  { words: 'Outcome' },
];

function Rows({ view, title }: { readonly view: View; readonly title: string }): ReactElement {
  const caption = `${title}: attempts and waits, newest operation first`;
  return (
    <div className="holdfast-table" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {HEADINGS.map(({ words, className }) => (
              <th key={words} scope="col" className={className}>
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowsOf(view).map(({ what, detail, from, took, outcome }, index) => (
            <tr key={index}>
              <th scope="row">{what}</th>
              <td>{detail}</td>
              <td className="holdfast-number">{began(from, view)}</td>
              <td className="holdfast-number">{took}</td>
              <td>{outcome}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** In seconds, as on the axis. */
function began(from: number, { now, zero, end }: View): string {
  return zero === end ? relative(now - from) : `${((from - zero) / 1000).toFixed(1)} s`;
}

function rowsOf({ lanes, refreshes, closures }: View): readonly Row[] {
  const took = ({ from, to }: { from: number; to?: number | undefined }): string =>
    to === undefined ? '' : duration(to - from);
  return [
    ...refreshes.map(({ of }) => ({
      what: 'Session',
      detail: 'Token refresh',
      from: of.from,
      took: took(of),
      outcome: outcomeWords(of),
    })),
    ...closures.map(({ of, to }) => ({
      what: CLOSED[of.reason],
      detail: of.scope,
      from: of.from,
      took: duration(to - of.from),
      outcome: of.to === undefined && (of.until ?? to) >= to ? 'in force' : 'over',
    })),
    ...lanes.flatMap(({ of, spans }) =>
      spans.map((span) => ({
        what: laneLabel(of),
        detail: spanWords(span.of),
        from: span.of.from,
        took: took(span.of),
        outcome: outcomeWords(span.of),
      })),
    ),
  ];
}
