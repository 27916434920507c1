import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { clientNames } from '../clients/names.ts';
import type { ClientName } from '../clients/names.ts';
import type { ClientCounts } from '../clients/tally.ts';
import type { ServerCounts } from '../server/state.ts';
import { troubleOf } from '../trouble/troubles.ts';
import type { Mark, Playground } from './playground.ts';
import { useNow } from './use-now.ts';

type Counts = ClientCounts & ServerCounts;

interface Row {
  readonly count: keyof Counts;
  readonly title: string;
  /** Less is better. */
  readonly bad?: true;
}

const ROWS: readonly Row[] = [
  { count: 'asked', title: 'Operations asked' },
  { count: 'open', title: 'Without an answer yet' },
  { count: 'failed', title: 'Failed for the user', bad: true },
  { count: 'partial', title: 'Answered in part' },
  { count: 'requests', title: 'Requests at the server' },
  { count: 'early', title: 'Sent before the hint', bad: true },
  { count: 'tokenCalls', title: 'Token calls' },
  { count: 'placedTwice', title: 'Mutations run twice', bad: true },
];

const TWIN: Readonly<Record<ClientName, ClientName>> = {
  'apollo-holdfast': 'apollo-plain',
  'apollo-plain': 'apollo-holdfast',
  'urql-holdfast': 'urql-plain',
  'urql-plain': 'urql-holdfast',
};

const NOTHING: ServerCounts = { requests: 0, tokenCalls: 0, placedTwice: 0 };

function sinceInWords({ trouble, since }: Mark, now: number): string {
  const ago = `${Math.max(0, Math.round((now - since) / 1_000))} s ago`;
  return trouble === undefined
    ? `since the page was opened, ${ago}`
    : `since “${troubleOf(trouble).label}”, ${ago}`;
}

/** The four side by side: what was asked, what it cost, and what came of it. */
export function Numbers({ playground }: { readonly playground: Playground }): ReactElement {
  const { stage, tallies, mark } = playground;
  const now = useNow();
  const state = useSyncExternalStore(stage.subscribe, stage.get);
  const marked = useSyncExternalStore(mark.subscribe, mark.get);
  const counts = (name: ClientName): Counts => ({
    ...tallies[name].counts(),
    ...(state?.counts[name] ?? NOTHING),
  });
  const cell = ({ count, bad }: Row, name: ClientName): ReactElement => {
    const value = counts(name)[count];
    const worse = bad === true && value > counts(TWIN[name])[count];
    return (
      <td key={name} data-worse={worse}>
        {value}
      </td>
    );
  };
  return (
    <section aria-labelledby="numbers">
      <h2 id="numbers">
        Numbers <small>{sinceInWords(marked, now)}</small>
      </h2>
      <table>
        <thead>
          <tr>
            <td rowSpan={2} />
            <th colSpan={2} scope="colgroup">
              Apollo
            </th>
            <th colSpan={2} scope="colgroup">
              urql
            </th>
          </tr>
          <tr>
            <th scope="col">Holdfast</th>
            <th scope="col">plain</th>
            <th scope="col">Holdfast</th>
            <th scope="col">plain</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <tr key={row.count}>
              <th scope="row">{row.title}</th>
              {clientNames.map((name) => cell(row, name))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
