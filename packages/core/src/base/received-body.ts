import { headerReader, property } from './property.ts';

/** How much of a body is looked at, in characters (X4). */
const LONGEST_BODY = 65_536;

/** Under this a response's `text` leads to what was received by it; one for all copies of the package. */
const RECEIVED = Symbol.for('holdfast.received-body');

/** The body of one response, as far as its client has read it. */
export interface ReceivedBody {
  /** All of it, once it was read as text. */
  readonly text: string | undefined;
  /** It is longer than what is looked at (X4). */
  readonly isLong: boolean;
  /** It is known not to be one whole answer: see `Signal.incomplete`. */
  readonly incomplete: boolean;
}

class Received implements ReceivedBody {
  text: string | undefined;
  broken = false;
  shared = false;
  readonly operation: object | undefined;
  readonly #response: unknown;

  constructor(response: unknown, operation: object | undefined) {
    this.#response = response;
    this.operation = operation;
  }

  get isLong(): boolean {
    return this.text !== undefined && this.text.length > LONGEST_BODY;
  }

  get incomplete(): boolean {
    return (
      this.broken ||
      this.shared ||
      this.isLong ||
      // One from where a redirect has led is not that of the API itself.
      property(this.#response, 'redirected') === true ||
      // What comes in parts is told in parts.
      (this.text === undefined &&
        /^\s*(?:multipart\/|text\/event-stream)/i.test(
          headerReader(property(this.#response, 'headers'))('content-type') ?? '',
        ))
    );
  }
}

/**
 * Keeps the text of a response as its client reads it, by listening to its `text()`: nothing is read twice,
 * copied or read ahead, and what streams goes on streaming. To be called before the client reads.
 *
 * @param operation what is answered by it: a response that is given for two of them answers a batch.
 */
export function receivedBody(response: unknown, operation?: object): ReceivedBody {
  const text = property(response, 'text');
  const known = property(text, RECEIVED) as Received | undefined;
  if (known !== undefined) {
    if (known.operation !== operation) known.shared = true;
    return known;
  }
  const received = new Received(response, operation);
  if (typeof text !== 'function') return received;
  const listened = (): unknown => {
    const reading: unknown = Reflect.apply(text, response, []);
    // The client's own promise goes on to the client; that it may reject is the client's to handle.
    Promise.resolve(reading).then(
      (whole) => {
        if (typeof whole === 'string') received.text = whole;
      },
      () => {
        received.broken = received.text === undefined;
      },
    );
    return reading;
  };
  Object.defineProperty(listened, RECEIVED, { value: received });
  // A response that cannot be listened to, such as a frozen one, tells what its client tells of it.
  Reflect.defineProperty(response as object, 'text', {
    value: listened,
    configurable: true,
    writable: true,
  });
  return received;
}
