import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Line } from './line.ts';

it('W7 a line is first come, first served, whoever joins and leaves meanwhile', () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('join' as const), who: fc.nat(20) }),
    fc.record({ does: fc.constant('leave' as const), who: fc.nat(20) }),
    fc.record({ does: fc.constant('take' as const), who: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const line = new Line<number>();
      let model: number[] = [];
      for (const { does, who } of steps) {
        if (does === 'join') {
          line.add(who);
          if (!model.includes(who)) model.push(who);
        } else if (does === 'leave') {
          expect(line.delete(who)).toBe(model.includes(who));
          model = model.filter((other) => other !== who);
        } else {
          expect(line.take()).toBe(model.shift());
        }
        expect([line.size, line.all()]).toEqual([model.length, model]);
      }
    }),
  );
});
