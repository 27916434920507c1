import type { Recording } from '../run/recording.ts';
import type { Order } from '../run/worker.ts';
import { FIRST, RUN_LASTS, hashOf, shownBy } from '../scenario/scenario.ts';
import type { Scenario, Shown, Side } from '../scenario/scenario.ts';
import type { TroubleName } from '../scenario/troubles.ts';

/** Both sides of one run. */
export type Recordings = Readonly<Record<Side, Recording>>;

export interface PlaybackState extends Shown {
  /** Absent while they are made, which takes a moment. */
  readonly recordings: Recordings | undefined;
  /** What is shown: milliseconds since the run began. */
  readonly at: number;
  readonly playing: boolean;
  /** Whether one trouble after the other is shown, for as long as nobody touches anything. */
  readonly story: boolean;
  readonly problem: string | undefined;
}

/** Milliseconds between two pictures; for those who want little motion, a second. */
const STEP = 40;
const CALM_STEP = 1_000;

/** How long a verdict stands before the story goes on. */
const VERDICT_STANDS = 5_000;

const STORY: readonly TroubleName[] = [
  'outage',
  'expire',
  'failing',
  'limit-hint',
  'token-endpoint',
  'offline',
];

/** Each run is a realm of its own: its time is not the page's. */
function recorded(order: Order): Promise<Recording> {
  const worker = new Worker(new URL('../run/worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Recording>((resolve, reject) => {
    worker.addEventListener('error', ({ message }) => reject(new Error(message || 'no worker')));
    worker.addEventListener('message', ({ data }: MessageEvent<Made>) => {
      if ('problem' in data) reject(new Error(data.problem));
      else resolve(data.recording);
    });
    worker.postMessage(order, []);
  }).finally(() => worker.terminate());
}

type Made = { readonly recording: Recording } | { readonly problem: string };

/** The run that is shown, and where its showing stands. Fits `useSyncExternalStore`. */
export class Playback {
  readonly #listeners = new Set<() => void>();
  readonly #calm: boolean = matchMedia('(prefers-reduced-motion: reduce)').matches;
  #state: PlaybackState = {
    scenario: FIRST,
    speed: 2,
    recordings: undefined,
    at: 0,
    playing: false,
    story: false,
    problem: undefined,
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  readonly get = (): PlaybackState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows what the address asks for, else the story. */
  begin(): void {
    const asked = shownBy(location.hash);
    if (asked === undefined) this.#set({ story: !this.#calm });
    else this.#set({ speed: asked.speed });
    this.#show(asked?.scenario ?? FIRST);
    addEventListener('hashchange', () => {
      const next = shownBy(location.hash);
      if (next === undefined || location.hash === hashOf(this.#state)) return;
      this.#set({ speed: next.speed, story: false });
      this.#show(next.scenario);
    });
  }

  /** Another run, by somebody's own hand. */
  choose(change: Partial<Scenario>): void {
    this.#set({ story: false });
    this.#show({ ...this.#state.scenario, ...change });
    this.#tellAddress();
  }

  /** Somebody is there: the story ends with the run that is shown. */
  touch(): void {
    if (!this.#state.story) return;
    this.#set({ story: false });
    if (this.#state.at >= RUN_LASTS) this.#rest();
    this.#tellAddress();
  }

  toggle(): void {
    if (this.#state.playing) {
      this.#rest();
      this.#set({ playing: false });
    } else this.#play(this.#state.at >= RUN_LASTS ? 0 : this.#state.at);
  }

  seek(at: number): void {
    this.#rest();
    this.#set({ at, playing: false });
  }

  setSpeed(speed: number): void {
    this.#set({ speed });
    this.#tellAddress();
  }

  #tellAddress(): void {
    history.replaceState(null, '', hashOf(this.#state));
  }

  #show(scenario: Scenario): void {
    this.#rest();
    this.#set({ scenario, recordings: undefined, at: 0, playing: false, problem: undefined });
    const isCurrent = (): boolean => this.#state.scenario === scenario;
    Promise.all([
      recorded({ scenario, side: 'holdfast' }),
      recorded({ scenario, side: 'usual' }),
    ]).then(
      ([holdfast, usual]) => {
        if (!isCurrent()) return;
        this.#set({ recordings: { holdfast, usual } });
        // Who wants little motion sees what came of it, and plays it if they like.
        if (this.#calm) this.#set({ at: RUN_LASTS });
        else this.#play(0);
      },
      (error: unknown) => {
        if (isCurrent()) this.#set({ problem: String(error) });
      },
    );
  }

  #play(from: number): void {
    this.#rest();
    this.#set({ at: from, playing: true });
    this.#last = performance.now();
    this.#wind(this.#step);
  }

  readonly #step = (): void => {
    const now = performance.now();
    // A page that was hidden goes on from where it was.
    const passed = Math.min(now - this.#last, 4 * this.#pace()) * this.#state.speed;
    this.#last = now;
    const at = Math.min(RUN_LASTS, this.#state.at + passed);
    this.#set({ at });
    if (at < RUN_LASTS) {
      this.#wind(this.#step);
      return;
    }
    this.#set({ playing: false });
    if (this.#state.story) this.#timer = setTimeout(this.#goOn, VERDICT_STANDS);
  };

  readonly #goOn = (): void => {
    if (document.hidden) {
      this.#timer = setTimeout(this.#goOn, VERDICT_STANDS);
      return;
    }
    const { scenario } = this.#state;
    const next = STORY[(STORY.indexOf(scenario.trouble) + 1) % STORY.length];
    this.#show({ ...scenario, trouble: next ?? FIRST.trouble });
  };

  #pace(): number {
    return this.#calm ? CALM_STEP : STEP;
  }

  #wind(step: () => void): void {
    this.#timer = setTimeout(step, this.#pace());
  }

  #rest(): void {
    clearTimeout(this.#timer);
  }

  #set(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
