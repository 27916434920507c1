import { describe, expect, it } from 'vitest';
import type { Profile } from '../../src/failure/profile.ts';
import { classify } from '../../src/failure/classify.ts';
import { graphqlOverHttp } from '../../src/failure/default-profile.ts';
import { compiled, defineProfile } from '../../src/failure/profile.ts';
import { adviceFor as generalAdvice, decisiveness as kinds } from '../../src/base/failure.ts';

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
    const { auth, quota } = compiled(child);
    expect(auth).toMatchObject({ lifetime: 2_000, refreshAhead: 100 });
    expect(quota({ headers: { a: '0', b: '5', c: '0', d: '7' } }, 0)).toBe(7_000);
    expect(quota({ headers: { a: '0', b: '5', c: '1', d: '7' } }, 0)).toBe(5_000);
    const entry = { message: 'x', extensions: { code: 'A', help: 'https://x' } };
    expect(classify({ errors: [entry] }, child)).toMatchObject({ code: 'A', docsUrl: 'https://x' });
  });

  it('F10 advice is the child’s, the parent’s, then the general one', () => {
    const advice = (status: number): string | undefined => classify({ status }, child)?.advice;
    expect(advice(423)).toBe('Child, locked.');
    expect(advice(409)).toBe('Parent, conflict.');
    expect(advice(408)).toBe(generalAdvice('timeout'));
    expect(compiled(child).outcomeUnknown).toBe(compiled(graphqlOverHttp).outcomeUnknown);
  });

  it('F10 every kind has one sentence', () => {
    const sentences = [...kinds.map(generalAdvice), compiled(graphqlOverHttp).outcomeUnknown];
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{20,200}\.$/);
  });

  it('W8 a profile is resolved once', () => {
    expect(compiled(child)).toBe(compiled(child));
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
