import { envelopeOf } from './message.ts';
import type { Envelope, Message } from './message.ts';

/** A channel that has not brought a tab's own words back after so many milliseconds will not. */
const ECHO_PATIENCE = 2_000;

/** What a tab has said. */
export interface Said {
  readonly id: string;
  /** Resolves once all that was said in any tab before has been heard here. */
  readonly heard: Promise<void>;
}

/**
 * A tab's line to the others: one channel to speak on, and one that hears the others and this tab's own
 * words in between, in the order in which they were said. So a tab that hears itself knows that nothing
 * older is on its way to it, however long it was frozen.
 */
export class Line {
  readonly #me: string;
  readonly #voice: BroadcastChannel;
  readonly #ear: BroadcastChannel;
  readonly #echoes = new Map<string, () => void>();
  #said = 0;

  /**
   * @param me who this is among the tabs.
   * @param hear what another tab said.
   */
  constructor(
    Channel: new (name: string) => BroadcastChannel,
    name: string,
    me: string,
    hear: (envelope: Envelope) => void,
  ) {
    this.#me = me;
    this.#voice = new Channel(name);
    this.#ear = new Channel(name);
    // Where a page is simulated in Node, nobody's process waits for messages (E3).
    for (const channel of [this.#voice, this.#ear]) (channel as { unref?(): void }).unref?.();
    this.#ear.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const envelope = envelopeOf(data);
      if (envelope === undefined) return;
      if (envelope.from === this.#me) this.#echoes.get(envelope.id)?.();
      else hear(envelope);
    });
  }

  say(message: Message): Said {
    const id = `${this.#me}:${++this.#said}`;
    const heard = new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#echoes.delete(id);
        resolve();
      };
      const timer = setTimeout(done, ECHO_PATIENCE);
      this.#echoes.set(id, done);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
    this.#voice.postMessage({ ...message, holdfast: 1, from: this.#me, id } satisfies Envelope);
    return { id, heard };
  }

  close(): void {
    this.#voice.close();
    this.#ear.close();
    for (const done of this.#echoes.values()) done();
  }
}
