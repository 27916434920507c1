import type { Share } from '../base/tokens.ts';
import type { TokenStorage } from './at-rest.ts';
import { browserPlatform } from './platform.ts';
import { TabShare } from './tab-share.ts';

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
 * @param name of the app: tabs of the same origin that give the same name share.
 * @throws TypeError where the name is empty, or an option is none (X5).
 *
 * @example
 * const resilience = createResilience({ auth: { refresh }, share: browserShare('my-app') });
 */
export function browserShare(name: string, options: BrowserShareOptions = {}): Share {
  check(name, options);
  const platform = browserPlatform();
  return platform === undefined ? NOBODY : new TabShare(platform, name, options.storage);
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
