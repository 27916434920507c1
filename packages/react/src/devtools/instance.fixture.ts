import { createResilience } from '@holdfast/core';
import type {
  OperationInfo,
  Readable,
  Resilience,
  ResilienceOptions,
  Signal,
} from '@holdfast/core';
import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer, FaultServerOptions, TestClock } from '@holdfast/testing';
import { onTestFinished } from 'vitest';

/** A server, closed after the test. */
export async function server(options?: FaultServerOptions): Promise<FaultServer> {
  const started = await startFaultServer(options);
  onTestFinished(() => started.close());
  return started;
}

/** An instance, disposed of after the test. */
export function instance(options: ResilienceOptions = {}): Resilience {
  const resilience = createResilience(options);
  onTestFinished(() => resilience.dispose());
  return resilience;
}

/** The same, on a clock that the test moves. */
export function clocked(options: ResilienceOptions = {}): {
  readonly resilience: Resilience;
  readonly clock: TestClock;
} {
  const clock = createTestClock();
  return { clock, resilience: instance({ clock, random: () => 0.5, ...options }) };
}

/** Asks the server by `fetch` alone: no client is needed to see what is recorded. */
export function hello(
  resilience: Resilience,
  url: string,
  variables: object = {},
  info: Partial<OperationInfo> = {},
): Promise<Signal> {
  const query = 'query Hello($name: String) { hello(name: $name) }';
  return new Promise((resolve, reject) => {
    let last: Signal = {};
    resilience.execute<Signal>(
      { kind: 'query', name: 'Hello', endpoint: url, ...info },
      {
        send: ({ headers }, receiver) => {
          const controller = new AbortController();
          const body = JSON.stringify({ query, variables, operationName: 'Hello' });
          fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body,
            signal: controller.signal,
          }).then(
            async (response) => {
              const { status, headers: fields } = response;
              receiver.next({ status, headers: fields, body: await response.text() });
              receiver.complete();
            },
            (error: unknown) => receiver.error(error),
          );
          return () => controller.abort();
        },
        read: (signal) => signal,
      },
      {
        next: (signal) => {
          last = signal;
        },
        error: reject,
        complete: () => resolve(last),
      },
    );
  });
}

/** The same instance, with everybody counted who listens to it. */
export function watched(resilience: Resilience): {
  readonly resilience: Resilience;
  readonly listeners: () => number;
} {
  let listeners = 0;
  const counting = <T extends Pick<Readable<unknown>, 'subscribe'>>(source: T): T => ({
    ...source,
    subscribe: ((listener: never) => {
      listeners++;
      const end = source.subscribe(listener);
      return () => {
        listeners--;
        end();
      };
    }) as T['subscribe'],
  });
  const { session, limits, activity } = resilience;
  return {
    resilience: {
      ...counting(resilience as Resilience & Pick<Readable<unknown>, 'subscribe'>),
      session: counting(session),
      limits: counting({ get: limits.get, subscribe: limits.subscribe }),
      activity: counting({ get: activity.get, subscribe: activity.subscribe }),
    },
    listeners: () => listeners,
  };
}
