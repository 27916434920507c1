import { describe, expect, it } from 'vitest';
import { endpointScope } from './scope-name.ts';

describe('the scope of an endpoint', () => {
  it.each([
    ['https://api.example/graphql', 'https://api.example/graphql'],
    ['https://api.example/graphql?key=secret', 'https://api.example/graphql'],
    ['https://api.example/graphql#secret', 'https://api.example/graphql'],
    ['https://user:secret@api.example/graphql', 'https://api.example/graphql'],
    ['wss://user@api.example/', 'wss://api.example/'],
    ['/graphql?token=secret', '/graphql'],
    ['https://api.example/@me', 'https://api.example/@me'],
    ['', 'default'],
    [undefined, 'default'],
  ])('W7 F11 of %s is %s', (endpoint, scope) => {
    expect(endpointScope(endpoint)).toBe(scope);
  });

  it('X4 takes time that grows with the address alone', () => {
    expect(endpointScope(`${'a'.repeat(100_000)}://${'@'.repeat(100_000)}`)).toHaveLength(100_003);
  });
});
