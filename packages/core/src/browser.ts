export type { TokenStorage } from './browser/at-rest.ts';
export { browserShare } from './browser/browser-share.ts';
export type { BrowserShareOptions } from './browser/browser-share.ts';
