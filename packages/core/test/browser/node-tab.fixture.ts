import type { ShareChange } from '../../src/base/tokens.ts';
import { TabShare } from '../../src/browser/tab-share.ts';

/**
 * A tab in Node, with its real channels and locks. What it should hear can be held back, in the order of
 * its arrival, as it is for a tab that is frozen or has other things to do.
 */
export class NodeTab {
  readonly name: string;
  readonly share: TabShare;
  readonly changes: ShareChange[] = [];
  /** Those that are open. */
  channels = 0;
  #shown: () => void = () => {};
  #hidden: () => void = () => {};
  #held: { readonly data: unknown; readonly listen: () => void }[] | undefined;
  readonly #leave: () => void;

  constructor(
    name: string,
    { locks = true, listens = true }: { readonly locks?: boolean; readonly listens?: boolean } = {},
  ) {
    this.name = name;
    const count = (change: number): void => void (this.channels += change);
    const hear = (data: unknown, listen: () => void): void => {
      if (this.#held === undefined) listen();
      else this.#held.push({ data, listen });
    };
    class Channel extends BroadcastChannel {
      constructor(of: string) {
        super(of);
        count(1);
      }
      override close(): void {
        super.close();
        count(-1);
      }
      override addEventListener(type: string, listener: unknown): void {
        super.addEventListener(type, (event: Event) =>
          hear((event as MessageEvent).data, () => (listener as (event: Event) => void)(event)),
        );
      }
    }
    this.share = new TabShare(
      {
        locks: locks ? navigator.locks : undefined,
        channel: Channel,
        on: (type, listener) => {
          const happens = (): void =>
            listener({ persisted: true } as PageTransitionEvent & StorageEvent);
          if (type === 'pageshow') this.#shown = happens;
          if (type === 'pagehide') this.#hidden = happens;
          return () => {};
        },
      },
      name,
      undefined,
    );
    const listen = (): (() => void) =>
      this.share.subscribe((change) => void this.changes.push(change));
    this.#leave = listens ? listen() : () => listen()();
  }

  /** The messages that are held back. */
  get held(): unknown[] {
    return (this.#held ?? []).map(({ data }) => data);
  }

  freeze(): void {
    this.#held ??= [];
  }

  /** Hears what was held back: the first messages only, where it is said how many. */
  thaw(count: number = Infinity): void {
    const held = this.#held?.splice(0, count) ?? [];
    if (count === Infinity) this.#held = undefined;
    for (const { listen } of held) listen();
  }

  /** Is put away, as a browser does with a page that somebody may come back to. */
  putAway(): void {
    this.#hidden();
    this.freeze();
  }

  /** Comes back, having heard nothing while it was put away, as pages do that a browser keeps. */
  comeBack(): void {
    this.#held = undefined;
    this.#shown();
  }

  close(): void {
    this.thaw();
    this.#leave();
  }
}
