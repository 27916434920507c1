import { createResilience } from '@holdfast/core';
import type {
  AuthOptions,
  Resilience,
  ResilienceEvent,
  ResilienceOptions,
  Share,
  Tokens,
} from '@holdfast/core';

/** An instance of an app, as one process has it. */
export interface Instance {
  readonly resilience: Resilience;
  readonly events: ResilienceEvent[];
  /** Which callbacks have failed, and what was said. */
  readonly told: () => string[];
  /** Sends an operation; answers the header that it was sent with. */
  ask(): Promise<string | undefined>;
}

/** Sends nothing anywhere: the answer is what the operation was signed with. */
export function instanceOf(
  share: Share,
  auth: AuthOptions,
  options: Partial<ResilienceOptions> = {},
): Instance {
  const events: ResilienceEvent[] = [];
  const resilience = createResilience({
    auth,
    share,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return {
    resilience,
    events,
    told: () =>
      events.flatMap((event) =>
        event.type === 'callback_failed'
          ? [`${event.callback}: ${String((event.error as Error).message)}`]
          : [],
      ),
    ask: () =>
      new Promise((resolve, reject) => {
        resilience.execute<string | undefined>(
          { kind: 'query', name: 'Q' },
          {
            send: ({ headers }, receiver) => {
              receiver.next(headers['authorization']);
              receiver.complete();
              return () => {};
            },
            read: () => ({ data: {} }),
          },
          { next: resolve, error: reject, complete: () => {} },
        );
      }),
  };
}

/** A token endpoint in memory: it counts its calls, and names its tokens by their number. */
export class Tokenry {
  calls = 0;
  /** Milliseconds that a call takes. */
  takes = 20;
  readonly refresh = async (): Promise<Tokens> => {
    const number = ++this.calls;
    await new Promise((resolve) => void setTimeout(resolve, this.takes));
    return { accessToken: `t${number}` };
  };
}
