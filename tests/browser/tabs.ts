import type { Tokens } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { AuthorizationServer } from '../servers/authorization-server.ts';
import { launchBrowser } from './chromium.ts';
import type { Browser, Page } from './chromium.ts';
import type { Ended, TabOptions } from './page/tab.ts';
import { bundle, openSite } from './site.ts';
import type { Site } from './site.ts';

export interface AppOptions {
  readonly storage?: TabOptions['storage'];
  /** Default: Apollo Client in the tabs with even numbers, urql in the others. */
  readonly client?: TabOptions['client'];
  /** Milliseconds in which the authorization server takes a used refresh token again. */
  readonly grace?: number;
  /** A script that runs in every page before its own. */
  readonly before?: string;
}

const QUERY = '{ hello }';

/** An app in one browser: its tabs, its API, and the server where its users sign in. */
export class App {
  readonly pages: Page[] = [];
  /** What went wrong in pages, or was said on their consoles. */
  readonly complaints: string[] = [];
  readonly server: AuthorizationServer;
  readonly api: FaultServer;
  readonly #context: BrowserContext;
  readonly #options: AppOptions;
  readonly #site: Site;
  #tokens: Tokens | undefined;

  static async open(browser: Browser, script: string, options: AppOptions = {}): Promise<App> {
    const site = await openSite(script);
    const server = new AuthorizationServer(site.origin, options.grace);
    site.answer = server.answer;
    const valid = (token: string): boolean => server.accepts(token);
    const api = await startFaultServer({ auth: { valid } });
    const context = await browser.newContext();
    if (options.before !== undefined) await context.addInitScript(options.before);
    return new App({ server, api, site, options, context });
  }

  private constructor(parts: {
    readonly server: AuthorizationServer;
    readonly api: FaultServer;
    readonly site: Site;
    readonly options: AppOptions;
    readonly context: BrowserContext;
  }) {
    this.server = parts.server;
    this.api = parts.api;
    this.#site = parts.site;
    this.#options = parts.options;
    this.#context = parts.context;
  }

  /** Opens so many tabs at once, all with the same expired tokens. */
  async openTabs(count: number): Promise<void> {
    await this.signIn();
    await Promise.all(Array.from({ length: count }, (_, slot) => this.openTab(slot)));
  }

  /** The user signs in without a tab: those that start from now on begin with these tokens. */
  async signIn(): Promise<void> {
    this.#tokens = await this.server.signIn();
  }

  /** Tabs that start from now on have no tokens of their own. */
  forget(): void {
    this.#tokens = undefined;
  }

  /** A new tab in this place: with the tokens that the first ones had, too. */
  async openTab(slot: number, path = '/'): Promise<Page> {
    const page = await this.#context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.complaints.push(message.text());
      }
    });
    this.pages[slot] = page;
    await page.goto(this.#site.origin + path);
    await this.start(slot);
    return page;
  }

  async start(slot: number): Promise<void> {
    const { storage, client = slot % 2 === 0 ? 'apollo' : 'urql' } = this.#options;
    const options: TabOptions = {
      client,
      graphql: this.api.url,
      token: `${this.#site.origin}/token?tab=${slot}`,
      ...(this.#tokens === undefined ? {} : { tokens: this.#tokens }),
      ...(storage === undefined ? {} : { storage }),
    };
    await this.pages[slot]!.evaluate((given) => tab.start(given), options);
  }

  async reload(slot: number): Promise<void> {
    await this.pages[slot]!.reload();
    await this.start(slot);
  }

  /** Sends an operation after each of these delays, in milliseconds. */
  ask(slot: number, delays: readonly number[] = [0]): Promise<Ended[]> {
    return this.pages[slot]!.evaluate((given) => tab.ask(given.query, given.delays), {
      query: QUERY,
      delays,
    });
  }

  /**
   * Lets no script of a tab run, and no timer of it: all that happens to it has to wait. Chromium without a
   * window does not freeze tabs when it is asked to, so a debugger holds this one.
   */
  async freeze(slot: number): Promise<() => Promise<void>> {
    const session = await this.#context.newCDPSession(this.pages[slot]!);
    await session.send('Debugger.enable');
    await session.send('Debugger.pause');
    return async () => {
      await session.send('Debugger.disable');
      await session.detach();
    };
  }

  /** Status and generation of every tab. */
  states(): Promise<string[]> {
    return Promise.all(
      this.pages.map((page) => page.evaluate(() => `${tab.state.status} ${tab.state.generation}`)),
    );
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.api.close();
    await this.#site.close();
  }
}

/** A browser for the tests of a file; what it gives opens an app there, for one test, with so many tabs. */
export function appsInBrowser(): (tabs: number, options?: AppOptions) => Promise<App> {
  let browser: Browser | undefined;
  let script = '';
  beforeAll(async () => {
    [browser, script] = await Promise.all([launchBrowser(), bundle()]);
    // The first time, a whole browser has to be unpacked.
  }, 60_000);
  afterAll(() => browser?.close());
  return async (tabs, options) => {
    const app = await App.open(browser!, script, options);
    onTestFinished(() => app.close());
    await app.openTabs(tabs);
    return app;
  };
}
