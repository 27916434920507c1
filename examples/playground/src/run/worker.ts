import type { Scenario, Side } from '../scenario/scenario.ts';
import { play } from './run.ts';

/** What a worker is told: once, for it plays once. */
export interface Order {
  readonly scenario: Scenario;
  readonly side: Side;
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  play(data.scenario, data.side).then(
    (recording) => postMessage({ recording }),
    (error: unknown) => postMessage({ problem: String(error) }),
  );
});
