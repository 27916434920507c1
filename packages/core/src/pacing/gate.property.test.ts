import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { house } from './gate.fixture.ts';
import type { Guest } from './gate.fixture.ts';

const MAX_WAIT = 30_000;
const QUEUE = 5;

type Move =
  | { readonly type: 'enter'; readonly first: boolean; readonly patience: number }
  | { readonly type: 'close'; readonly hint: number | undefined; readonly spread: number }
  | { readonly type: 'afar'; readonly left: number }
  | { readonly type: 'back'; readonly outcome: 'success' | 'other'; readonly which: number }
  | { readonly type: 'leave'; readonly which: number }
  | { readonly type: 'pass time'; readonly ms: number };

const some = fc.integer({ min: 0, max: 3_000 });
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('enter' as const),
        first: fc.boolean(),
        patience: fc.constantFrom(500, 5_000, 100_000, Infinity),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('close' as const),
        hint: fc.option(fc.oneof(some, fc.constant(MAX_WAIT + 1)), { nil: undefined }),
        spread: fc.integer({ min: 0, max: 1_000 }),
      }),
    },
    fc.record({
      type: fc.constant('afar' as const),
      left: fc.oneof(fc.integer({ min: -500, max: 3_000 }), fc.constant(Number.NaN)),
    }),
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('back' as const),
        outcome: fc.constantFrom('success' as const, 'other' as const),
        which: fc.nat(20),
      }),
    },
    fc.record({ type: fc.constant('leave' as const), which: fc.nat(20) }),
    { weight: 4, arbitrary: fc.record({ type: fc.constant('pass time' as const), ms: some }) },
  ),
  { maxLength: 80 },
);

interface Entry {
  readonly guest: Guest;
  readonly first: boolean;
  readonly name: string;
}

describe('the gate under any schedule', () => {
  it('W3 W7 loses and doubles nobody, keeps the order, and opens for nobody before its instant', () => {
    fc.assert(
      fc.property(moves, (schedule) => {
        const self = house({ queue: QUEUE, maxWait: MAX_WAIT });
        const { clock, gate } = self;
        const entries: Entry[] = [];
        const gone = new Set<Guest>();
        const under: Guest[] = [];
        let closedUntil = 0;

        /** What must hold after every move; `seen` is how many had been let through before it. */
        const check = (seen: number): void => {
          const through = self.admitted.slice(seen);
          const newly = through.map((name) => entries.find((entry) => entry.name === name));
          for (const entry of newly) if (entry) under.push(entry.guest);
          for (const { guest } of entries) expect(guest.answers).toBeLessThanOrEqual(1);
          const waits = entries.filter(({ guest }) => guest.answers === 0 && !gone.has(guest));
          expect(waits.filter(({ first }) => !first).length).toBeLessThanOrEqual(QUEUE);
          for (const first of [true, false]) {
            const order = newly.filter((entry) => entry?.first === first).map((e) => e?.name);
            expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
          }
        };

        for (const move of schedule) {
          const seen = self.admitted.length;
          const now = clock.monotonic();
          if (move.type === 'enter') {
            const name = String(entries.length);
            const deadline = now + move.patience;
            const guest = self.enter(name, { first: move.first, deadline });
            entries.push({ guest, first: move.first, name });
            if (now < closedUntil) expect(guest.pass).toBeUndefined();
          } else if (move.type === 'close') {
            const wait = move.hint === undefined ? 500 + move.spread : move.hint + move.spread;
            gate.close('api', 'rate_limited', move.hint, wait);
            // Never before a hint; the spread of an earlier closing may serve for a later one.
            closedUntil = Math.max(closedUntil, now + (move.hint ?? wait));
          } else if (move.type === 'afar') {
            gate.closeFromAfar('api', clock.wall() + move.left);
            if (move.left > 0) closedUntil = Math.max(closedUntil, now + move.left);
          } else if (move.type === 'back') {
            const [guest] = under.splice(move.which % Math.max(1, under.length), 1);
            guest?.pass?.leave(move.outcome);
          } else if (move.type === 'leave') {
            const waits = entries.filter(({ guest }) => guest.answers === 0 && !gone.has(guest));
            const guest = waits[move.which % Math.max(1, waits.length)]?.guest;
            if (guest !== undefined) gone.add(guest);
            guest?.leave();
          } else {
            if (now + move.ms < closedUntil) {
              clock.advance(move.ms);
              expect(self.admitted.length).toBe(seen);
            } else clock.advance(move.ms);
          }
          check(seen);
        }

        // In the end everybody has had an answer, once all that are under way have come back.
        clock.advance(2 * MAX_WAIT);
        for (let round = 0; round <= entries.length; round++) {
          check(self.admitted.length);
          for (const { guest } of entries) guest.pass?.leave('other');
        }
        for (const { guest } of entries) expect(guest.answers).toBe(gone.has(guest) ? 0 : 1);
        expect(clock.pending).toBe(0);
        expect(gate.state()).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
