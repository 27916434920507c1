/** A browser as far as the tests of all engines need it. */
export interface EngineBrowser {
  readonly version: string;
  /** A tab of its own, with that address open. */
  openPage(address: string): Promise<EnginePage>;
  close(): Promise<void>;
}

export interface EnginePage {
  /** Runs a function in the page, which stands alone: what it is given, and what it answers, is JSON. */
  evaluate<Given, Answer>(
    run: (given: Given) => Answer | Promise<Answer>,
    given: Given,
  ): Promise<Answer>;
  /** Once it is closed, nothing more happens. */
  close(): Promise<void>;
}
