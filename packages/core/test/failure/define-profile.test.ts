import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { Profile } from '../../src/failure/profile.ts';
import { breeze } from '../../../profiles/src/breeze.ts';
import { graphqlOverHttp } from '../../src/failure/default-profile.ts';
import { tbint } from '../../../profiles/src/tbint.ts';
import { defineProfile } from '../../src/failure/profile.ts';

const full: Profile = {
  name: 'shop',
  extends: breeze,
  codes: { SESSION_GONE: 'unauthenticated', WARNING: null },
  types: { odd: { kind: 'conflict', retryable: true } },
  words: { pending: 'locked' },
  statuses: { 403: { kind: 'forbidden', freshToken: true, executed: false }, '5xx': 'unavailable' },
  numericCodes: false,
  keys: { code: 'errorCode' },
  rules: [
    { when: { status: [503], message: /maintenance/gi, header: { 'x-a': true } }, then: null },
    { when: { test: () => true, code: ['A'], type: 'b' }, then: 'unknown' },
  ],
  hints: [{ header: 'x-wait', unit: 'epoch' }, { extension: 'ms' }, { text: /(\d)/ }, () => 5],
  quota: [{ remaining: 'left', reset: 'when', unit: 'auto' }],
  auth: {
    headers: ({ accessToken }) => ({ 'x-session': accessToken }),
    lifetime: 1,
    refreshAhead: 0,
  },
  advice: { forbidden: 'Ask.', outcomeUnknown: 'Look.' },
};

function sentence(profile: unknown): string {
  try {
    defineProfile(profile as Profile);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
  return 'accepted';
}

describe('a good profile', () => {
  it('X5 F1 the default, spread and changed, is a profile like any other', () => {
    expect(sentence({ ...graphqlOverHttp, name: 'mine' })).toBe('accepted');
    expect(sentence({ name: 'socket', statuses: { 4403: 'forbidden', '3xxx': null } })).toBe(
      'accepted',
    );
  });

  it('X5 comes back as an equal, frozen copy, patterns and functions untouched', () => {
    const profile = defineProfile(full);
    expect(profile).toEqual(full);
    expect(profile).not.toBe(full);
    expect(Object.isFrozen(full)).toBe(false);
    for (const part of [profile, profile.codes, profile.rules, profile.rules?.[0]?.when]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(profile.rules?.[0]?.when.message).toBe(full.rules?.[0]?.when.message);
    expect(profile.auth?.headers).toBe(full.auth?.headers);
    expect(profile.extends).toBe(breeze);
  });

  it('X5 checked once, it is answered as it is', () => {
    for (const profile of [graphqlOverHttp, breeze, tbint, defineProfile(full)]) {
      expect(defineProfile(profile)).toBe(profile);
    }
  });

  it('X5 what is left out may also be undefined', () => {
    expect(sentence({ name: 'x', codes: undefined, rules: undefined, extends: undefined })).toBe(
      'accepted',
    );
  });
});

describe('a bad profile', () => {
  const circle: { name: string; extends?: object } = { name: 'circle' };
  circle.extends = { name: 'between', extends: circle };

  it.each<readonly [string, object, RegExp]>([
    [
      'a kind',
      { codes: { GONE: 'unauthorised' } },
      /codes\.GONE must be null, a verdict object, or one of unauthenticated.*, not "unauthorised"\.$/,
    ],
    [
      'a kind in detail',
      { codes: { GONE: { kind: 'x' } } },
      /codes\.GONE\.kind must be one of .*, not "x"/,
    ],
    ['a missing kind', { types: { a: {} } }, /types\.a\.kind must be one of .*, not undefined/],
    [
      'a strange field',
      { codez: {} },
      /: codez is no option, but was given an object; allowed are name, extends, /,
    ],
    [
      'a strange field of a verdict',
      { words: { a: { kind: 'locked', retry: true } } },
      /words\.a\.retry is no option, but was given true; allowed are kind, /,
    ],
    [
      'executed',
      { codes: { A: { kind: 'locked', executed: true } } },
      /codes\.A\.executed must be false or absent, not true/,
    ],
    [
      'a flag',
      { codes: { A: { kind: 'locked', freshToken: 'yes' } } },
      /codes\.A\.freshToken must be true or false, not "yes"/,
    ],
    [
      'empty advice',
      { advice: { locked: '' } },
      /advice\.locked must be a string that is not empty, not ""/,
    ],
    [
      'advice for no kind',
      { advice: { lost: 'x' } },
      /each key of advice must be one of .*"outcomeUnknown", not "lost"/,
    ],
    [
      'a status',
      { statuses: { 42: 'locked' } },
      /each key of statuses must be a status from 100 to 599, a class such as 5xx or a close code of a socket, not "42"/,
    ],
    ['a class', { statuses: { '6xx': 'locked' } }, /not "6xx"/],
    [
      'a rule without when',
      { rules: [{ then: 'locked' }] },
      /rules\[0\]\.when must be an object, not undefined/,
    ],
    [
      'a rule without then',
      { rules: [{ when: { status: 1 } }] },
      /rules\[0\]\.when\.status must be an HTTP status/,
    ],
    [
      'a rule that says nothing',
      { rules: [{ when: {}, then: null }] },
      /rules\[0\]\.when must be an object with at least one condition, not an object/,
    ],
    [
      'an undefined verdict',
      { rules: [{ when: { code: 'A' } }] },
      /rules\[0\]\.then must be null, .*, not undefined/,
    ],
    [
      'a pattern',
      { rules: [{ when: { message: 'x' }, then: null }] },
      /rules\[0\]\.when\.message must be a RegExp, not "x"/,
    ],
    [
      'a header',
      { rules: [{ when: { header: { a: 5 } }, then: null }] },
      /when\.header\.a must be a string, a RegExp or true, not 5/,
    ],
    [
      'a test',
      { rules: [{ when: { test: true }, then: null }] },
      /when\.test must be a function, not true/,
    ],
    [
      'no codes',
      { rules: [{ when: { code: [] }, then: null }] },
      /when\.code must be a string that is not empty, not an empty list/,
    ],
    [
      'a code in a list',
      { rules: [{ when: { code: ['A', 5] }, then: null }] },
      /when\.code\[1\] must be .*, not 5/,
    ],
    ['rules', { rules: {} }, /rules must be a list, not an object/],
    ['a table', { codes: [] }, /codes must be an object, not an empty list/],
    [
      'a hint',
      { hints: [{}] },
      /hints\[0\] must be a function, or an object with one of header, extension, text, not an object/,
    ],
    ['two hints in one', { hints: [{ header: 'a', text: /b/ }] }, /hints\[0\] must be/],
    [
      'a unit',
      { hints: [{ header: 'a', unit: 'days' }] },
      /hints\[0\]\.unit must be one of "seconds", .*, not "days"/,
    ],
    [
      'a quota',
      { quota: [{ remaining: 'a' }] },
      /quota\[0\]\.reset must be a string that is not empty, not undefined/,
    ],
    [
      'a lifetime',
      { auth: { lifetime: 0 } },
      /auth\.lifetime must be a finite number above 0, not 0/,
    ],
    [
      'a window',
      { auth: { refreshAhead: Number.NaN } },
      /auth\.refreshAhead must be a finite number of at least 0, not NaN/,
    ],
    ['headers', { auth: { headers: {} } }, /auth\.headers must be a function, not an object/],
    ['numericCodes', { numericCodes: 1 }, /numericCodes must be true or false, not 1/],
    ['keys', { keys: { code: '' } }, /keys\.code must be a string/],
    [
      'a parent',
      { extends: 'breeze' },
      /extends must be a profile that does not come back to itself, not "breeze"/,
    ],
    [
      'a circle',
      { extends: circle },
      /extends must be a profile that does not come back to itself/,
    ],
    [
      'a parent’s field',
      { extends: { name: 'p', codes: { A: 'x' } } },
      /extends\.codes\.A must be/,
    ],
  ])('X5 %s is refused in one sentence', (_what, fields, expected) => {
    const said = sentence({ name: 'shop', ...fields });
    expect(said).toMatch(/^Profile "shop": .*\.$/);
    expect(said).toMatch(expected);
  });

  it.each([undefined, null, 5, 'breeze', [], () => 1])('X5 %o is no profile', (profile) => {
    expect(sentence(profile)).toMatch(/^Profile: a profile must be an object, not /);
  });

  it('X5 a profile without a name is refused', () => {
    expect(sentence({})).toMatch(
      /^Profile: name must be a string that is not empty, not undefined/,
    );
    expect(sentence({ name: '' })).toMatch(/^Profile: name must be/);
  });

  it('X5 whatever is given, the answer is a profile or one sentence', () => {
    const fields = fc.record(
      Object.fromEntries(Object.keys(full).map((key) => [key, fc.anything()])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fields), (profile) => {
        expect(sentence(profile)).toMatch(
          /^(?:accepted|Profile[^]* (?:must be|is no option,?) [^]*\.)$/,
        );
      }),
    );
  });
});
