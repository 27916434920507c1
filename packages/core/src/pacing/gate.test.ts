import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';
import { closedHouse, house } from './gate.fixture.ts';

describe('a closed scope', () => {
  it('W7 lets everybody through while nothing is closed', () => {
    const { enter, gate, clock } = house();
    expect(enter('a').pass).toBeDefined();
    expect([gate.state(), clock.pending]).toEqual([[], 0]);
  });

  it('W7 holds back its own operations and no others', () => {
    const { enter, admitted } = closedHouse(1_000);
    enter('a');
    enter('b', { scope: 'other' });
    expect(admitted).toEqual(['b']);
  });

  it('W7 keeps the order, those that met the limit before the others', () => {
    const { enter, admitted, clock } = closedHouse(1_000);
    const guests = [
      enter('a'),
      enter('b'),
      enter('m1', { first: true }),
      enter('m2', { first: true }),
    ];
    clock.advance(1_000);
    for (let turn = 0; turn < 4; turn++) for (const { pass } of guests) pass?.leave('other');
    expect(admitted).toEqual(['m1', 'm2', 'a', 'b']);
  });

  it('W7 has places for so many, and those that met the limit take none', () => {
    const { enter } = closedHouse(1_000, { queue: 2 });
    for (let index = 0; index < 5; index++) enter(`m${index}`, { first: true });
    const [a, b, c] = [enter('a'), enter('b'), enter('c')];
    expect([a, b].map(({ refusal }) => refusal)).toEqual([undefined, undefined]);
    expect(c.refusal).toMatchObject({ reason: 'queue_full', closure: { until: 1_000 } });
    a.leave();
    expect(enter('d').refusal).toBeUndefined();
  });

  it('R8 W7 a queue of 0 is no queue, and the one that met the limit waits all the same', () => {
    const { enter } = closedHouse(1_000, { queue: 0 });
    expect(enter('a').refusal?.reason).toBe('queue_full');
    expect(enter('m', { first: true }).answers).toBe(0);
  });

  it('W3 opens at its instant and not a millisecond before', () => {
    const { enter, admitted, opened, clock } = closedHouse(1_000);
    enter('a');
    clock.advance(999);
    expect([admitted, opened]).toEqual([[], []]);
    clock.advance(1);
    expect([admitted, opened]).toEqual([['a'], ['api']]);
  });

  it('W3 W7 a later limit keeps it closed for longer, an earlier one does not open it', () => {
    const { gate, enter, admitted, clock } = closedHouse(1_000);
    enter('a');
    gate.close('api', 'rate_limited', 3_000, 3_000);
    gate.close('api', 'rate_limited', 10, 500);
    gate.close('api', 'rate_limited', undefined, 500);
    clock.advance(2_999);
    expect(admitted).toEqual([]);
    clock.advance(1);
    expect(admitted).toEqual(['a']);
  });

  it('W3 many that meet one limit do not push the opening on with each spread', () => {
    const { gate, closed } = house();
    gate.close('api', 'rate_limited', 1_000, 1_400);
    for (const wait of [1_000, 1_500, 1_999]) gate.close('api', 'rate_limited', 1_000, wait);
    expect(closed).toEqual([{ scope: 'api', until: 1_400 }]);
  });

  it('W4 refuses whom it would keep for longer than maxWait, or past the deadline', () => {
    const { enter } = closedHouse(30_001);
    expect(enter('a').refusal?.reason).toBe('wait_too_long');
    const other = closedHouse(30_000);
    expect(other.enter('a').answers).toBe(0);
    expect(other.enter('b', { deadline: 29_999 }).refusal?.reason).toBe('wait_too_long');
    expect(other.enter('c', { first: true, deadline: 5 }).refusal?.reason).toBe('wait_too_long');
  });

  it('R2 W4 an opening at the deadline itself is too late', () => {
    expect(closedHouse(1_000).enter('a', { deadline: 1_000 }).refusal?.reason).toBe(
      'wait_too_long',
    );
  });

  it('W4 R8 maxWait bounds the server’s hints, the spread after them and own backoff not', () => {
    const { gate, enter } = house({ maxWait: 0 });
    gate.close('api', 'rate_limited', undefined, 1_000);
    expect(enter('a', { first: true }).answers).toBe(0);
    gate.close('spread', 'rate_limited', 0, 900);
    expect(enter('b', { scope: 'spread' }).answers).toBe(0);
    gate.close('hint', 'rate_limited', 1, 1);
    expect(enter('c', { scope: 'hint' }).refusal?.reason).toBe('wait_too_long');
  });

  it('W10 W7 looking at the state opens nothing, however late the timer is', () => {
    let now = 0;
    const opened: string[] = [];
    const gate = new Gate({
      clock: { wall: () => now, monotonic: () => now, after: () => () => {} },
      queue: 10,
      maxWait: 30_000,
      watched: () => true,
      onClosed: () => {},
      onOpened: (scope) => opened.push(scope),
      onChange: () => {},
    });
    gate.close('api', 'rate_limited', 1_000, 1_000);
    now = 1_000;
    expect(gate.state()).toEqual([]);
    expect(gate.state()).toEqual([]);
    expect(opened).toEqual([]);
    expect(gate.passable('api')).toBeDefined();
    expect(opened).toEqual(['api']);
  });

  it('W4 refuses those that wait already when it is closed for too long', () => {
    const { gate, enter, clock } = closedHouse(1_000);
    const [a, b] = [enter('a'), enter('m', { first: true })];
    gate.close('api', 'unavailable', 60_000, 60_000);
    expect([a, b].map(({ refusal }) => refusal?.reason)).toEqual([
      'wait_too_long',
      'wait_too_long',
    ]);
    expect(a.refusal?.closure).toMatchObject({ kind: 'unavailable', instant: clock.wall() + 6e4 });
    clock.advance(100_000);
    expect([a.answers, b.answers]).toEqual([1, 1]);
  });

  it('W10 tells those that wait on of the new instant', () => {
    const { gate, enter } = closedHouse(1_000);
    const guest = enter('a');
    expect(guest.until).toBe(1_000);
    gate.close('api', 'rate_limited', 4_000, 5_000);
    expect(guest.until).toBe(5_000);
  });

  it('E1 whoever leaves is not called, and keeps no timer', () => {
    const { enter, admitted, clock } = closedHouse(1_000);
    const guest = enter('a');
    expect(clock.pending).toBe(1);
    guest.leave();
    guest.leave();
    expect(clock.pending).toBe(0);
    clock.advance(1_000);
    expect(admitted).toEqual([]);
  });

  it('E3 dispose takes queue and timers away', () => {
    const { enter, gate, clock } = closedHouse(1_000);
    const guest = enter('a');
    gate.dispose();
    clock.advance(1_000);
    expect([guest.answers, clock.pending, gate.state()]).toEqual([0, 0, []]);
  });
});

describe('what is shown and told', () => {
  it('W10 shows closed scopes, until when, and how many wait', () => {
    const { gate, enter, clock } = closedHouse(1_000);
    enter('a');
    enter('m', { first: true });
    expect(gate.state()).toEqual([{ scope: 'api', until: clock.wall() + 1_000, waiting: 2 }]);
    clock.advance(1_000);
    expect(gate.state()).toEqual([]);
  });

  it('W10 E5 a scope nobody waits for has a timer only where somebody watches', () => {
    const silent = closedHouse(1_000);
    expect(silent.clock.pending).toBe(0);
    silent.watched = true;
    silent.gate.watch();
    expect(silent.clock.pending).toBe(1);
    silent.clock.advance(1_000);
    expect(silent.opened).toEqual(['api']);
  });

  it('W5 asks for no timer longer than a platform holds', () => {
    const self = house({ maxWait: Infinity });
    self.watched = true;
    self.gate.close('api', 'rate_limited', 1e10, 1e10);
    const guest = self.enter('a');
    self.clock.advance(1e10 - 1);
    expect(guest.answers).toBe(0);
    self.clock.advance(1);
    expect(guest.answers).toBe(1);
  });
});

describe('what a sibling tells', () => {
  it('W9 closes the scope, and is not told back', () => {
    const { gate, enter, admitted, closed, clock } = house();
    gate.closeFromAfar('api', clock.wall() + 1_000);
    enter('a');
    clock.advance(999);
    expect([admitted, closed]).toEqual([[], []]);
    clock.advance(1);
    expect(admitted).toEqual(['a']);
  });

  it('W9 W4 is bound by maxWait as well', () => {
    const { gate, enter, clock } = house();
    gate.closeFromAfar('api', clock.wall() + 30_001);
    expect(enter('a').refusal?.reason).toBe('wait_too_long');
  });

  it.each([Number.NaN, Infinity, -Infinity, -5, 0, 1, '2030' as unknown as number])(
    'W9 W5 an instant of %s changes nothing',
    (instant) => {
      const { gate, enter, admitted } = house();
      gate.closeFromAfar('api', instant);
      enter('a');
      enter('b');
      expect([admitted, gate.state()]).toEqual([['a', 'b'], []]);
    },
  );
});
