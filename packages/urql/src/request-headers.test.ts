import { describe, expect, it } from 'vitest';
import { withHeaders } from './operation-run.ts';

const OURS = { authorization: 'Bearer new', accessToken: 'new' };

describe('U2 headers', () => {
  it.each([
    ['an object', { 'x-mine': '1', Authorization: 'old', ACCESSTOKEN: 'old' }],
    ['a Headers', new Headers({ 'x-mine': '1', Authorization: 'old', accesstoken: 'old' })],
    [
      'a Map',
      new Map([
        ['x-mine', '1'],
        ['Authorization', 'old'],
      ]) as unknown as HeadersInit,
    ],
  ])('given as %s keep theirs, and ours win whatever the case', (_, given) => {
    expect(withHeaders(given, OURS)).toEqual({ 'x-mine': '1', ...OURS });
  });

  it('given as tuples stay tuples, repetitions included', () => {
    const given: [string, string][] = [
      ['x-mine', '1'],
      ['AUTHORIZATION', 'old'],
      ['x-mine', '2'],
    ];
    expect(withHeaders(given, OURS)).toEqual([
      ['x-mine', '1'],
      ['x-mine', '2'],
      ['authorization', 'Bearer new'],
      ['accessToken', 'new'],
    ]);
  });

  it('that were not given are ours', () => {
    expect(withHeaders(undefined, OURS)).toEqual(OURS);
  });

  it('are not changed in place', () => {
    const given = new Headers({ authorization: 'old' });
    withHeaders(given, OURS);
    expect(given.get('authorization')).toBe('old');
  });
});
