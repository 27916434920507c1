import { property } from './failure/property.ts';

/**
 * Whether `fetch` names the reason why a connection could not be made, as Node, Bun and Deno do. Browsers,
 * a page of Electron among them, name none, and Workers neither, although some bring a `process` of Node's.
 */
export function namesReasons(): boolean {
  const process = property(globalThis, 'process');
  const navigator = property(globalThis, 'navigator');
  if (typeof property(property(property(globalThis, 'Deno'), 'version'), 'deno') === 'string') {
    return true;
  }
  const isNode = typeof property(property(process, 'versions'), 'node') === 'string';
  const isPage = property(process, 'type') === 'renderer';
  const isWorker = property(navigator, 'userAgent') === 'Cloudflare-Workers';
  return isNode && !isPage && !isWorker;
}
