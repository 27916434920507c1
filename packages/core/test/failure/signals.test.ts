import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../src/base/failure.ts';
import type { Profile } from '../../src/failure/profile.ts';
import type { Signal } from '../../src/base/operation.ts';
import { classify } from '../../src/failure/classify.ts';
import fixtures from './fixtures/signals.json' with { type: 'json' };
import { breeze } from '../../../profiles/src/breeze.ts';
import { graphqlOverHttp } from '../../src/failure/default-profile.ts';
import { tbint } from '../../../profiles/src/tbint.ts';

interface Fixture {
  readonly id: string;
  readonly system: string;
  readonly signal: Signal;
  readonly nowMs?: number;
  readonly expected: {
    readonly kind: FailureKind | null;
    readonly retryAfterMs?: number;
    readonly note: string;
  };
}

const profiles = new Map<string, Profile>([
  ['Breeze', breeze],
  ['TBInt', tbint],
]);
const now = 1_767_225_600_000;

describe('documented answers', () => {
  for (const { id, system, signal, expected, nowMs = now } of fixtures as readonly Fixture[]) {
    it(`F1 ${id}: ${expected.note}`, () => {
      const failure = classify({ ...signal, now: nowMs }, profiles.get(system) ?? graphqlOverHttp);
      expect(failure?.kind ?? null).toBe(expected.kind);
      const wait = failure?.retryAt === undefined ? undefined : failure.retryAt - nowMs;
      expect(wait).toBe(expected.retryAfterMs);
    });

    it(`F7 ${id} reads the same from text`, () => {
      const body = JSON.stringify(signal.body);
      const again = typeof signal.body === 'object' ? { ...signal, body } : signal;
      const profile = profiles.get(system) ?? graphqlOverHttp;
      expect(classify({ ...again, now }, profile)).toEqual(classify({ ...signal, now }, profile));
    });
  }

  it('F6 F11 partial data, path, locations, type and docsUrl are kept', () => {
    const signalOf = (wanted: string): Signal =>
      (fixtures as readonly Fixture[]).find(({ id }) => id === wanted)?.signal ?? {};
    expect(classify(signalOf('apollo-server-5-04'))).toMatchObject({ partial: true, path: ['me'] });
    expect(classify(signalOf('tbint-01'), tbint)).toMatchObject({
      code: '404',
      type: 'field_not_found',
      docsUrl: 'https://api.tbint.app/docs/errors/field_not_found',
      path: ['user', 'username'],
      locations: [{ line: 7, column: 9 }],
    });
  });
});
