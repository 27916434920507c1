import type { ShareChange } from '../model/tokens.ts';
import { TabShare } from './tab-share.ts';

/**
 * A tab in Node, with its real channels and locks. What it should hear can be held back, in the order of
 * its arrival, as it is for a tab that is frozen or has other things to do.
 */
export class NodeTab {
  readonly share: TabShare;
  readonly changes: ShareChange[] = [];
  #shown: () => void = () => {};
  #held: { readonly data: unknown; readonly listen: () => void }[] | undefined;
  readonly #leave: () => void;

  constructor(name: string, { locks = true }: { readonly locks?: boolean } = {}) {
    const hear = (data: unknown, listen: () => void): void => {
      if (this.#held === undefined) listen();
      else this.#held.push({ data, listen });
    };
    class Channel extends BroadcastChannel {
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
        on: (_type, listener) => {
          this.#shown = () => listener({ persisted: true } as PageTransitionEvent & StorageEvent);
          return () => {};
        },
      },
      name,
      undefined,
    );
    this.#leave = this.share.subscribe((change) => void this.changes.push(change));
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
