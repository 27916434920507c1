import * as fc from '../../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import { newest, stamp } from '../../src/browser/message.ts';
import type { Stamped } from '../../src/browser/message.ts';

/** Decisions of three tabs at four instants: the same decision has the same tokens. */
const stamped = fc
  .record({
    generation: fc.integer({ min: 1, max: 6 }),
    at: fc.nat({ max: 3 }),
    by: fc.constantFrom('a', 'b', 'c'),
  })
  .map((value): Stamped => ({ ...value, tokens: { accessToken: `${value.at} ${value.by}` } }));

describe('of two values', () => {
  it('T14 every tab takes the same, whichever it hears first', () => {
    const property = fc.property(stamped, stamped, (one, other) => {
      expect(newest(one, other)).toEqual(newest(other, one));
      expect(newest(one, one)).toEqual(one);
      expect(newest(one, undefined)).toEqual(one);
    });
    fc.assert(property);
  });

  it('T14 T2 the one taken has a number that no session has seen with other tokens', () => {
    const property = fc.property(stamped, stamped, (one, other) => {
      const { generation, tokens } = newest(one, other)!;
      for (const { generation: seen, tokens: had } of [one, other]) {
        if (had?.accessToken === tokens?.accessToken)
          expect(generation).toBeGreaterThanOrEqual(seen);
        else expect(generation).toBeGreaterThan(seen);
      }
    });
    fc.assert(property);
  });

  it('T14 what followed on another is newer, though the clock was set back', () => {
    const clock = fc.integer({ min: 0, max: 1_000 });
    const property = fc.property(fc.array(clock, { minLength: 2, maxLength: 20 }), (times) => {
      const values: Stamped[] = [];
      for (const [index, now] of times.entries()) {
        const next = { generation: index + 1, tokens: { accessToken: `${index}` } };
        values.push(stamp(next, values.at(-1), `${index % 3}`, now));
      }
      for (const [index, value] of values.entries()) {
        for (const earlier of values.slice(0, index)) expect(newest(earlier, value)).toBe(value);
      }
    });
    fc.assert(property);
  });

  it('T14 T15 what an application starts with gives way to what any tab decided', () => {
    const start = stamp({ generation: 1, tokens: { accessToken: 'start' } }, undefined, 'z', 9_999);
    const decided: Stamped = { generation: 1, at: 5, by: 'a', tokens: { accessToken: 'mine' } };
    expect(newest(start, decided)).toEqual({ ...decided, generation: 2 });
    const signedOut = stamp({ generation: 1 }, undefined, 'z', 9_999);
    expect(newest(signedOut, decided)).toEqual({ ...signedOut, generation: 2 });
  });
});

describe('tabs that came to know different values', () => {
  it('T14 agree after a few messages, whoever hears whom first', () => {
    const order = fc.infiniteStream(fc.nat());
    const some = fc.array(stamped, { minLength: 2, maxLength: 5 });
    const property = fc.property(some, order, (values, picks) => {
      const known = values.map((value): Stamped => value);
      const all = known.map((_, tab) => tab);
      const others = (from: number) => all.filter((to) => to !== from);
      const mail = all.flatMap((from) => others(from).map((to) => ({ to, told: known[from]! })));
      let delivered = 0;
      for (const pick of picks) {
        const [{ to, told } = { to: 0, told: undefined }] = mail.splice(pick % mail.length, 1);
        if (told === undefined) break;
        delivered++;
        const value = newest(known[to], told)!;
        known[to] = value;
        // As the tabs do: who is behind is told.
        const same =
          value.at === told.at && value.by === told.by && value.generation === told.generation;
        if (!same) mail.push(...others(to).map((other) => ({ to: other, told: value })));
        expect(delivered).toBeLessThan(5_000);
      }
      for (const value of known) expect(value).toEqual(known[0]);
    });
    fc.assert(property);
  });
});
