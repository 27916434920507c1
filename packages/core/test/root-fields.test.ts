import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { rootFieldsOf } from '../src/index.ts';

const counted: readonly [string, number][] = [
  ['mutation { createOrder { id } }', 1],
  ['mutation Create($id: ID!) { createOrder(id: $id) { id customer { name } } }', 1],
  ['mutation { order: createOrder { id } }', 1],
  ['mutation { createOrder { ...Order } } fragment Order on Order { id }', 1],
  ['mutation { createOrder { ... on Order { id } } }', 1],
  ['mutation { createOrder { id } audit }', 2],
  ['mutation { a: createOrder { id } b: createOrder { id } }', 2],
  ['mutation { createOrder { id } createOrder { name } }', 2],
  ['mutation { createOrder { id } audit @include(if: false) }', 2],
  ['mutation { createOrder { id } __typename }', 2],
  ['{ me }', 1],
  ['subscription { ticks }', 1],
];

const uncounted: readonly string[] = [
  'mutation { ...All } fragment All on Mutation { createOrder { id } }',
  'mutation { ... { createOrder { id } } }',
  'mutation { createOrder { id } ...Rest } fragment Rest on Mutation { audit }',
  'mutation A { createOrder { id } } mutation B { createOrder { id } }',
  'query A { me } mutation B { createOrder { id } }',
  'fragment Order on Order { id }',
];

const nonsense: readonly unknown[] = [
  undefined,
  null,
  0,
  '',
  'mutation { createOrder }',
  [],
  {},
  { kind: 'Document' },
  { definitions: null },
  { definitions: [] },
  { definitions: [null, 1, 'x'] },
  { definitions: [{ kind: 'OperationDefinition' }] },
  { definitions: [{ kind: 'OperationDefinition', selectionSet: { selections: [] } }] },
  { definitions: [{ kind: 'OperationDefinition', selectionSet: { selections: [null] } }] },
  { definitions: { length: 1, 0: { kind: 'OperationDefinition' } } },
];

describe('how many root fields a document selects', () => {
  it.each(counted)('F9 %s: %i', (source, count) => {
    const document = parse(source);
    expect(rootFieldsOf(document)).toBe(count);
    expect(rootFieldsOf(parse(source, { noLocation: true }))).toBe(count);
    // As loaders and persisted documents have it.
    expect(rootFieldsOf(JSON.parse(JSON.stringify(document)))).toBe(count);
  });

  it.each(uncounted)('F9 %s: not to be seen', (source) => {
    expect(rootFieldsOf(parse(source))).toBeUndefined();
  });

  it.each(nonsense)('F9 F1 %o has none, and throws nothing', (document) => {
    expect(rootFieldsOf(document)).toBeUndefined();
  });

  it('F9 F1 one that cannot be read has none', () => {
    const document = {
      get definitions(): never {
        throw new Error('not to be read');
      },
    };
    expect(rootFieldsOf(document)).toBeUndefined();
  });
});
