import type { ClosedReason, Unsubscribe } from '@holdfast/core';
import type { Connection } from './client.ts';
import { patience } from './patience.ts';
import { CLOSE, READ, RELEASE, RENEW, REPLACE, TAKE } from './scripts.ts';

/** How long tokens are kept after the last change, in milliseconds: 90 days. */
const KEPT = 7_776_000_000;
/** For how long the best look at the server's clock is believed, in milliseconds. */
const LOOK_LASTS = 60_000;
/** Some servers close scopes for years: what is told is an instant that a date can be made of. */
export const LAST_INSTANT = 8.64e15;

/** What lies in the store, as it lies there. Instants are this process's epoch milliseconds. */
export interface Stored {
  /** The whole text; empty where there is none. */
  readonly text: string;
  /** 0 where the text is none that a share has written. */
  readonly generation: number;
  readonly expiresAt: number | undefined;
  readonly payload: string;
}

let stores = 0;

export interface Closing {
  readonly scope: string;
  readonly until: number;
  readonly reason: ClosedReason;
}

/** What another process has done. */
export type Message =
  | { readonly type: 'tokens'; readonly stored: Stored }
  | { readonly type: 'closed'; readonly closing: Closing }
  | { readonly type: 'released' };

/** What comes of asking for the lease: its value, or after how many milliseconds to ask again. */
export type Taken = { readonly value: string } | { readonly after: number };

export interface Replacing {
  readonly expected: number;
  /** This process knows that the expected generation was stored. */
  readonly isKnown: boolean;
  /** A text that counts as nothing. */
  readonly unreadable: string;
  readonly generation: number;
  readonly expiresAt: number | undefined;
  readonly payload: string;
}

/**
 * The server, as far as it is asked: each question is bounded in time, and instants are turned from the server's
 * clock to this process's and back, so that processes whose clocks differ mean the same.
 */
export class Store {
  readonly #connection: Connection;
  readonly #timeout: number;
  readonly #keys: Readonly<Record<'tokens' | 'closed' | 'lease' | 'fence' | 'run', string>>;
  readonly #channel: string;
  /** Who this is among the processes; a number, too, where a test has taken chance out of random numbers. */
  readonly #me: string = `${Math.random().toString(36).slice(2, 12)}${++stores}`;
  /** How far this process's monotonic clock is ahead of the server's, and when that was seen. */
  #ahead = Infinity;
  #seen = -Infinity;
  /** An answer has come, however late. */
  answered: () => void = () => {};

  constructor(connection: Connection, name: string, timeout: number) {
    this.#connection = connection;
    this.#timeout = timeout;
    // One hash tag: in a cluster all of them lie on one server.
    const key = (of: string): string => `holdfast:{${name}}:${of}`;
    this.#keys = {
      tokens: key('tokens'),
      closed: key('closed'),
      lease: key('lease'),
      fence: key('fence'),
      run: key('run'),
    };
    this.#channel = key('changes');
  }

  get tellsOfReturns(): boolean {
    return this.#connection.tellsOfReturns;
  }

  async read(): Promise<{ readonly stored: Stored; readonly closed: readonly Closing[] }> {
    const { tokens, closed } = this.#keys;
    const [text = '', ...scopes] = await this.#ask(READ, [tokens, closed], []);
    const closings: Closing[] = [];
    for (let at = 0; at + 2 < scopes.length; at += 3) {
      const closing = this.#closing(scopes[at] ?? '', scopes[at + 1] ?? '', scopes[at + 2] ?? '');
      if (closing !== undefined) closings.push(closing);
    }
    return { stored: this.#stored(text), closed: closings };
  }

  /**
   * @param late what was stored after all, where the answer comes after this has failed.
   * @returns what lies there now, and whether that is the new value.
   */
  async replace(
    next: Replacing,
    late: (won: boolean) => void,
  ): Promise<{ readonly won: boolean; readonly stored: Stored }> {
    const { expiresAt } = next;
    const left = expiresAt === undefined ? '' : String(Math.round(expiresAt - Date.now()));
    const values = [
      String(next.expected),
      next.isKnown ? '1' : '0',
      next.unreadable,
      String(next.generation),
      left,
      next.payload,
      String(KEPT),
      this.#channel,
      this.#me,
    ];
    const answer = await this.#ask(REPLACE, [this.#keys.tokens], values, ([won]) =>
      late(won === '1'),
    );
    return { won: answer[0] === '1', stored: this.#stored(answer[1] ?? '') };
  }

  async close({ scope, until, reason }: Closing): Promise<void> {
    const values = [scope, String(until - Date.now()), reason, this.#channel, this.#me];
    await this.#ask(CLOSE, [this.#keys.closed], values);
  }

  /**
   * @param lasts milliseconds until the lease of a holder that has died is free.
   * @param grace milliseconds that a server which has just come up is left to those who know more; `undefined`: none.
   */
  async take(lasts: number, grace: number | undefined): Promise<Taken> {
    const { lease, fence, run } = this.#keys;
    const values = [this.#me, String(lasts), grace === undefined ? '0' : '1', String(grace ?? 0)];
    // Whoever has given up does not want it any more.
    const late = ([had, value = '']: readonly string[]): void => {
      if (had === '1') this.release(value).catch(() => undefined);
    };
    const [had, value = ''] = await this.#ask(
      TAKE,
      [lease, fence, run],
      [...values, String(KEPT)],
      late,
    );
    return had === '1' ? { value } : { after: Number(value) || lasts };
  }

  /** Answers whether the lease is still held. */
  async renew(value: string, lasts: number): Promise<boolean> {
    return (await this.#ask(RENEW, [this.#keys.lease], [value, String(lasts)]))[0] === '1';
  }

  async release(value: string): Promise<void> {
    await this.#ask(RELEASE, [this.#keys.lease], [value, this.#channel, this.#me]);
  }

  /** Hears what the other processes do. */
  hear(
    heard: (message: Message) => void,
    joined: () => void,
    failed: (error: unknown) => void,
  ): Unsubscribe {
    return this.#connection.hear({
      channel: this.#channel,
      joined,
      failed,
      message: (text) => {
        const message = this.#message(text);
        if (message !== undefined) heard(message);
      },
    });
  }

  #message(text: string): Message | undefined {
    const [, type = '', by, time = '', rest = ''] =
      /^(tokens|closed|released) (\w+) (\d+) ?([^]*)$/u.exec(text) ?? [];
    if (type === '' || by === this.#me) return undefined;
    this.#look(Number(time));
    if (type === 'released') return { type };
    if (type === 'tokens') return { type, stored: this.#stored(rest) };
    const [, ends = '', reason = '', scope = ''] = /^(\d+) (\w+) ([^]*)$/u.exec(rest) ?? [];
    const closing = this.#closing(scope, ends, reason);
    return closing && { type: 'closed', closing };
  }

  /** X6: what is no text of a share's counts as nothing. */
  #stored(text: string): Stored {
    const [, number = '', expires = '', payload = ''] =
      /^(\d{1,16}) (-|\d{1,16}) ([^]*)$/u.exec(text) ?? [];
    const generation = Number(number);
    if (number === '' || generation > 2 ** 52) {
      return { text, generation: 0, expiresAt: undefined, payload: '' };
    }
    const expiresAt = expires === '-' ? undefined : this.#here(Number(expires));
    return { text, generation, expiresAt, payload };
  }

  #closing(scope: string, ends: string, reason: string): Closing | undefined {
    if (scope === '' || !/^\d{1,16}$/u.test(ends)) return undefined;
    const until = Math.min(this.#here(Number(ends)), LAST_INSTANT);
    return { scope, until, reason: reason === 'outage' ? 'outage' : 'rate_limit' };
  }

  /** An instant of the server's clock by this process's. Never too early: an answer is older than its arrival. */
  #here(instant: number): number {
    if (this.#ahead === Infinity) return instant;
    return Math.ceil(Date.now() + instant + this.#ahead - performance.now());
  }

  /** The server's clock showed this before now. The quickest look of late is the best. */
  #look(time: number): void {
    if (!(time > 0)) return;
    const now = performance.now();
    const ahead = now - time;
    // A clock that was set, or another server's, is not to be told from a slow answer: looks grow old.
    if (ahead > this.#ahead && now - this.#seen < LOOK_LASTS) return;
    this.#ahead = ahead;
    this.#seen = now;
  }

  /** @param late what is made of an answer that comes after this has failed. */
  #ask(
    script: string,
    keys: readonly string[],
    values: readonly string[],
    late: (answer: readonly string[]) => void = () => {},
  ): Promise<readonly string[]> {
    const timeout = this.#timeout;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (): void => {
        isOver = true;
        stop();
      };
      const stop = patience(timeout, () => {
        isOver = true;
        reject(new Error(`redisShare: Redis did not answer within ${timeout} ms.`));
      });
      const answered = (value: unknown): void => {
        const answer = texts(value);
        this.#look(Number(answer[0]));
        if (isOver) late(answer.slice(1));
        else resolve(answer.slice(1));
        end();
        this.answered();
      };
      const failed = (error: unknown): void => {
        end();
        reject(faultOf(error));
      };
      try {
        this.#connection.run(script, keys, values).then(answered).catch(failed);
      } catch (error) {
        failed(error);
      }
    });
  }
}

/** An answer's parts as text: clients differ in whether they make numbers or buffers of them. */
function texts(answer: unknown): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(answer) ? answer : [];
  const known = parts.map((part) => {
    if (part instanceof Uint8Array) return new TextDecoder().decode(part);
    return typeof part === 'string' || typeof part === 'number' ? String(part) : '';
  });
  if (!/^\d+$/u.test(known[0] ?? '')) throw new Error('it answered nonsense');
  return known;
}

/** Its message alone: an error of a client may carry the command, and with it tokens (X3b). */
function faultOf(error: unknown): Error {
  const said = error instanceof Error ? error.message : 'it failed without saying why';
  // Redis repeats arguments in a few of its errors.
  const short = said.replaceAll(/\s+/gu, ' ').slice(0, 200);
  return new Error(`redisShare: Redis cannot be asked: ${short}`);
}
