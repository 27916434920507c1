import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InProgress } from './in-progress.ts';

it('E3 what is in progress is known, in whatever order it ends', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 100 }), (turns) => {
      const inProgress = new InProgress<{ place: number; name: number }>();
      const model = new Map<number, { place: number; name: number }>();
      for (const name of turns) {
        const known = model.get(name);
        if (known === undefined) {
          const one = { place: -1, name };
          model.set(name, one);
          inProgress.add(one);
        } else {
          model.delete(name);
          inProgress.delete(known);
        }
        expect(new Set(inProgress.all())).toEqual(new Set(model.values()));
        expect(inProgress.all().length).toBe(model.size);
      }
    }),
  );
});
