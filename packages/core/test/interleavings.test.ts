import * as fc from '../../../tests/properties.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { happening } from './happening.fixture.ts';
import { World } from './interleavings.fixture.ts';

describe('whatever happens, in whatever order', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));

  it.each(['tokens', 'none'] as const)(
    'T1 T2 T3 T4 T11 T11b T13 M1 M2 R2 H2 H3 H5 W7 E1 E2 E3 E4 each operation settles once and in time, as its own user, with one refresh and one probe at a time: from %s',
    async (initial) => {
      const happenings = fc.array(happening, { minLength: 5, maxLength: 80 });
      const property = fc.asyncProperty(happenings, async (all) => {
        const world = new World(initial);
        for (const what of all) await world.happen(what);
        expect(await world.end()).toEqual([]);
        expect(unhandled).toEqual([]);
      });
      await fc.assert(property, { numRuns: 600 });
    },
  );
});
