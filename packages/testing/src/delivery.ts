import { emptyAnswer, htmlAnswer, jsonAnswer, textAnswer, withHeaders } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Fault } from './fault.ts';
import { streamAnswer } from './streams.ts';

/** The answer that the fault brings itself; `undefined` where the server's own goes out. */
export function answerOf(fault: Fault, accept: string): Answer | undefined {
  const { status, body, results } = fault;
  if (fault.html === true) return htmlAnswer(status ?? 500);
  if (results !== undefined) return streamAnswer(status ?? 200, results, accept);
  if (typeof body === 'string') return textAnswer(status ?? 200, body);
  if (body !== undefined) return jsonAnswer(status ?? 200, body);
  return status === undefined ? undefined : emptyAnswer(status);
}

function answers({ status, body, results, html }: Fault): boolean {
  return [status, body, results, html].some((given) => given !== undefined);
}

/** Whether the operation runs though it meets this fault. */
export function runsUnder(fault: Fault | undefined): boolean {
  if (fault === undefined || fault.execute === true || fault.reset === 'after-execute') return true;
  return !answers(fault) && fault.reset !== 'before' && fault.hang !== true;
}

const encoder = new TextEncoder();

/**
 * The first result of a stream, as far as it has to come before a client knows that it is whole: up to the
 * next delimiter of a multipart body, or the empty line that ends a server-sent event. What comes before
 * it, a ping or a part's header, tells a client nothing.
 */
const FIRST_RESULT = /\{[^]*(?:\n\n|\r\n--)/u;

/** A stream that ends early: after so many bytes, or (`true`) after the piece that completes its first result. */
function shortened(
  stream: ReadableStream<Uint8Array>,
  by: number | true,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let left = by === true ? Infinity : by;
  let sent = '';
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await reader.read();
      const piece = next.value?.subarray(0, left) ?? encoder.encode('');
      if (piece.length > 0) controller.enqueue(piece);
      left -= piece.length;
      sent += by === true ? decoder.decode(piece, { stream: true }) : '';
      const enough = by === true ? FIRST_RESULT.test(sent) : left <= 0;
      if (!next.done && !enough) return;
      await reader.cancel();
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function truncated(body: Answer['body'], by: number | true): Answer['body'] {
  if (typeof body !== 'string') return shortened(body, by);
  return body.slice(0, by === true ? Math.floor(body.length / 2) : by);
}

/** The answer as the fault lets it through. */
export function changedBy(fault: Fault, answer: Answer): Answer {
  const headers = {
    ...fault.headers,
    ...(fault.contentType === undefined ? {} : { 'content-type': fault.contentType }),
  };
  const changed = withHeaders(answer, headers);
  const by = fault.truncate ?? (fault.reset === 'body' ? true : undefined);
  return by === undefined ? changed : { ...changed, body: truncated(changed.body, by) };
}
