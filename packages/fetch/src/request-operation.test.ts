import { describe, expect, it } from 'vitest';
import { readRequest } from './request-operation.ts';
import type { ReadRequest } from './request-operation.ts';

const ADDRESS = 'https://api.test/graphql';

async function read(input: RequestInfo | URL, init?: RequestInit): Promise<ReadRequest> {
  return readRequest(input, init);
}

function post(body: unknown): Promise<ReadRequest> {
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
