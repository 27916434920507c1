import type { Client, Place, Policy } from '../policy.ts';

/** How a client that nobody retries for gets new tokens. */
interface Renewal {
  /** Whether what comes during a refresh waits for its end, and one refresh serves all. */
  readonly together: boolean;
}

/** Apollo's recipe for an expired token: the handler of an ErrorLink refreshes and forwards again. */
export const errorLink: Policy = {
  name: 'ErrorLink recipe',
  source: '`@apollo/client` 4.3.8: an `ErrorLink` that refreshes for each rejected operation',
  client: (place) => new RefreshingClient(place, { together: false }),
};

/** urql's exchange for tokens. */
export const exchangeAuth: Policy = {
  name: 'exchange-auth',
  source: '`@urql/exchange-auth` 3.0: one refresh at a time, for all that wait',
  client: (place) => new RefreshingClient(place, { together: true }),
};

class RefreshingClient implements Client {
  readonly #place: Place;
  readonly #renewal: Renewal;
  #token: string;
  #refresh: Promise<boolean> | undefined;

  constructor(place: Place, renewal: Renewal) {
    this.#place = place;
    this.#renewal = renewal;
    this.#token = place.token ?? '0';
  }

  query(settled: (answered: boolean) => void): void {
    const running = this.#refresh;
    if (!this.#renewal.together || running === undefined) return this.#send(true, settled);
    void running.then((renewed) => (renewed ? this.#send(true, settled) : settled(false)));
  }

  /** @param again whether a rejection is answered with a refresh. */
  #send(again: boolean, settled: (answered: boolean) => void): void {
    const { wire, id } = this.#place;
    wire.send(id, this.#token, ({ status }) => {
      if (status !== 401 || !again) return settled(status === 200);
      void this.#renewed().then((renewed) =>
        renewed ? this.#send(false, settled) : settled(false),
      );
    });
  }

  #renewed(): Promise<boolean> {
    if (!this.#renewal.together) return this.#ask();
    this.#refresh ??= this.#ask().finally(() => {
      this.#refresh = undefined;
    });
    return this.#refresh;
  }

  async #ask(): Promise<boolean> {
    const { wire, id } = this.#place;
    const { answer, token } = await wire.askForToken(id);
    if (answer.status !== 200) return false;
    this.#token = token;
    return true;
  }
}
