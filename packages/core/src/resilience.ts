import type { Core } from './core.ts';
import type { Profile } from './failure/profile.ts';
import { tokenRefusal } from './failure/token-refusal.ts';
import { InProgress } from './in-progress.ts';
import type { Cancel, Clock, Unsubscribe } from './model/clock.ts';
import type { ResilienceEvent } from './model/event.ts';
import type { OperationInfo, Receiver, Transport } from './model/operation.ts';
import type { Readable } from './model/readable.ts';
import type { ActivityState, LimitState, SessionState } from './model/state.ts';
import { Activity } from './observe/activity.ts';
import { Board } from './observe/board.ts';
import { Events } from './observe/events.ts';
import { developerNotes } from './observe/notes.ts';
import { checkOptions } from './options.ts';
import type { ResilienceOptions } from './options.ts';
import { RetryBudget } from './pacing/budget.ts';
import { Gate } from './pacing/gate.ts';
import { browserOnline } from './pacing/online.ts';
import { tabStorage } from './pacing/session-storage.ts';
import { messageAlone, Redaction } from './redact.ts';
import { Run } from './run.ts';
import { Signatures } from './signatures.ts';
import { publicSession } from './public-session.ts';
import type { Session } from './public-session.ts';
import { Refusals } from './session/refusals.ts';
import { TokenSession } from './session/session.ts';
import { Sharing } from './session/sharing.ts';
import { settingsOf } from './settings.ts';
import { systemClock } from './time/clock.ts';
import { endable } from './time/endable-clock.ts';

const NO_TOKENS: readonly string[] = [];

/** One instance: one session, one retry budget, one gate, for as many clients as share them. */
export interface Resilience {
  /** How this instance's API signals failures: for `classify`, where there is no failure to be found. */
  readonly profile: Profile;
  /** The time it goes by: what is shown of its waits counts down on it. */
  readonly clock: Clock;
  /** Whether there is a network, as far as is known (W11). */
  readonly online: Readable<boolean>;
  readonly session: Session;
  /** Which rate-limit scopes are closed, until when, and how many operations wait (W10). */
  readonly limits: Readable<LimitState>;
  /** Which operations wait now: why, for which attempt, until when (W10). */
  readonly activity: Readable<ActivityState>;
  /**
   * Sends an operation, as often as it takes. What adapters call.
   *
   * @returns what ends it at once; nothing is sent or delivered afterwards (E1).
   */
  execute<R>(operation: OperationInfo, transport: Transport<R>, receiver: Receiver<R>): Cancel;
  /** Hears every event of the instance. One that throws harms nobody (R9). */
  subscribe(listener: (event: ResilienceEvent) => void): Unsubscribe;
  /** Ends everything with `aborted`; no timer, listener or channel stays (E3). */
  dispose(): void;
}

/**
 * Creates an instance. Nothing happens yet: no timer, no request, no storage is read (E5).
 *
 * @throws TypeError where an option is none or has a value that is not allowed, in one sentence (X5).
 *
 * @example
 * const resilience = createResilience({
 *   profile: breeze,
 *   auth: { refresh: clientCredentials({ url, clientId, clientSecret, body: 'json' }) },
 * });
 */
export function createResilience(options: ResilienceOptions = {}): Resilience {
  checkOptions(options);
  const signatures = new Signatures();
  let known: { readonly tokens: unknown; readonly version: number; readonly made: Redaction };
  /** What is secret now; made anew when that has changed. */
  const redaction = (): Redaction => {
    const tokens = session?.held.secrets ?? NO_TOKENS;
    const { version } = signatures;
    if (known?.tokens !== tokens || known.version !== version) {
      known = { tokens, version, made: new Redaction([...tokens, ...signatures.secrets()]) };
    }
    return known.made;
  };
  const clean = (callback: string, error: unknown): unknown =>
    redaction().error(callback.startsWith('share.') ? messageAlone(error) : error);
  const events = new Events(options.clock ?? systemClock, clean);
  if (options.onEvent !== undefined) events.subscribe(options.onEvent);
  const failed = (callback: string, error: unknown): void => events.complain(callback, error);
  const settings = settingsOf(options, failed);
  const { clock, profile, auth, queue, policy } = settings;

  const note = developerNotes();
  const sessionClock = endable(clock);
  const sharing =
    options.share === undefined
      ? undefined
      : new Sharing(
          options.share,
          sessionClock,
          failed,
          (change) => {
            if (change.type === 'tokens') session?.heard(change.value);
            else gate?.closeFromAfar(change.scope, change.until);
          },
          note,
        );
  // Who only looks is to see what siblings do, too.
  const hearSiblings = (): void => {
    if (!core.disposed) sharing?.join();
  };
  const sessionBoard: Board<SessionState> = new Board(
    () => session?.state() ?? { status: 'signed-out', generation: 0 },
    (error) => failed('session.subscribe', error),
    { same: sameSession, watched: () => hearSiblings() },
  );
  const limits: Board<LimitState> = new Board(
    () => gate?.state() ?? [],
    (error) => failed('limits.subscribe', error),
    {
      // A scope nobody waits for opens without a word.
      holds: () => gate?.due !== true,
      same: sameLimits,
      watched: () => {
        hearSiblings();
        gate?.watch();
      },
    },
  );
  const gate =
    queue === undefined
      ? undefined
      : new Gate({
          clock,
          queue,
          maxWait: policy.maxWait,
          watched: () => limits.watched,
          onClosed: (scope, { instant, kind }) => {
            events.emit('scope_closed', { scope, until: instant, failure: kind });
            sharing?.tellClosed(scope, instant);
          },
          onOpened: (scope) => events.emit('scope_opened', { scope }),
          onChange: () => limits.changed(),
        });
  const session =
    auth === undefined
      ? undefined
      : new TokenSession({
          auth,
          sharing,
          clock: sessionClock,
          note,
          random: settings.chance,
          judge: (error, now) => {
            const { failure, final } = tokenRefusal(error, now, profile);
            return { failure: core.redact(failure), final };
          },
          emit: (type, fields) => events.emit(type, fields),
          complain: failed,
          clean: (error) => clean('auth', error),
          onChange: () => sessionBoard.changed(),
          onDeparture: () => {
            for (const operation of core.inProgress.all()) operation.departed();
          },
        });
  const core: Core = {
    settings,
    session,
    refusals: new Refusals(clock),
    gate,
    budget:
      settings.capacity === undefined
        ? undefined
        : new RetryBudget(settings.capacity, tabStorage(profile.name)),
    online: options.online ?? browserOnline,
    events,
    activity: new Activity(clock, (error) => failed('activity.subscribe', error)),
    inProgress: new InProgress(),
    signatures,
    redact: (failure) => redaction().failure(failure),
    clean,
    complain: failed,
    disposed: false,
    nextOperation: 1,
  };
  return {
    profile,
    clock,
    online: core.online,
    session: publicSession(session, sessionBoard),
    limits,
    activity: core.activity.board,
    execute: (operation, transport, receiver) => {
      sharing?.join();
      const run = new Run(core, operation, transport, receiver);
      run.start();
      return () => run.cancel();
    },
    subscribe: (listener) => events.subscribe(listener),
    dispose: () => {
      if (core.disposed) return;
      core.disposed = true;
      for (const operation of core.inProgress.all()) operation.dispose();
      session?.dispose();
      sharing?.leave();
      sessionClock.end();
      gate?.dispose();
      for (const board of [sessionBoard, limits, core.activity.board]) board.end();
      events.clear();
    },
  };
}

function sameSession(one: SessionState, other: SessionState): boolean {
  return (
    one.status === other.status &&
    one.generation === other.generation &&
    one.expiresAt === other.expiresAt &&
    one.failure === other.failure
  );
}

function sameLimits(one: LimitState, other: LimitState): boolean {
  return (
    one.length === other.length &&
    one.every(({ scope, until, waiting }, index) => {
      const { [index]: twin } = other;
      return twin?.scope === scope && twin.until === until && twin.waiting === waiting;
    })
  );
}
