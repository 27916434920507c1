import { attempt } from './base/property.ts';
import type { Readable } from './base/readable.ts';
import type { Cancel, Clock } from './base/time.ts';

/*
 * Everything that the core takes from the platform it runs on, each behind a check that it is there (P1).
 */

/** The longest delay that a platform's timer holds; anything longer fires at once (W5). */
const LONGEST_TIMER = 2_147_483_647;

/**
 * Asked each time, and once: fake timers put another `performance` in the place of the platform's (P1), and in
 * Node each look at it is a call.
 */
const monotonic = (): number =>
  (globalThis as { readonly performance?: Partial<Performance> }).performance?.now?.() ??
  Date.now();

/** By how much platforms end a timer early, in milliseconds: they round, each clock in its own way. */
const EARLIEST = 2;

/**
 * The platform's time. A timer that the platform ends a fraction early is waited to its end: a server's
 * instant is never anticipated (W3). Beyond that its ring is believed, whatever the clock says: a test that
 * fakes timers may leave `performance` alone (P1).
 */
export const systemClock: Clock = {
  monotonic,
  wall: () => Date.now(),
  after(ms: number, run: () => void, idle = false): Cancel {
    const due = monotonic() + ms;
    let handle: ReturnType<typeof setTimeout>;
    const wind = (left: number): void => {
      const ring = (): void => {
        const missing = due - monotonic();
        if (left > LONGEST_TIMER) wind(left - LONGEST_TIMER);
        // So little is waited for once.
        else if (left > EARLIEST && missing > 0 && missing <= EARLIEST) wind(missing);
        else run();
      };
      handle = setTimeout(ring, Math.min(Math.max(Math.ceil(left), 0), LONGEST_TIMER));
      if (idle) (handle as { unref?(): void }).unref?.();
    };
    wind(ms);
    return () => clearTimeout(handle);
  },
};

/** The platform's random numbers: for spreading load, not for secrets. */
export const platformRandom = (): number => Math.random();

/** Whether this is a browser's page: a budget there is one person's, not a server's (R4). */
export function inBrowser(): boolean {
  return typeof window === 'object' && typeof document === 'object';
}

/** Whether this page is of another origin, so that the browser shows it only what the server exposes (W12). */
export function isOfOtherOrigin(address: string): boolean {
  if (!inBrowser()) return false;
  const { href, origin } = globalThis.location;
  // What is no address is of no other origin.
  return attempt(() => new URL(address, href).origin !== origin) === true;
}

/**
 * Whether network errors here name their reason, so that "refused" is told from "reset" (F9): in Node, Bun
 * and Deno, and in no browser.
 */
export function namesReasons(): boolean {
  const { process: node, Deno: deno } = globalThis as {
    readonly process?: {
      /** Of Electron. */
      readonly type?: unknown;
      readonly versions?: { readonly node?: unknown; readonly bun?: unknown };
    };
    readonly Deno?: unknown;
  };
  return (
    !inBrowser() &&
    !isolatesRequests() &&
    node?.type !== 'renderer' &&
    (deno !== undefined || node?.versions?.node !== undefined || node?.versions?.bun !== undefined)
  );
}

/** Whether timers and promises of one request never settle another one (P3): so it is on Cloudflare Workers. */
export function isolatesRequests(): boolean {
  return typeof navigator === 'object' && navigator.userAgent === 'Cloudflare-Workers';
}

const NETWORK_EVENTS = ['online', 'offline'];

/**
 * What the browser says of the network (W11). Where there is no browser, or it does not say, the answer
 * is "online": a wrong "offline" would hold operations back for nothing.
 */
export const browserOnline: Readable<boolean> = {
  get: () => typeof navigator !== 'object' || navigator.onLine !== false,
  subscribe: (listener) => {
    const target: Partial<EventTarget> = typeof window === 'object' ? window : globalThis;
    for (const type of NETWORK_EVENTS) target.addEventListener?.(type, listener);
    return () => {
      for (const type of NETWORK_EVENTS) target.removeEventListener?.(type, listener);
    };
  },
};

/** Where a budget outlives a page: `sessionStorage`, or nothing. */
export interface BudgetStorage {
  load(): number | undefined;
  save(tokens: number): void;
}

/**
 * Keeps a budget over reloads of a tab (R4). A browser that forbids the storage (a sandboxed frame, private
 * modes, a full quota) throws on any use of it; the budget then lives as long as the page, which is
 * what it does in every other place, so nothing is lost that needs saying.
 */
export function tabStorage(name: string): BudgetStorage | undefined {
  if (!inBrowser()) return undefined;
  const key = `holdfast:budget:${name}`;
  return {
    load: () => {
      const tokens = Number.parseFloat(attempt(() => sessionStorage.getItem(key)) ?? '');
      return tokens >= 0 ? tokens : undefined;
    },
    save: (tokens) => attempt(() => sessionStorage.setItem(key, String(tokens))),
  };
}

/**
 * A new idempotency key (M3): a UUID, which is what servers that honour such keys ask for. Pages that are
 * not served securely have no `randomUUID`, and old platforms no `crypto` at all.
 */
export function idempotencyKey(): string {
  if (typeof crypto === 'object' && typeof crypto.randomUUID === 'function') {
    return crypto.randomUUID();
  }
  // Version 4, variant 1 (RFC 9562 5.4): an 8 becomes 8 to b, a 0 or 1 any digit.
  return '00000000-0000-4000-8000-000000000000'.replace(/[08]/g, (digit) =>
    (Number(digit) + Math.floor(Math.random() * (digit === '8' ? 4 : 16))).toString(16),
  );
}

/** What an abort of ours says; not every platform has a `DOMException` (P1). */
export function abortReason(name: 'AbortError' | 'TimeoutError'): Error {
  const message = 'Holdfast has ended this call.';
  if (typeof DOMException === 'function') return new DOMException(message, name);
  return Object.assign(new Error(message), { name });
}
