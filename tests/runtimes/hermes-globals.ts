/**
 * What React Native gives to a script in Hermes, which has no timers and no network by itself: those are the host's
 * (`hermes.ts`), and what stands on them is made of the same packages as there.
 */
import { AbortController, AbortSignal } from 'abort-controller';
import { MARK } from './hermes-messages.ts';
import type { Asked, Received } from './hermes-messages.ts';

declare const print: (line: string) => void;

export function ask(asked: Asked): void {
  print(MARK + JSON.stringify(asked));
}

const timers = new Map<number, () => void>();
const requests = new Map<number, HostRequest>();
let last = 0;

/** What the host calls. */
const host = {
  fire(timer: number): void {
    const run = timers.get(timer);
    timers.delete(timer);
    run?.();
  },
  answer(request: number, received: Received | null): void {
    const waiting = requests.get(request);
    requests.delete(request);
    waiting?.settle(received);
  },
};

/** As much of an XMLHttpRequest as `whatwg-fetch` needs. */
class HostRequest {
  status = 0;
  readyState = 0;
  responseURL = '';
  responseText = '';
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onreadystatechange?: () => void;
  readonly #id = ++last;
  readonly #headers: Record<string, string> = {};
  #target = { method: '', url: '' };
  #received = '';

  open(method: string, url: string): void {
    this.#target = { method, url };
    this.responseURL = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  getAllResponseHeaders(): string {
    return this.#received;
  }

  send(body: string | null): void {
    requests.set(this.#id, this);
    ask({ request: this.#id, sent: { ...this.#target, headers: this.#headers, body } });
  }

  abort(): void {
    if (!requests.delete(this.#id)) return;
    ask({ leave: this.#id });
    this.onabort?.();
  }

  settle(received: Received | null): void {
    this.readyState = 4;
    if (received === null) return this.onerror?.();
    this.status = received.status;
    this.responseText = received.text;
    this.#received = received.headers;
    this.onload?.();
  }
}

const say = (...words: unknown[]): void =>
  print(words.map((word) => (word instanceof Error ? word.stack : String(word))).join(' '));

Object.assign(globalThis, {
  self: globalThis,
  host,
  AbortController,
  AbortSignal,
  XMLHttpRequest: HostRequest,
  navigator: { product: 'ReactNative' },
  console: { log: say, info: say, warn: say, error: say, debug: say, assert: () => {} },
  setTimeout: (run: () => void, delay = 0) => {
    const timer = ++last;
    timers.set(timer, run);
    ask({ timer, delay });
    return timer;
  },
  queueMicrotask: (run: () => void) => void Promise.resolve().then(run),
  clearTimeout: (timer: number) => void timers.delete(timer),
});
