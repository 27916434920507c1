import type { InProgress } from './in-progress.ts';
import type { Failure } from './model/failure.ts';
import type { Transport } from './model/operation.ts';
import type { Readable } from './model/readable.ts';
import type { Activity } from './observe/activity.ts';
import type { Events } from './observe/events.ts';
import type { RetryBudget } from './pacing/budget.ts';
import type { Gate } from './pacing/gate.ts';
import type { Signatures } from './signatures.ts';
import type { Refusals } from './session/refusals.ts';
import type { TokenSession } from './session/session.ts';
import type { Settings } from './settings.ts';

/** One operation's run, as whoever walks it on sees it. */
export interface RunInProgress {
  readonly transport: Pick<Transport<never>, 'again'>;
  proceed(): void;
}

/** What all runs of one instance share. */
export interface Core {
  readonly settings: Settings;
  readonly session: TokenSession | undefined;
  readonly refusals: Refusals;
  readonly gate: Gate | undefined;
  readonly budget: RetryBudget | undefined;
  readonly online: Readable<boolean>;
  readonly events: Events;
  readonly activity: Activity;
  /** The operations in progress, for `dispose` and for a sign-out. */
  readonly inProgress: InProgress<{ place: number; dispose(): void; departed(): void }>;
  /** Tells of a callback that failed where no operation's error can (R9). */
  readonly complain: (callback: string, error: unknown) => void;
  /** What signed the requests that are on their way, for `redact`. */
  readonly signatures: Signatures;
  /** Takes the instance's tokens out of a server's words (F11). */
  readonly redact: (failure: Failure) => Failure;
  /** The same of what a callback of the application failed with (X3b). */
  readonly clean: (callback: string, error: unknown) => unknown;
  disposed: boolean;
  nextOperation: number;
}
