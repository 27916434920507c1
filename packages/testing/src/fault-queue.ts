import { requireFault } from './fault.ts';
import type { Fault } from './fault.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** The faults that wait for their requests. */
export interface FaultQueue {
  inject(faults: Fault | readonly Fault[]): void;
  clear(): void;
  /** The fault that meets this request, which is then used once. Called once for each request, in order. */
  take(request: RecordedRequest, kind: 'graphql' | 'token'): Fault | undefined;
}

interface Waiting {
  readonly fault: Fault;
  skips: number;
  uses: number;
}

function fits(fault: Fault, request: RecordedRequest, kind: 'graphql' | 'token'): boolean {
  const on = fault.on ?? 'graphql';
  if (typeof on === 'function') return on(request);
  if (typeof on === 'string') return on === kind;
  return (
    (on.path === undefined ? kind === 'graphql' : on.path === request.path) &&
    (on.operationName === undefined || on.operationName === request.operationName) &&
    (on.type === undefined || on.type === request.operationType)
  );
}

export function createFaultQueue(faults: readonly Fault[] = []): FaultQueue {
  const waiting: Waiting[] = [];

  function inject(given: Fault | readonly Fault[]): void {
    const added = Array.isArray(given) ? (given as readonly Fault[]) : [given as Fault];
    for (const fault of added) requireFault(fault);
    for (const fault of added) {
      waiting.push({ fault, skips: fault.after ?? 0, uses: fault.times ?? 1 });
    }
  }

  inject(faults);
  return {
    inject,
    clear() {
      waiting.length = 0;
    },
    take(request, kind) {
      for (const entry of waiting) {
        if (!fits(entry.fault, request, kind)) continue;
        if (entry.skips > 0) {
          entry.skips -= 1;
          continue;
        }
        entry.uses -= 1;
        if (entry.uses <= 0) waiting.splice(waiting.indexOf(entry), 1);
        return entry.fault;
      }
      return undefined;
    },
  };
}
