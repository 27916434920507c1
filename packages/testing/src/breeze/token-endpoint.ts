import { jsonAnswer } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { HttpRequest } from '../recorded-request.ts';
import { createRateWindow } from '../rate-window.ts';
import type { RateWindow } from '../rate-window.ts';
import { readParameters } from '../token-parameters.ts';
import type { TokenStore } from '../token-store.ts';

/** The one client that Breeze knows. */
export interface BreezeClient {
  readonly id: string;
  secret: string;
  expired: boolean;
}

export interface BreezeTokenEndpoint {
  answer(request: HttpRequest): Answer;
  /** Begins a new window for every client. */
  resetWindows(): void;
}

interface Settings {
  readonly lifetime: number;
  readonly limit: number;
  readonly window: number;
}

function refused(status: number, error: string, description: string): Answer {
  return jsonAnswer(status, { error, error_description: description });
}

/** The wait is told in prose only, after another number, as Breeze does. */
function throttled(window: RateWindow): Answer {
  const seconds = Math.max(1, Math.ceil((window.end - Date.now()) / 1_000));
  return refused(
    429,
    'too_many_requests',
    `Rate limit exceeded for OAuth token requests. Maximum ${window.limit} requests per hour allowed. Try again in ${seconds} seconds.`,
  );
}

/** What is wrong with a client is told by the description only. */
function clientFault(client: BreezeClient, id: string, secret: string): string | undefined {
  if (id !== client.id) return 'Client not found';
  if (secret !== client.secret) return 'Invalid client secret';
  return client.expired ? 'Client has expired' : undefined;
}

export function createBreezeTokenEndpoint(
  client: BreezeClient,
  store: TokenStore,
  settings: Settings,
): BreezeTokenEndpoint {
  const windows = new Map<string, RateWindow>();

  function windowOf(id: string): RateWindow {
    const known = windows.get(id);
    if (known !== undefined) return known;
    const window = createRateWindow(settings.limit, settings.window);
    windows.set(id, window);
    return window;
  }

  return {
    answer(request) {
      const { grant_type: grant, client_id: id, client_secret: secret } = readParameters(request);
      const missing = Object.entries({ grant_type: grant, client_id: id, client_secret: secret })
        .filter(([, value]) => value === undefined)
        .map(([name]) => name);
      if (grant === undefined || id === undefined || secret === undefined) {
        return refused(400, 'invalid_request', `Missing parameter: ${missing.join(', ')}`);
      }
      const window = windowOf(id);
      if (!window.take()) return throttled(window);
      if (grant !== 'client_credentials') {
        return refused(400, 'unsupported_grant_type', `Grant type ${grant} is not supported`);
      }
      const fault = clientFault(client, id, secret);
      if (fault !== undefined) return refused(401, 'invalid_client', fault);
      return jsonAnswer(200, {
        access_token: store.issue(),
        token_type: 'Bearer',
        expires_in: Math.max(1, Math.round(settings.lifetime / 1_000)),
      });
    },
    resetWindows() {
      windows.clear();
    },
  };
}
