import fc from 'fast-check';
import { parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readRequest } from './request-operation.ts';
import type { ReadRequest } from './request-operation.ts';

const ADDRESS = 'https://api.test/graphql';

interface Read extends Pick<ReadRequest, 'request' | 'isBatch'> {
  readonly rootFields: number | undefined;
}

async function read(input: RequestInfo | URL, init?: RequestInit): Promise<Read> {
  const { request, info, isBatch } = await readRequest(input, init);
  return { request, isBatch, rootFields: info.rootFields?.() };
}

function post(body: unknown): Promise<Read> {
  return read(ADDRESS, { method: 'POST', body: JSON.stringify(body) });
}

describe('readRequest', () => {
  it.each([
    ['{ a }', 'query', undefined, 1],
    ['query A { a b }', 'query', 'A', 2],
    ['mutation { a }', 'mutation', undefined, 1],
    [
      'mutation A($x: In = { y: "}" }) @d(e: [1]) { b: add(x: { y: $x }) { id c } }',
      'mutation',
      'A',
      1,
    ],
    ['mutation A { a @include(if: $x) b: c(d: "{") { e } f }', 'mutation', 'A', 3],
    ['mutation A { ...F } fragment F on Mutation { a }', 'mutation', 'A', undefined],
    ['mutation A { a ... on Mutation { b } }', 'mutation', 'A', undefined],
    ['fragment F on Q @d { query } query A { a { ...F } }', 'query', 'A', 1],
    ['# mutation M {\n query A { a }', 'query', 'A', 1],
    ['"""mutation \\""" {""" query A { a(b: """}""") }', 'query', 'A', 1],
    ['subscription S { ticks }', 'subscription', 'S', 1],
    ['query mutation { query mutation: subscription }', 'query', 'mutation', 2],
    ['query @live { a }', 'query', undefined, 1],
  ])('F9 M1 %s is a %s called %s with %s root fields', async (query, kind, name, fields) => {
    const { request, rootFields, isBatch } = await post({ query });
    expect(request).toMatchObject({ kind, method: 'POST', url: ADDRESS });
    expect([request.name, rootFields, isBatch]).toEqual([name, fields, false]);
  });

  it('F9 of several operations it is the one that is named', async () => {
    const query = 'query A { a } mutation B { b c }';
    const b = await post({ query, operationName: 'B' });
    expect(b).toMatchObject({ request: { kind: 'mutation', name: 'B' }, rootFields: 2 });
    const a = await post({ query, operationName: 'A' });
    expect(a).toMatchObject({ request: { kind: 'query', name: 'A' }, rootFields: 1 });
  });

  it.each([
    [{ query: 'query A { a } mutation B { b }' }, undefined],
    [{ operationName: 'A', extensions: { persistedQuery: { sha256Hash: 'x' } } }, 'A'],
    [{ id: '123', variables: {} }, undefined],
    [{ query: 'all the books' }, undefined],
    [{ query: 7, operationName: 8 }, undefined],
    ['query A { a }', undefined],
    [null, undefined],
    [[], undefined],
  ])('M1 what is not known to be a query is treated as a mutation: %j', async (body, name) => {
    const { request, rootFields } = await post(body);
    expect([request.kind, request.name, rootFields]).toEqual(
      Array.isArray(body) ? ['query', undefined, undefined] : ['mutation', name, undefined],
    );
  });

  it.each([
    ['?query=%7B%20a%20b%20%7D', 'query', undefined, 2],
    ['?operationName=A&extensions=%7B%7D#query=mutation', 'query', 'A', undefined],
    ['?query=mutation+M+%7Ba%7D', 'mutation', 'M', 1],
    ['', 'query', undefined, undefined],
  ])('R1 a GET is read from its parameters: %s', async (search, kind, name, fields) => {
    const { request, rootFields } = await read(new URL(`${ADDRESS}${search}`));
    expect([request.kind, request.name, rootFields]).toEqual([kind, name, fields]);
    const relative = await read(`/graphql${search}`, { method: 'get' });
    expect(relative.request).toMatchObject({ kind, method: 'GET' });
  });

  it('F9 a batch has no name, and is a query where all of it is', async () => {
    const queries = await post([{ query: '{ a }' }, { query: 'query B { b }' }]);
    expect(queries).toMatchObject({ isBatch: true, request: { kind: 'query' } });
    const mixed = await post([{ query: '{ a }' }, { query: 'mutation B { b }' }]);
    expect(mixed).toMatchObject({ isBatch: true, request: { kind: 'mutation' } });
    expect([mixed.request.name, mixed.rootFields]).toEqual([undefined, undefined]);
  });

  it('F9 an upload is read from its operations', async () => {
    const body = new FormData();
    const operations = { query: 'mutation Up($f: Upload!) { up(f: $f) }', variables: { f: null } };
    body.set('operations', JSON.stringify(operations));
    body.set('0', new Blob(['x']));
    const { request, rootFields } = await read(ADDRESS, { method: 'POST', body });
    expect(request).toMatchObject({ kind: 'mutation', name: 'Up', body: operations });
    expect(rootFields).toBe(1);
    const other = await read(ADDRESS, { method: 'POST', body: new FormData() });
    expect(other.request).toMatchObject({ kind: 'mutation', body: undefined });
  });

  it('F9 a Request is read without being used up', async () => {
    const body = JSON.stringify({ query: 'query A { a }' });
    const headers = { 'content-type': 'application/json' };
    const request = new Request(ADDRESS, { method: 'POST', body, headers });
    expect((await read(request)).request).toMatchObject({ kind: 'query', name: 'A', url: ADDRESS });
    expect(request.bodyUsed).toBe(false);
    const binary = new Request(ADDRESS, { method: 'POST', body: new Uint8Array(3) });
    expect((await read(binary)).request.kind).toBe('mutation');
  });
});

/** Documents with whatever may stand in strings, comments, arguments and directives. */
const { document } = fc.letrec((tie) => {
  const name = fc.constantFrom('a', 'query', 'mutation', 'fragment', 'on_', '_y', 'B1');
  const one = (...parts: readonly (string | fc.Arbitrary<unknown>)[]): fc.Arbitrary<string> =>
    fc
      .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
      .map((found) => found.join(''));
  const maybe = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof(fc.constant(''), arbitrary);
  const space = fc.constantFrom(' ', '\n', ' , ', '\t# { query } "\n');
  const value = fc.constantFrom(
    '1',
    '-2.5e3',
    'ENUM',
    '[1, {k: "}"}]',
    '{ query: { a: ")" } }',
    '"a\\"{"',
    '""',
    '"# no"',
    '"""block } \\""" ( """',
    // A backslash escapes nothing there but three quotes.
    '"""block \\\\""" } """',
    '"\\\\"',
  );
  const values = maybe(one('(', name, ': ', value, ')'));
  const directive = maybe(one(' @', name, values));
  const inner = fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(''),
    tie('selection'),
  );
  const field = one(maybe(one(name, ' : ')), name, values, directive, inner);
  const spread = fc.oneof(one('...F', directive), one('... on T', directive, tie('selection')));
  const item = fc.oneof({ weight: 5, arbitrary: field }, { weight: 1, arbitrary: spread });
  const variables = maybe(one('($v: [In!]! = ', value, ' $w: Int)'));
  const kind = fc.constantFrom('query', 'mutation', 'subscription');
  const operation = one(kind, space, name, variables, directive, space, tie('selection'));
  const fragment = one('fragment F on T', directive, ' ', tie('selection'));
  return {
    selection: one(
      '{',
      fc.array(one(space, item), { minLength: 1, maxLength: 3 }).map((items) => items.join(' ')),
      space,
      '}',
    ),
    document: one(
      maybe(one(fragment, space)),
      fc.oneof(operation, tie('selection')),
      maybe(one(space, fragment)),
      maybe(one(space, operation)),
    ),
  };
});

it('F9 M1 reads of a document what the parser reads of it', async () => {
  await fc.assert(
    fc.asyncProperty(document as fc.Arbitrary<string>, async (query) => {
      const operations = parse(query).definitions.filter(
        (each): each is OperationDefinitionNode => each.kind === 'OperationDefinition',
      );
      const names = operations.map((each) => each.name?.value);
      for (const { operation, name, selectionSet } of operations) {
        const operationName = operations.length > 1 ? name?.value : undefined;
        // Of two that have one name, or none, nobody can tell which is meant.
        if (operations.length > 1 && (!name || new Set(names).size === 1)) continue;
        const { selections } = selectionSet;
        const isCounted = selections.every((each) => each.kind === 'Field');
        const { request, rootFields } = await post({ query, operationName });
        expect([request.kind, request.name, rootFields]).toEqual([
          operation,
          name?.value,
          isCounted ? selections.length : undefined,
        ]);
      }
    }),
    { numRuns: 1_000 },
  );
});
