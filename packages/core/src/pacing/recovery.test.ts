import { describe, expect, it } from 'vitest';
import { closedHouse } from './gate.fixture.ts';
import type { Guest, House } from './gate.fixture.ts';

function queued(count: number, hint = 1_000): House & { readonly guests: readonly Guest[] } {
  const self = closedHouse(hint);
  const guests = Array.from({ length: count }, (_, index) => self.enter(String(index)));
  return Object.assign(self, { guests });
}

/** How many are under way: let through, and not back yet. */
function underWay(guests: readonly Guest[], back: ReadonlySet<Guest>): Guest[] {
  return guests.filter((guest) => guest.pass !== undefined && !back.has(guest));
}

describe('recovery', () => {
  it('W7 one goes first, and each success doubles how many may go', () => {
    const { guests, clock } = queued(20);
    const back = new Set<Guest>();
    clock.advance(1_000);
    const sizes: number[] = [];
    for (let success = 0; success < 4; success++) {
      const now = underWay(guests, back);
      sizes.push(now.length);
      const [guest] = now;
      if (guest === undefined) break;
      back.add(guest);
      guest.pass?.leave('success');
    }
    expect(sizes).toEqual([1, 2, 4, 8]);
  });

  it('W7 an attempt that did not serve makes way for one other', () => {
    const { guests, admitted, clock } = queued(3);
    clock.advance(1_000);
    guests[0]?.pass?.leave('other');
    expect(admitted).toEqual(['0', '1']);
    guests[1]?.pass?.leave('other');
    expect(admitted).toEqual(['0', '1', '2']);
  });

  it('W7 a pass given back twice counts once', () => {
    const { guests, admitted, clock } = queued(9);
    clock.advance(1_000);
    for (let time = 0; time < 5; time++) guests[0]?.pass?.leave('success');
    expect(admitted).toHaveLength(3);
  });

  it('W7 newcomers do not overtake, and join the queue while others recover', () => {
    const { enter, guests, admitted, clock } = queued(2);
    clock.advance(1_000);
    const late = enter('late');
    expect(late.answers).toBe(0);
    guests[0]?.pass?.leave('success');
    expect(admitted).toEqual(['0', '1', 'late']);
  });

  it('W10 W7 who waits for others has no instant', () => {
    const { enter, clock } = queued(1);
    clock.advance(1_000);
    expect(enter('late').until).toBeUndefined();
  });

  it('W7 a scope that nobody waited for lets one through first as well', () => {
    const { enter, admitted, clock } = closedHouse(1_000);
    clock.advance(5_000);
    const [probe] = [enter('a'), enter('b'), enter('c')];
    expect(admitted).toEqual(['a']);
    probe?.pass?.leave('success');
    expect(admitted).toEqual(['a', 'b', 'c']);
  });

  it('W7 closed again, the rest waits on, and recovery begins anew with one', () => {
    const { gate, guests, admitted, clock } = queued(4);
    clock.advance(1_000);
    gate.close('api', 'rate_limited', 2_000, 2_000);
    guests[0]?.pass?.leave('other');
    clock.advance(1_999);
    expect(admitted).toEqual(['0']);
    clock.advance(1);
    expect(admitted).toEqual(['0', '1']);
  });

  it('W7 a success of the recovery before says nothing about this one', () => {
    const { gate, guests, admitted, clock } = queued(8);
    clock.advance(1_000);
    guests[0]?.pass?.leave('success');
    expect(admitted).toHaveLength(3);
    gate.close('api', 'rate_limited', 2_000, 2_000);
    clock.advance(2_000);
    expect(admitted).toHaveLength(4);
    guests[1]?.pass?.leave('success');
    guests[2]?.pass?.leave('other');
    expect(admitted).toHaveLength(4);
  });

  it('W7 once a success finds nobody waiting, the scope is as it was', () => {
    const { enter, guests, admitted, clock } = queued(1);
    clock.advance(1_000);
    guests[0]?.pass?.leave('success');
    for (let index = 0; index < 50; index++) enter(`n${index}`);
    expect(admitted).toHaveLength(51);
  });

  it('E4 one that is let through may close, enter or leave in that very moment', () => {
    const self = closedHouse(1_000);
    const seen: string[] = [];
    const second = { leave: (): void => {} };
    self.gate.enter('api', {
      first: false,
      deadline: Infinity,
      admit: (pass) => {
        seen.push('first');
        second.leave();
        self.enter('inside');
        pass.leave('success');
      },
      refuse: () => {},
      moved: () => {},
    });
    second.leave = self.enter('second').leave;
    self.enter('third');
    self.clock.advance(1_000);
    expect([seen, self.admitted]).toEqual([['first'], ['third', 'inside']]);
  });

  it('W7 nor does one that comes while others are being let through overtake them', () => {
    const self = closedHouse(1_000);
    const probe = self.enter('probe');
    self.gate.enter('api', {
      first: false,
      deadline: Infinity,
      admit: () => void self.enter('inside'),
      refuse: () => {},
      moved: () => {},
    });
    self.enter('after');
    self.clock.advance(1_000);
    probe.pass?.leave('success');
    expect(self.admitted).toEqual(['probe', 'after']);
  });
});
