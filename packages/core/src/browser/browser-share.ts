import type { Unsubscribe } from '../base/time.ts';
import type { Share } from '../base/tokens.ts';
import type { TokenStorage } from './at-rest.ts';
import { browserPlatform } from './platform.ts';
import { TabShare } from './tab-share.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What {@link browserShare} takes beside a name. */
export interface BrowserShareOptions {
  /**
   * Where the tokens outlive the tabs, such as `localStorage`. Whatever runs on the page's origin can read
   * them there. Default: nowhere, the tabs share in memory (X2).
   */
  readonly storage?: TokenStorage | undefined;
}

/** Where there is no browser, each instance is on its own: one server's users share nothing (E6). */
const NOBODY: Share = { read: () => undefined, replace: () => true };

/**
 * Lets the tabs of one app agree: one token call between them, one session, one sign-out, and limits that
 * all of them heed (T14, W9). Nothing is opened, locked or read before its first use (E5).
 *
 * It uses Web Locks and BroadcastChannel; the package's README says what is lost where a browser lacks
 * one. In Node and other servers it shares nothing, so that an app that is rendered there can use it.
 *
 * It stays open until `dispose()` of the instance. A development build says once where it was opened anew
 * before that, as by a module that was replaced while the page was open.
 *
 * @param name of the app: tabs of the same origin that give the same name share.
 * @throws TypeError where the name is empty, or an option is none (X5).
 *
 * @example
 * const resilience = createResilience({ auth: { refresh }, share: browserShare('my-app') });
 */
export function browserShare(name: string, options: BrowserShareOptions = {}): Share {
  check(name, options);
  const platform = browserPlatform();
  if (platform === undefined) return NOBODY;
  const share = new TabShare(platform, name, options.storage);
  if (process.env.NODE_ENV !== 'production') watch(share, name);
  return share;
}

/** The names of the shares that listen in this page, and whether it was said that one does so twice. */
const listening: string[] = [];
let saidTwice = false;

/** Whoever makes an instance anew and forgets the one before leaves its channels open, time after time (E3). */
function watch(share: TabShare, name: string): void {
  let own = 0;
  const subscribe = share.subscribe.bind(share);
  share.subscribe = (listener): Unsubscribe => {
    const leave = subscribe(listener);
    // Several instances may have one share.
    if (own++ === 0) {
      if (listening.includes(name) && !saidTwice) {
        saidTwice = true;
        console.warn(
          `Holdfast: browserShare('${name}') is open twice in this page. Call dispose() of an instance before another takes its place, as in import.meta.hot?.dispose(() => resilience.dispose()); instances that are to live side by side take one share.`,
        );
      }
      listening.push(name);
    }
    let isIn = true;
    return () => {
      leave();
      if (isIn && --own === 0) listening.splice(listening.indexOf(name), 1);
      isIn = false;
    };
  };
}

function check(name: unknown, options: unknown): void {
  if (typeof name !== 'string' || name === '') {
    refuse('name must be a string that is not empty', name);
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuse('options must be an object', options);
  }
  const { storage, ...others } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(`browserShare: ${unknown} is no option; allowed is storage.`);
  }
  if (storage !== undefined && !isStorage(storage)) {
    refuse('storage must be a Storage such as localStorage, or absent', storage);
  }
}

function isStorage(value: unknown): value is TokenStorage {
  if (typeof value !== 'object' || value === null) return false;
  const { getItem, setItem, removeItem } = value as Partial<TokenStorage>;
  return [getItem, setItem, removeItem].every((method) => typeof method === 'function');
}

function refuse(rule: string, value: unknown): never {
  const given = value === '' || value === null ? JSON.stringify(value) : `a ${typeof value}`;
  throw new TypeError(`browserShare: ${rule}, not ${value === undefined ? 'undefined' : given}.`);
}
