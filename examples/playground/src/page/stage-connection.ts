import type { StageOpened, StageState } from '../server/state.ts';
import type { TroubleName } from '../trouble/troubles.ts';
import { Value } from '../readable.ts';

/** The page's line to its own four servers. */
export interface StageConnection {
  readonly opened: StageOpened;
  /** Absent for a moment at the start. */
  readonly state: Value<StageState | undefined>;
  /** The server of the page has gone. */
  readonly lost: Value<boolean>;
  /** @param anew whether the counts begin anew. */
  begin(name: TroubleName, anew: boolean): Promise<void>;
  /** All well again. */
  clear(): Promise<void>;
}

async function order(path: string, method: string): Promise<void> {
  const response = await fetch(path, { method });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}.`);
}

/** Settles once the servers are there. A server that went away and came back has others: the page loads anew. */
export function connectStage(): Promise<StageConnection> {
  const events = new EventSource('/stage');
  const state = new Value<StageState | undefined>(undefined);
  const lost = new Value(false);
  events.addEventListener('error', () => lost.set(true));
  events.addEventListener('state', ({ data }) => state.set(JSON.parse(data) as StageState));
  return new Promise((resolve) => {
    events.addEventListener('opened', ({ data }) => {
      if (lost.get()) {
        location.reload();
        return;
      }
      const opened = JSON.parse(data) as StageOpened;
      const stage = `/stage/${opened.id}`;
      resolve({
        opened,
        state,
        lost,
        begin: (name, anew) => order(`${stage}/${name}${anew ? '?anew' : ''}`, 'POST'),
        clear: () => order(stage, 'DELETE'),
      });
    });
  });
}
