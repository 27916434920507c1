import { createResilience } from '@holdfast/core';
import type { Resilience, ResilienceOptions } from '@holdfast/core';
import type { TestServer } from '@holdfast/testing';
import type { Answer, ClientMaker, TestedClient } from './client.ts';
import { Observation } from './observation.ts';
import type { Measured } from './observation.ts';

/** A trouble, and how a client should come through it. */
export interface Scenario {
  readonly title: string;
  /** The rules that it shows, as docs/behaviour.md numbers them. */
  readonly rules: readonly string[];
  run(make: ClientMaker): Promise<Finding>;
}

/** What a scenario came to. */
export interface Finding {
  readonly client: TestedClient['name'];
  readonly measured: Measured;
  readonly answers: readonly Answer[];
  /** What somebody in front of the application would have noticed. */
  readonly noticed: string;
  /** What the rules say should be, and whether it was. */
  readonly expected: Readonly<Record<string, boolean>>;
}

/** What a scenario works with: one server, one instance, one client. */
export interface Stage<S extends TestServer> {
  readonly server: S;
  readonly resilience: Resilience;
  readonly client: TestedClient;
}

type Told = Pick<Finding, 'answers' | 'noticed' | 'expected'>;

/** Sets the stage, lets a scenario play on it, measures, and clears the stage whatever happens. */
export async function stage<S extends TestServer>(
  make: ClientMaker,
  start: () => Promise<S>,
  options: (server: S) => ResilienceOptions,
  play: (stage: Stage<S>) => Promise<(measured: Measured) => Told>,
): Promise<Finding> {
  const server = await start();
  const resilience = createResilience(options(server));
  try {
    const client = make(resilience, server.url);
    const observation = new Observation(server, resilience);
    const tell = await play({ server, resilience, client });
    const measured = observation.end();
    return { client: client.name, measured, ...tell(measured) };
  } finally {
    resilience.dispose();
    await server.close();
  }
}

/** Starts so many operations in one go, numbered from 1: a client sends equal queries only once. */
export function atOnce(
  count: number,
  start: (number: number) => Promise<Answer>,
): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => start(index + 1)));
}

/** Settles as soon as the instance says that its API is down. */
export function isDown({ limits }: Resilience): Promise<void> {
  return new Promise((resolve) => {
    const end = limits.subscribe(() => {
      if (!limits.get().some(({ reason }) => reason === 'outage')) return;
      end();
      resolve();
    });
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export function allAnswered(answers: readonly Answer[]): boolean {
  return answers.every(({ data, error }) => data !== undefined && error === undefined);
}
