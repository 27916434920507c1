import { createTestClock } from '@holdfast/testing/clock';
import type { TestClock } from '@holdfast/testing/clock';
import { createResilience, failureOf } from '../src/index.ts';
import type {
  Attempt,
  AttemptReceiver,
  AuthOptions,
  Cancel,
  Failure,
  OperationInfo,
  Receiver,
  RefreshRequest,
  Resilience,
  ResilienceEvent,
  ResilienceOptions,
  Signal,
  Tokens,
} from '../src/index.ts';

/** What the wall clock shows at the start. */
export const NOW: number = Date.UTC(2026, 0, 1);

export const GOOD: Signal = { status: 200, data: { ok: true } };

/** An answer that rejects the token. */
export function rejection(message = 'Not signed in'): Signal {
  return {
    status: 200,
    data: null,
    errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }],
  };
}

/** What `refresh` rejects with when the token endpoint answers an error. */
export function endpointError(
  status: number,
  word?: string,
  headers: Record<string, string> = {},
): Error {
  const body = word === undefined ? '' : { error: word, error_description: `described: ${word}` };
  return Object.assign(new Error(`status ${status}`), { status, headers, body });
}

/** One attempt, as the transport saw it; the test answers it. */
export class Sent {
  readonly operation: string;
  readonly number: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly redirect: Attempt['redirect'];
  /** The core has ended it. */
  ended = false;
  readonly #receiver: AttemptReceiver<Signal>;

  constructor(operation: string, attempt: Attempt, receiver: AttemptReceiver<Signal>) {
    this.operation = operation;
    this.number = attempt.number;
    this.headers = attempt.headers;
    this.redirect = attempt.redirect;
    this.#receiver = receiver;
  }

  get token(): string | undefined {
    return this.headers['authorization']?.replace('Bearer ', '');
  }

  /** The whole answer of a query or mutation. */
  answer(signal: Signal): void {
    this.#receiver.next(signal);
    this.#receiver.complete();
  }

  /** One result of several. */
  next(signal: Signal): void {
    this.#receiver.next(signal);
  }

  /** @param seen what had come before it failed. */
  error(error: unknown, seen?: Signal): void {
    this.#receiver.error(error, seen);
  }

  complete(): void {
    this.#receiver.complete();
  }
}

/** One operation, as its subscriber saw it. */
export class Watched {
  readonly results: Signal[] = [];
  readonly errors: unknown[] = [];
  completions = 0;
  cancelled = false;
  /** Results and ends that came after the end, or after it was cancelled. */
  late = 0;
  end: Cancel = () => {};

  /** How often it settled. */
  get settled(): number {
    return this.completions + this.errors.length;
  }

  /** The failure behind what was delivered last. */
  get failure(): Failure | undefined {
    return failureOf(this.errors.at(-1) ?? this.results.at(-1));
  }

  readonly receiver: Receiver<Signal> = {
    next: (result) => {
      this.#heard();
      this.results.push(result);
    },
    error: (error) => {
      this.#heard();
      this.errors.push(error);
    },
    complete: () => {
      this.#heard();
      this.completions++;
    },
  };

  cancel(): void {
    this.cancelled = true;
    this.end();
  }

  #heard(): void {
    if (this.cancelled || this.settled > 0) this.late++;
  }
}

/** One call of `refresh`; the test settles it. */
export interface RefreshCall {
  readonly request: RefreshRequest;
  /** A string is an access token, but for `renewed`. */
  succeed(tokens: Tokens | string | undefined): Promise<void>;
  fail(error: unknown): Promise<void>;
}

/** An instance on a test clock, with a transport and a `refresh` that the test answers. */
export class Harness {
  readonly clock: TestClock;
  readonly resilience: Resilience;
  readonly sent: Sent[] = [];
  readonly refreshes: RefreshCall[] = [];
  readonly events: ResilienceEvent[] = [];
  /** Answers attempts at once where it is set. */
  serve: ((sent: Sent) => void) | undefined;
  #named = 0;

  constructor(
    auth: Partial<AuthOptions> | undefined = { tokens: { accessToken: 't1' } },
    {
      clock = createTestClock({ wall: NOW }),
      ...options
    }: ResilienceOptions & { clock?: TestClock } = {},
  ) {
    this.clock = clock;
    this.resilience = createResilience({
      auth: { refresh: (request) => this.#refresh(request), ...auth },
      random: () => 0,
      onEvent: (event) => void this.events.push(event),
      clock,
      ...options,
    });
  }

  /** Starts an operation; a query unless it is said to be something else. */
  run(info: Partial<OperationInfo> = {}): Watched {
    const watched = new Watched();
    const operation = info.name ?? `operation ${++this.#named}`;
    const send = (attempt: Attempt, receiver: AttemptReceiver<Signal>): Cancel => {
      const sent = new Sent(operation, attempt, receiver);
      this.sent.push(sent);
      this.serve?.(sent);
      return () => {
        sent.ended = true;
      };
    };
    watched.end = this.resilience.execute<Signal>(
      { kind: 'query', ...info },
      { send, read: (result) => result },
      watched.receiver,
    );
    return watched;
  }

  /** Lets promise jobs settle. */
  settle(): Promise<void> {
    return this.clock.advanceAsync(0);
  }

  /** The tokens that attempts were sent with, in order. */
  get tokens(): (string | undefined)[] {
    return this.sent.map(({ token }) => token);
  }

  get status(): string {
    return this.resilience.session.get().status;
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  #refresh(request: RefreshRequest): Promise<Tokens | 'renewed' | undefined> {
    return new Promise((resolve, reject) => {
      this.refreshes.push({
        request,
        succeed: (tokens) => {
          if (tokens === 'renewed' || typeof tokens !== 'string') resolve(tokens);
          else resolve({ accessToken: tokens });
          return this.settle();
        },
        fail: (error) => {
          reject(error);
          return this.settle();
        },
      });
    });
  }
}
