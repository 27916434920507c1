import { parser } from '@prometheus-io/lezer-promql';

/** What a query asks for: a metric by its name or a pattern of names, and what it says of labels. */
export interface Selected {
  /** Fits the whole of a metric's name. */
  readonly names: RegExp;
  readonly matchers: readonly {
    readonly label: string;
    readonly operator: string;
    readonly value: string;
  }[];
}

/** A query, taken apart by the parser of Prometheus's own user interface. */
export interface Query {
  /** Where the text cannot be read, from its start; none in good PromQL. */
  readonly faults: readonly number[];
  readonly selected: readonly Selected[];
  /** The labels that it groups by. */
  readonly grouped: readonly string[];
}

export function readQuery(text: string): Query {
  const faults: number[] = [];
  const selected: Selected[] = [];
  const grouped: string[] = [];
  parser.parse(text).iterate({
    enter({ type, from, node }) {
      const own = (kind: string, of = node): readonly string[] =>
        of.getChildren(kind).map((child) => text.slice(child.from, child.to));
      if (type.isError) faults.push(from);
      if (type.name === 'GroupingLabels') grouped.push(...own('LabelName'));
      if (type.name !== 'VectorSelector') return;
      const [name] = own('Identifier');
      const list = node.getChild('LabelMatchers');
      const matchers = (list?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => ({
        label: own('LabelName', matcher)[0] ?? '',
        operator: own('MatchOp', matcher)[0] ?? '',
        value: JSON.parse(own('StringLiteral', matcher)[0] ?? '""') as string,
      }));
      const named = matchers.find(({ label }) => label === '__name__');
      selected.push({
        names: new RegExp(`^(?:${name ?? named?.value ?? ''})$`, 'u'),
        matchers: matchers.filter((matcher) => matcher !== named),
      });
    },
  });
  return { faults, selected, grouped };
}
