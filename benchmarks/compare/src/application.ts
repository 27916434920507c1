import type { FaultServer } from '@holdfast/testing';

/** The token endpoint's answer. */
interface TokenAnswer {
  readonly access_token: string;
}

/**
 * What an application has of its own, the same for every stack: a place for its token, and a function
 * that fetches a new one. It begins with a good token.
 */
export class Application {
  readonly tokenUrl: string;
  readonly clientId = 'app';
  readonly clientSecret = 'secret';
  accessToken: string;
  /** Epoch milliseconds, where the application knows. */
  expiresAt: number | undefined;
  /** Called when the token endpoint has answered, just before anybody else learns of it. */
  onTokenAnswer: (() => void) | undefined;

  constructor(server: FaultServer) {
    this.tokenUrl = server.tokenUrl;
    this.accessToken = server.issueToken();
  }

  get authorization(): string {
    return `Bearer ${this.accessToken}`;
  }

  get expired(): boolean {
    return this.expiresAt !== undefined && Date.now() >= this.expiresAt;
  }

  /** `fetch` for token requests. The answer is whole when it comes: reading it takes no further tick. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await fetch(input, init);
    const { status, headers } = response;
    const text = await response.text();
    this.onTokenAnswer?.();
    return Object.assign(new Response(text, { status, headers }), {
      text: () => Promise.resolve(text),
      json: () => Promise.resolve(JSON.parse(text) as unknown),
    });
  };

  /** The token endpoint's answer as it is. */
  requestToken(signal?: AbortSignal): Promise<Response> {
    return this.fetch(this.tokenUrl, { method: 'POST', ...(signal && { signal }) });
  }

  store(accessToken: string): void {
    this.accessToken = accessToken;
    this.expiresAt = undefined;
  }

  /** Fetches a token and stores it. Rejects where there is none. */
  async renew(signal?: AbortSignal): Promise<void> {
    const response = await this.requestToken(signal);
    if (!response.ok) throw new Error(`The token endpoint answered ${response.status}.`);
    const { access_token: accessToken } = (await response.json()) as TokenAnswer;
    this.store(accessToken);
  }
}
