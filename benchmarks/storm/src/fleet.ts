import { createResilience } from '@holdfast/core';
import type { Clock, Resilience, Signal, Tokens } from '@holdfast/core';
import { createMemoryStore } from '@holdfast/testing/share';
import type { MemoryShare } from '@holdfast/testing/share';
import { chance } from './chance.ts';
import type { Chance } from './chance.ts';
import { Timeline } from './timeline.ts';

/** How many instances there are, each as a process of its own. */
export const INSTANCES = 10_000;

export const ID = 'fleet';
export const TITLE = 'A fleet on one store that loses messages: cold start, a dead token, a limit';

/** Virtual milliseconds. */
const SECOND = 1_000;
const LATENCY = { least: 1, most: 20 };
const ANSWERED = 50;
const TOKEN_CALL = 100;
const LIMIT = 5 * SECOND;
/** For so long nobody asks after something has happened: longer than anything of it can last. */
const QUIET = 30 * SECOND;
/** This share of the messages is lost, and this share of the instances is cut off when the limit is met. */
const LOST = 0.01;
const CUT = 0.1;

/** What became of a fleet. */
export interface FleetMeasures {
  readonly instances: number;
  readonly operations: number;
  readonly requests: number;
  /** Token calls of all of them: at the beginning, and when the token had died. */
  readonly cold: number;
  readonly renewed: number;
  /** Requests of an instance that knew of the limit, before its end. */
  readonly early: number;
  readonly failed: number;
  /** Operations that were never answered. */
  readonly open: number;
  /** Virtual milliseconds until those that were not cut off knew of the limit, in order. */
  readonly known: readonly number[];
}

/** Plays the story with so many instances. The same seed gives the same numbers. */
export async function playFleet(instances: number, seed: number): Promise<FleetMeasures> {
  const fleet = new Fleet(instances, chance(seed));
  await fleet.play();
  return fleet.measures();
}

/** One process. */
interface Member {
  readonly resilience: Resilience;
  readonly share: MemoryShare;
}

class Fleet {
  readonly #members: readonly Member[];
  readonly #timeline = new Timeline();
  #calls = 0;
  #cold = 0;
  /** Tokens before this one are dead. */
  #oldest = 1;
  #limitedUntil = -Infinity;
  readonly #known: number[] = [];
  #operations = 0;
  #requests = 0;
  #early = 0;
  #answered = 0;
  #failed = 0;

  constructor(instances: number, random: Chance) {
    const clock = this.#clock();
    const span = LATENCY.most - LATENCY.least;
    const latency = (): number =>
      random() < LOST ? Infinity : Math.ceil(LATENCY.least + span * random());
    const store = createMemoryStore({ clock, latency });
    this.#members = Array.from({ length: instances }, () => {
      const share = store.open();
      const resilience = createResilience({
        clock,
        random,
        share,
        auth: { refresh: () => this.#refresh() },
        // What the network has lost is told; here it is meant.
        onEvent: () => {},
      });
      return { resilience, share };
    });
  }

  async play(): Promise<void> {
    const members = this.#members;
    await this.#all();
    this.#cold = this.#calls;
    this.#oldest = this.#calls + 1;
    await this.#all();
    const cut = members.slice(0, Math.ceil(members.length * CUT));
    for (const { share } of cut) share.cut();
    await this.#limit(members.slice(cut.length));
    for (const { share } of cut) share.connect();
    await this.#pass(QUIET);
    for (const { resilience } of members) resilience.dispose();
    await this.#timeline.run();
  }

  measures(): FleetMeasures {
    return {
      instances: this.#members.length,
      operations: this.#operations,
      requests: this.#requests,
      cold: this.#cold,
      renewed: this.#calls - this.#cold,
      early: this.#early,
      failed: this.#failed,
      open: this.#operations - this.#answered - this.#failed,
      known: this.#known.toSorted((one, other) => one - other),
    };
  }

  /** Everybody asks. */
  async #all(): Promise<void> {
    for (const member of this.#members) this.#ask(member);
    await this.#pass(QUIET);
  }

  /** One meets a limit, and then everybody asks. */
  async #limit(connected: readonly Member[]): Promise<void> {
    const timeline = this.#timeline;
    const met = timeline.monotonic() + ANSWERED;
    this.#limitedUntil = timeline.monotonic() + LIMIT;
    const leaves = connected.map(({ resilience }) => {
      const leave = resilience.limits.subscribe(() => {
        leave();
        this.#known.push(timeline.monotonic() - met);
      });
      return leave;
    });
    const [first] = connected;
    if (first !== undefined) this.#ask(first);
    await this.#pass(SECOND / 5);
    for (const leave of leaves) leave();
    for (const member of this.#members) this.#ask(member);
    await this.#pass(LIMIT);
  }

  #ask({ resilience }: Member): void {
    const timeline = this.#timeline;
    this.#operations++;
    resilience.execute<Signal>(
      { kind: 'query', name: 'Q' },
      {
        send: ({ headers }, receiver) => {
          this.#requests++;
          const isTold = resilience.limits.get().some(({ until }) => until > timeline.wall());
          if (isTold && timeline.monotonic() < this.#limitedUntil) this.#early++;
          return timeline.after(ANSWERED, () => {
            receiver.next(this.#answer(headers['authorization'] ?? ''));
            receiver.complete();
            timeline.promised();
          });
        },
        read: (signal) => signal,
      },
      {
        next: () => void this.#answered++,
        error: () => void this.#failed++,
        complete: () => {},
      },
    );
    timeline.promised();
  }

  #answer(authorization: string): Signal {
    const token = Number(/^Bearer t(\d+)$/u.exec(authorization)?.[1]);
    if (!(token >= this.#oldest)) return { status: 401 };
    const left = Math.ceil((this.#limitedUntil - this.#timeline.monotonic()) / SECOND);
    return left > 0 ? { status: 429, headers: { 'retry-after': String(left) } } : { data: {} };
  }

  #refresh(): Promise<Tokens> {
    const accessToken = `t${++this.#calls}`;
    const timeline = this.#timeline;
    return new Promise((resolve) => {
      timeline.after(TOKEN_CALL, () => {
        timeline.promised();
        resolve({ accessToken });
      });
    });
  }

  #pass(milliseconds: number): Promise<void> {
    return this.#timeline.run(this.#timeline.monotonic() + milliseconds);
  }

  /** Whatever rings goes on in promises, in the store and in the instances. */
  #clock(): Clock {
    const timeline = this.#timeline;
    return {
      monotonic: () => timeline.monotonic(),
      wall: () => timeline.wall(),
      after: (ms, run) =>
        timeline.after(ms, () => {
          timeline.promised();
          run();
        }),
    };
  }
}
