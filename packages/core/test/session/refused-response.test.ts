import { describe, expect, it } from 'vitest';
import { Harness } from '../harness.fixture.ts';

const KIB = 1024;

interface Body {
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes that were asked for. */
  read: number;
  cancelled: boolean;
}

/** A body that goes on for ever: chunk by chunk as fast as it is read, or never more after `chunks`. */
function endless(text: string, chunks = Infinity): Body {
  const chunk = new TextEncoder().encode(text);
  const body: Body = {
    read: 0,
    cancelled: false,
    stream: new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (body.read >= chunks * chunk.length) return new Promise(() => {});
          body.read += chunk.length;
          return controller.enqueue(chunk);
        },
        cancel: () => {
          body.cancelled = true;
        },
      },
      { highWaterMark: 0 },
    ),
  };
  return body;
}

const forms: [string, (response: Response) => unknown][] = [
  ['itself', (response) => response],
  ['in an error', (response) => Object.assign(new Error('refused'), { response })],
];

describe.each(forms)('a Response that refresh rejects with, %s', (_name, rejected) => {
  it('X4 is read up to 64 KiB, and let go then', async () => {
    const body = endless('x'.repeat(KIB));
    const harness = new Harness({});
    const watched = harness.run();
    await harness.refreshes[0]!.fail(rejected(new Response(body.stream, { status: 403 })));
    await harness.settle();
    expect(body.read).toBeLessThanOrEqual(66 * KIB);
    expect(body.cancelled).toBe(true);
    expect(watched.failure?.cause).toMatchObject({ kind: 'forbidden', status: 403 });
  });

  it('X4 T5 that stops in the middle is waited for until refreshTimeout, and let go then: its status counts', async () => {
    const body = endless('{"error":', 1);
    const harness = new Harness({ refreshTimeout: 2_000 });
    const watched = harness.run();
    await harness.refreshes[0]!.fail(rejected(new Response(body.stream, { status: 403 })));
    await harness.clock.advanceAsync(1_999);
    expect([watched.settled, body.cancelled]).toEqual([0, false]);
    await harness.clock.advanceAsync(1);
    expect([watched.settled, body.cancelled]).toEqual([1, true]);
    expect(watched.failure?.cause).toMatchObject({ kind: 'forbidden', status: 403 });
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
  });

  it('X4 T11 that has not ended when the user signs out is let go', async () => {
    const body = endless('{"error":', 1);
    const harness = new Harness({});
    harness.run();
    await harness.refreshes[0]!.fail(rejected(new Response(body.stream, { status: 403 })));
    harness.resilience.session.signOut();
    await harness.settle();
    expect(body.cancelled).toBe(true);
  });

  it('X4 that breaks leaves its status to say it', async () => {
    const stream = new ReadableStream({
      pull: (controller) => controller.error(new Error('broken')),
    });
    const harness = new Harness({});
    const watched = harness.run();
    await harness.refreshes[0]!.fail(rejected(new Response(stream, { status: 403 })));
    expect(watched.failure?.cause).toMatchObject({ kind: 'forbidden', status: 403 });
  });

  it('X4 whose body was read already, or is being read, says its status', async () => {
    const used = new Response('{"error":"invalid_grant"}', { status: 403 });
    await used.text();
    const locked = new Response('{"error":"invalid_grant"}', { status: 403 });
    locked.body!.getReader();
    for (const response of [used, locked]) {
      const harness = new Harness({});
      const watched = harness.run();
      await harness.refreshes[0]!.fail(rejected(response));
      expect(watched.failure?.cause).toMatchObject({ kind: 'forbidden', status: 403 });
    }
  });

  it('X4 a character that is cut between two chunks is whole', async () => {
    const bytes = new TextEncoder().encode(
      '{"error":"invalid_grant","error_description":"Sørgelig"}',
    );
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const harness = new Harness({});
    const watched = harness.run();
    await harness.refreshes[0]!.fail(rejected(new Response(stream, { status: 400 })));
    expect(watched.failure?.cause).toMatchObject({ code: 'invalid_grant', message: 'Sørgelig' });
  });
});

describe('an error with a Response that was read before refresh rejects with it', () => {
  const said = { error: 'invalid_grant', error_description: 'expired' };
  const errors: [string, object][] = [
    ['ofetch', { data: said }],
    ['Apollo Client', { bodyText: JSON.stringify(said) }],
    ['urql', { graphQLErrors: [{ message: 'expired', extensions: { code: 'invalid_grant' } }] }],
  ];

  it.each(errors)('T7 F12 is judged by what it says beside it, as of %s', async (_name, fields) => {
    const response = new Response(JSON.stringify(said), { status: 400 });
    await response.text();
    const harness = new Harness({});
    const watched = harness.run();
    await harness.refreshes[0]!.fail(Object.assign(new Error('refused'), { response }, fields));
    await harness.settle();
    expect(watched.failure?.cause).toMatchObject({
      code: 'invalid_grant',
      status: 400,
      message: 'expired',
    });
    expect(harness.status).toBe('failed');
  });

  it('T6 X4 is judged by its status where it says nothing else', async () => {
    const response = new Response('busy', { status: 503, headers: { 'retry-after': '3' } });
    await response.text();
    const harness = new Harness({});
    harness.run();
    await harness.refreshes[0]!.fail(Object.assign(new Error('refused'), { response }));
    await harness.settle();
    expect(harness.resilience.session.get()).toMatchObject({
      status: 'unavailable',
      failure: { kind: 'unavailable', status: 503, source: 'token-endpoint' },
    });
  });
});
