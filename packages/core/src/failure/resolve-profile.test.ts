import { describe, expect, it } from 'vitest';
import type { Profile } from './profile.ts';
import { adviceFor } from './advice.ts';
import { classify } from './classify.ts';
import { defaultProfile } from './default-profile.ts';
import { defineProfile } from './define-profile.ts';
import { kinds } from './kinds.ts';
import { resolveProfile } from './resolve-profile.ts';

const coded = (code: string): object => ({ errors: [{ message: 'x', extensions: { code } }] });

describe('a chain of profiles', () => {
  const parent = defineProfile({
    name: 'parent',
    codes: { GONE: 'unauthenticated', BUSY: 'locked' },
    statuses: { '5xx': 'conflict' },
    rules: [{ when: { code: 'RULED' }, then: 'forbidden' }],
    keys: { docsUrl: 'help' },
    numericCodes: false,
    auth: { lifetime: 1_000, refreshAhead: 100 },
    quota: [{ remaining: 'a', reset: 'b' }],
    hints: [() => 1],
    advice: { locked: 'Parent, locked.', conflict: 'Parent, conflict.' },
  });
  const child = defineProfile({
    name: 'child',
    extends: parent,
    codes: { busy: 'rate_limited' },
    statuses: { 500: 'locked' },
    rules: [{ when: { code: 'RULED' }, then: 'not_found' }],
    auth: { lifetime: 2_000 },
    quota: [{ remaining: 'c', reset: 'd' }],
    hints: [() => 2],
    advice: { locked: 'Child, locked.' },
  });

  it('F4 what a child leaves open its parent answers, then the default', () => {
    expect(classify(coded('GONE'), child)?.kind).toBe('unauthenticated');
    expect(classify(coded('BUSY'), child)?.kind).toBe('rate_limited');
    expect(classify(coded('NOT_FOUND'), child)?.kind).toBe('not_found');
    expect(classify(coded('RULED'), child)?.kind).toBe('not_found');
    expect(classify(coded('RULED'), parent)?.kind).toBe('forbidden');
    expect(classify(coded('401'), child)?.kind).toBe('unknown');
    expect(classify({ status: 500 }, child)?.kind).toBe('locked');
    expect(classify({ status: 429, now: 0 }, child)?.retryAt).toBe(2);
  });

  it('F5 a class in a child goes before a parent’s single status', () => {
    expect(classify({ status: 503 }, parent)?.kind).toBe('conflict');
    expect(classify({ status: 503 }, child)?.kind).toBe('conflict');
    expect(classify({ status: 404 }, child)?.kind).toBe('not_found');
  });

  it('T10 auth, quota and keys come together', () => {
    const { auth, quota, keys } = resolveProfile(child);
    expect(auth).toMatchObject({ lifetime: 2_000, refreshAhead: 100 });
    expect(quota.map(({ remaining }) => remaining)).toEqual(['c', 'a']);
    expect(keys).toEqual({ code: 'code', type: 'type', docsUrl: 'help' });
  });

  it('F10 advice is the child’s, the parent’s, then the general one', () => {
    expect(adviceFor('locked', child)).toBe('Child, locked.');
    expect(adviceFor('conflict', child)).toBe('Parent, conflict.');
    expect(adviceFor('timeout', child)).toBe(adviceFor('timeout', defaultProfile));
    expect(adviceFor('outcomeUnknown', child)).toBe(adviceFor('outcomeUnknown', defaultProfile));
  });

  it('F10 every kind has one sentence', () => {
    for (const kind of [...kinds, 'outcomeUnknown'] as const) {
      expect(adviceFor(kind, defaultProfile)).toMatch(/^[A-Z].{20,200}\.$/);
    }
  });

  it('W8 a profile is resolved once', () => {
    expect(resolveProfile(child)).toBe(resolveProfile(child));
  });

  it('F1 a circle that no defineProfile saw ends', () => {
    const circle: { name: string; extends?: Profile; codes: Record<string, 'locked'> } = {
      name: 'circle',
      codes: { ODD: 'locked' },
    };
    circle.extends = circle;
    expect(classify(coded('ODD'), circle)?.kind).toBe('locked');
    expect(classify({ status: 404 }, circle)?.kind).toBe('not_found');
  });
});
