import type { RefreshRequest, Tokens } from '@holdfast/core';
import { base64, formEncoded } from './form-encoding.ts';
import {
  readChoice,
  readFetch,
  readHeaders,
  readParameters,
  readSecret,
  readText,
  readUrl,
} from './options.ts';
import { readTokens } from './token-answer.ts';
import { requestTokens } from './token-request.ts';

/** What every grant of an OAuth client needs. */
export interface ClientOptions {
  /** The token endpoint: an absolute http or https URL. */
  readonly url: string | URL;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  /** Scopes, separated by spaces. Default: not sent. */
  readonly scope?: string | undefined;
  /**
   * How parameters are sent. Default `form`, as RFC 6749 has it; `json` for APIs of another mind, such
   * as Breeze.
   */
  readonly body?: 'form' | 'json' | undefined;
  /**
   * Where the client's id and secret go: into an `Authorization: Basic` header, or among the parameters.
   * Default: `basic` with a form body, as RFC 6749 (section 2.3.1) prefers, and `body` with a JSON body. A
   * client without a secret names itself in the body.
   */
  readonly authentication?: 'basic' | 'body' | undefined;
  /** Further parameters, such as `audience`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Further header fields. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the global `fetch` at the time of each request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Sends one grant as the client and answers its tokens. */
export type Grant = (
  grant: Readonly<Record<string, string>>,
  request: RefreshRequest,
  secrets: readonly string[],
) => Promise<Tokens>;

/** Extra parameters that are known to be no secret, so that an error may repeat them. */
const openParameters: readonly string[] = ['audience', 'resource'];

/**
 * Checks a client's options and gives what sends its grants.
 *
 * @throws TypeError one sentence that names the option, what was given and what is allowed (X5).
 */
export function client(options: ClientOptions): Grant {
  const url = readUrl(options.url);
  const clientId = readText('clientId', options.clientId);
  const clientSecret =
    options.clientSecret === undefined
      ? undefined
      : readSecret('clientSecret', options.clientSecret);
  const scope = options.scope === undefined ? {} : { scope: readText('scope', options.scope) };
  const form = readChoice('body', options.body ?? 'form', ['form', 'json']) === 'form';
  const authentication = readChoice(
    'authentication',
    options.authentication ?? (form && clientSecret !== undefined ? 'basic' : 'body'),
    ['basic', 'body'],
  );
  if (authentication === 'basic' && clientSecret === undefined) {
    throw new TypeError("authentication must be 'body' where no clientSecret is given.");
  }
  const parameters = readParameters(options.parameters);
  const headers = readHeaders(options.headers);
  const fetch = readFetch(options.fetch);

  const basic =
    authentication === 'basic' ? basicCredentials(clientId, clientSecret ?? '') : undefined;
  const identity =
    basic === undefined
      ? {
          client_id: clientId,
          ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
        }
      : {};
  const ownSecrets = [
    clientSecret,
    basic,
    ...Object.values(headers),
    ...Object.entries(parameters).flatMap(([name, text]) =>
      openParameters.includes(name) ? [] : [text],
    ),
  ];

  return (grant, request, secrets) => {
    const sent = { ...parameters, ...grant, ...identity, ...scope };
    return requestTokens(
      {
        url,
        headers: {
          ...headers,
          'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
          ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
        },
        body: form ? new URLSearchParams(sent).toString() : JSON.stringify(sent),
        fetch,
        secrets: [...ownSecrets, ...secrets],
      },
      request,
      readTokens,
    );
  };
}

/** RFC 6749, section 2.3.1: id and secret are form-encoded first, which also leaves nothing but ASCII. */
function basicCredentials(clientId: string, clientSecret: string): string {
  return base64(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`);
}
