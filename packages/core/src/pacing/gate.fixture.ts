import { createTestClock } from '@holdfast/testing/clock';
import type { TestClock } from '@holdfast/testing/clock';
import type { Pass, Refusal } from './admission.ts';
import { Gate } from './gate.ts';

/** One that wanted through a gate, and what it was told. */
export interface Guest {
  readonly name: string;
  pass: Pass | undefined;
  refusal: Refusal | undefined;
  /** Where it waits now, as it was told last. */
  until: number | undefined;
  /** How often it was let through or refused. */
  answers: number;
  leave(): void;
}

export interface House {
  readonly clock: TestClock;
  readonly gate: Gate;
  /** Names of those let through, in order. */
  readonly admitted: string[];
  readonly opened: string[];
  readonly closed: { readonly scope: string; readonly until: number }[];
  changes: number;
  watched: boolean;
  enter(name: string, how?: { first?: boolean; deadline?: number; scope?: string }): Guest;
}

export function house(
  options: { queue?: number; maxWait?: number } = {},
  clock: TestClock = createTestClock(),
): House {
  const self: House = {
    clock,
    admitted: [],
    opened: [],
    closed: [],
    changes: 0,
    watched: false,
    gate: new Gate({
      clock,
      queue: options.queue ?? 100,
      maxWait: options.maxWait ?? 30_000,
      watched: () => self.watched,
      onClosed: (scope, { until }) => void self.closed.push({ scope, until }),
      onOpened: (scope) => void self.opened.push(scope),
      onChange: () => void self.changes++,
    }),
    enter: (name, { first = false, deadline = Infinity, scope = 'api' } = {}) => {
      const guest: Guest = {
        name,
        pass: undefined,
        refusal: undefined,
        until: undefined,
        answers: 0,
        leave: () => {},
      };
      const admit = (pass: Pass): void => {
        guest.pass = pass;
        guest.answers++;
        self.admitted.push(name);
      };
      const refuse = (refusal: Refusal): void => {
        guest.refusal = refusal;
        guest.answers++;
      };
      const moved = (until: number): void => {
        guest.until = until;
      };
      const open = self.gate.passable(scope);
      if (open !== undefined) {
        admit(open);
        return guest;
      }
      const admission = self.gate.enter(scope, { first, deadline, admit, refuse, moved });
      if (admission.type === 'passed') admit(admission.pass);
      else if (admission.type === 'refused') refuse(admission.refusal);
      else {
        guest.until = admission.until;
        guest.leave = admission.leave;
      }
      return guest;
    },
  };
  return self;
}

/** A house whose scope is closed for so many milliseconds, as the server said. */
export function closedHouse(hint: number, options?: { queue?: number; maxWait?: number }): House {
  const self = house(options);
  self.gate.close('api', 'rate_limited', hint, hint);
  return self;
}
