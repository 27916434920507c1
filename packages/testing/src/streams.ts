import type { Answer } from './answer.ts';

const encoder = new TextEncoder();

/** The forms in which several results go out under one answer. */
type StreamForm = 'incremental' | 'multipart-subscription' | 'events';

/** Apollo's protocol of subscriptions over multipart HTTP, told by what the client accepts. */
export function takesMultipartSubscription(accept: string): boolean {
  return /subscriptionSpec\s*=/iu.test(accept);
}

function formFor(accept: string): StreamForm {
  if (takesMultipartSubscription(accept)) return 'multipart-subscription';
  return accept.includes('multipart/mixed') ? 'incremental' : 'events';
}

const EVENTS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
const BOUNDARY = { incremental: '-', 'multipart-subscription': 'graphql' } as const;

interface Framing {
  readonly headers: Readonly<Record<string, string>>;
  readonly opening: string;
  readonly closing: string;
  part(result: unknown): string;
}

/** What is written as a payload is left as it is: errors of the transport stand beside one. */
function payloadOf(result: unknown): unknown {
  return Object.hasOwn(Object(result), 'payload') ? result : { payload: result };
}

/** How results are framed. A part ends with the delimiter of the next: until then no client takes it for whole. */
function framingOf(form: StreamForm): Framing {
  if (form === 'events') {
    return {
      headers: EVENTS,
      opening: ':\n\n',
      closing: 'event: complete\ndata:\n\n',
      part: (result) => `event: next\ndata: ${JSON.stringify(result)}\n\n`,
    };
  }
  const boundary = BOUNDARY[form];
  return {
    headers: { 'content-type': `multipart/mixed; boundary="${boundary}"` },
    opening: `\r\n--${boundary}`,
    closing: '--\r\n',
    part: (result) => {
      const body = form === 'incremental' ? result : payloadOf(result);
      const head = '\r\nContent-Type: application/json; charset=utf-8\r\n\r\n';
      return `${head}${JSON.stringify(body)}\r\n--${boundary}`;
    },
  };
}

function bodyOf(
  { opening, closing, part }: Framing,
  results: AsyncIterator<unknown>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(opening));
    },
    async pull(controller) {
      const { done, value } = await results.next();
      if (value !== undefined) controller.enqueue(encoder.encode(part(value)));
      if (done !== true) return;
      controller.enqueue(encoder.encode(closing));
      controller.close();
    },
    async cancel() {
      await results.return?.();
    },
  });
}

async function* each(results: readonly object[]): AsyncGenerator<object, undefined> {
  yield* results;
  return undefined;
}

/** An answer of several results, in the form that the client accepts. */
export function streamAnswer(status: number, results: readonly object[], accept: string): Answer {
  const framing = framingOf(formFor(accept));
  return { status, headers: framing.headers, body: bodyOf(framing, each(results)) };
}

/** The events of a subscription as parts of a multipart answer. */
export function multipartEvents(events: AsyncIterable<unknown>): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array>;
} {
  const framing = framingOf('multipart-subscription');
  return { headers: framing.headers, body: bodyOf(framing, events[Symbol.asyncIterator]()) };
}
