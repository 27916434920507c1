import type { Knowledge } from './knowledge.ts';
import { Line } from './line.ts';
import type { Said } from './line.ts';
import { presence } from './lock.ts';
import type { Presence } from './lock.ts';
import type { Closed, Envelope, Message, Stamped } from './message.ts';
import type { Platform } from './platform.ts';

/**
 * How long a tab that comes, and is not alone, waits for the others to answer, when it need not be sure.
 * Milliseconds.
 */
const FIRST_PATIENCE = 100;
/** How long one waits for them later on, and after it has come before it asks for tokens. Milliseconds. */
const PATIENCE = 250;
/** A wait that took so much longer was a frozen tab's: its timers ring before it hears what it missed. */
const HELD_UP = 1_000;
const TRIES = 3;

export interface SiblingsParts {
  readonly platform: Platform;
  readonly name: string;
  readonly knowledge: Knowledge;
  /** Hears of changes where there is no channel; answers what ends it. */
  readonly listenOtherwise: () => () => void;
}

/**
 * The other tabs. Any of them that answers knows all that was said before it was asked, so the first
 * answer will do. The line is open only while somebody here listens or asks.
 */
export class Siblings {
  /** Who this is among the tabs. */
  readonly me: string = Math.random().toString(36).slice(2);
  readonly #parts: SiblingsParts;
  readonly #asks = new Map<string, () => void>();
  #line: Line | undefined;
  #presence: Presence | undefined;
  #stop: () => void = () => {};
  #users = 0;
  /** The first question of this line, and whether its time is over. */
  #arrival: Promise<void> = Promise.resolve();
  #arrived = false;
  /** When it was asked, by `performance.now()`. */
  #came = 0;
  /** Somebody else was heard, and has not stopped answering. */
  #company = false;
  /** How much was heard of them. */
  #heard = 0;

  constructor(parts: SiblingsParts) {
    this.#parts = parts;
  }

  /** Keeps the line open until the answer is called. */
  join(): () => void {
    if (this.#users++ === 0) this.#open();
    let joined = true;
    return () => {
      if (!joined) return;
      joined = false;
      if (--this.#users === 0) this.#close();
    };
  }

  say(message: Message): Said | undefined {
    return this.#line?.say(message);
  }

  /**
   * Resolves once this tab knows what the others do; a tab that has just come does not ask twice for that.
   *
   * @param known something is known that will do until the others have answered.
   */
  async catchUp(known: boolean): Promise<void> {
    if (this.#arrived) return this.inquire(false);
    if (!known) await this.#arrival;
  }

  /**
   * Resolves once this tab knows what the others know now, or nobody answers.
   *
   * @param sure much depends on it: a tab that hears of nobody, and is not known to be alone, waits for an answer,
   *   too, until all have had their time since it came. Whoever answers later than that is heard of, and is company
   *   from then on.
   */
  async inquire(sure: boolean): Promise<void> {
    if (!this.#arrived) await this.#arrival;
    const left = sure ? this.#came + PATIENCE - performance.now() : 0;
    if (this.#company || left <= 0) await this.#ask(PATIENCE, !this.#company);
    else await this.#ask(left, false);
  }

  #open(): void {
    const { platform, name, listenOtherwise } = this.#parts;
    const { channel: Channel } = platform;
    if (Channel === undefined) {
      this.#arrived = true;
      this.#stop = listenOtherwise();
      return;
    }
    this.#line = new Line(Channel, name, this.me, (envelope) => this.#hear(envelope));
    const stops = [
      platform.on('pagehide', () => this.#presence?.leave()),
      // A page that was put away and comes back has heard nothing meanwhile.
      platform.on('pageshow', ({ persisted }) => {
        if (persisted) this.#arrive();
      }),
    ];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
    this.#arrive();
  }

  #close(): void {
    this.#stop();
    this.#presence?.leave();
    this.#line?.close();
    this.#line = undefined;
    this.#company = false;
    for (const end of this.#asks.values()) end();
  }

  #arrive(): void {
    this.#arrived = false;
    this.#came = performance.now();
    const { platform, name } = this.#parts;
    this.#presence?.leave();
    const here = presence(platform.locks, `${name}:tab`);
    const { alone } = here;
    this.#presence = here;
    void alone.then((nobodyElse) => {
      // Nobody has to be given time before much depends on it, either.
      if (nobodyElse && this.#presence === here) this.#came = -Infinity;
    });
    const arrival = this.#ask(FIRST_PATIENCE, false, 1, alone).then(() => {
      if (this.#arrival === arrival) this.#arrived = true;
    });
    this.#arrival = arrival;
  }

  /**
   * @param echo hearing itself is enough: nobody else seems to be there.
   * @param alone whether nobody else is there, once that is known.
   */
  async #ask(patience: number, echo: boolean, tried = 1, alone?: Promise<boolean>): Promise<void> {
    const said = this.say({ type: 'ask' });
    if (said === undefined) return;
    const { id, heard } = said;
    const start = performance.now();
    const before = this.#heard;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#asks.delete(id);
        resolve();
      };
      const nobody = (): void => {
        // One that has just come gives no answer, and is there.
        if (this.#asks.has(id) && this.#heard === before) this.#company = false;
        end();
      };
      const timer = setTimeout(() => void heard.then(nobody), patience);
      this.#asks.set(id, end);
      if (echo) void heard.then(end);
      void alone?.then((nobodyElse) => {
        if (nobodyElse) nobody();
      });
    });
    const held = performance.now() - start > patience + HELD_UP;
    if (held && tried < TRIES) await this.#ask(patience, echo, tried + 1);
  }

  #hear(envelope: Envelope): void {
    this.#company = true;
    this.#heard++;
    switch (envelope.type) {
      case 'ask':
        return this.#answer(envelope.id);
      case 'tokens':
        return this.#learn(envelope.value);
      case 'closed':
        return this.#shut(envelope);
      default: {
        const { to, value, closed } = envelope;
        if (value !== undefined) this.#learn(value);
        for (const one of closed) this.#shut(one);
        // One that knows of nothing may have come itself just now: whoever arrives waits for another.
        if (value !== undefined || this.#arrived) this.#asks.get(to)?.();
      }
    }
  }

  #answer(to: string): void {
    const { value, closed } = this.#parts.knowledge;
    // A page that comes back knows something, but nothing of late.
    if (this.#arrived) this.say({ type: 'answer', to, value, closed });
  }

  #learn(told: Stamped): void {
    const newer = this.#parts.knowledge.learn(told);
    if (newer !== undefined) this.say({ type: 'tokens', value: newer });
  }

  #shut({ scope, until, reason }: Closed): void {
    const { knowledge } = this.#parts;
    if (!knowledge.close({ scope, until, reason })) return;
    knowledge.tell({ type: 'closed', scope, until, reason });
  }
}
