import { describe, expect, it } from 'vitest';
import { outcomeOf, settled } from './outcome.ts';

describe('an outcome', () => {
  const error = new Error('No.');

  it.each([
    ['answered', { hello: 1 }, undefined],
    ['partial', { hello: 1 }, error],
    ['failed', undefined, error],
    ['failed', null, undefined],
  ] as const)('is %s', (state, data, cause) => {
    expect(outcomeOf(data, cause, [])).toMatchObject({ state, data });
  });

  it('has the codes of the errors that have one', () => {
    const errors = [{ extensions: { code: 'FORBIDDEN' } }, { extensions: { code: 404 } }, {}];
    expect(outcomeOf(undefined, error, errors).codes).toEqual(['FORBIDDEN']);
  });

  it('is pending where the deadline came first, and a rejection is a failure', async () => {
    const answer = outcomeOf({ hello: 1 }, undefined, []);
    const outcomes = await settled(
      [new Promise(() => undefined), Promise.resolve(answer), Promise.reject(error)],
      1,
    );
    expect(outcomes.map(({ state }) => state)).toEqual(['pending', 'answered', 'failed']);
  });
});
