import { describe, expect, it } from 'vitest';
import { classify } from '@holdfast/core';
import { everyResponse, nameOf, profileOf } from './responses/all.fixture.ts';
import { NOW } from './responses/response.fixture.ts';

describe('responses of each API, with its profile', () => {
  for (const told of everyResponse) {
    it(`F1 F9 W1 ${nameOf(told)} (${told.from})`, () => {
      const now = told.signal.now ?? NOW;
      const failure = classify({ ...told.signal, now }, profileOf[told.api]);
      expect({
        kind: failure?.kind ?? null,
        wait: failure?.retryAt === undefined ? undefined : failure.retryAt - now,
        executed: failure?.executed,
        freshToken: failure?.freshToken ?? false,
      }).toEqual({
        kind: told.kind,
        wait: told.wait,
        executed: told.executed,
        freshToken: told.freshToken ?? false,
      });
    });
  }

  it('F1 no profile is without a response', () => {
    const told = new Set(everyResponse.map(({ api }) => api));
    expect(Object.keys(profileOf).filter((name) => !told.has(name as never))).toEqual([]);
    expect(everyResponse.length).toBeGreaterThan(200);
  });
});
