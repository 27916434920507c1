import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientCredentials } from './grants.ts';
import { refreshRequest, rejection, startEndpoint } from './local-endpoint.fixture.ts';

afterEach(() => vi.unstubAllGlobals());

describe('a client', () => {
  it.each(['a', 'ab', 'abc', 'c1', 'id with spaces', 'top/s3cret "quoted" ü'])(
    'P1 says who it is without btoa as it does with it: %s',
    async (clientSecret) => {
      const { url, received } = await startEndpoint({ body: { access_token: 't1' } });
      const refresh = clientCredentials({ url, clientId: 'app', clientSecret });
      await refresh(refreshRequest());
      vi.stubGlobal('btoa', undefined);
      const bare = clientCredentials({ url, clientId: 'app', clientSecret });
      await bare(refreshRequest());
      const [first, second] = received.map(({ headers }) => headers.authorization);
      expect(second).toBe(first);
    },
  );

  it('X4 T5 lets go of an answer that never ends as soon as nobody waits for it, whatever fetch does', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"access')),
      cancel: () => {
        cancelled = true;
      },
    });
    const fetch = async (): Promise<Response> => new Response(body);
    const controller = new AbortController();
    const url = 'https://login.example.com/token';
    const refresh = clientCredentials({ url, clientId: 'a', clientSecret: 'b', fetch });
    const refused = rejection(refresh(refreshRequest(undefined, controller.signal)));
    await vi.waitFor(() => expect(body.locked).toBe(true));
    controller.abort(new Error('too late'));
    expect(await refused).toMatchObject({ message: 'too late' });
    expect(cancelled).toBe(true);
  });
});
