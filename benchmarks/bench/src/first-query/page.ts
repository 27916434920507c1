import { createResilience } from '@holdfast/core';
import type { Signal } from '@holdfast/core';
import { browserShare } from '@holdfast/core/browser';

/** How a page begins. */
export interface Beginning {
  readonly shares: boolean;
  /** The application has a token that serves. */
  readonly tokens: boolean;
  readonly storage: boolean;
}

declare global {
  // oxlint-disable-next-line no-var -- only a `var` is declared on globalThis
  var first: (beginning: Beginning) => Promise<number>;
}

/** Milliseconds from the making of an instance to the end of its first query, which is answered at once. */
globalThis.first = ({ shares, tokens, storage }) =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    const resilience = createResilience({
      auth: {
        ...(tokens && { tokens: { accessToken: 'a' } }),
        refresh: () => Promise.resolve({ accessToken: 'b' }),
      },
      ...(shares && { share: browserShare('app', storage ? { storage: localStorage } : {}) }),
    });
    resilience.execute<Signal>(
      { kind: 'query' },
      {
        read: (result) => result,
        send(_, receiver) {
          receiver.next({ status: 200, data: {} });
          receiver.complete();
          return () => {};
        },
      },
      { next() {}, error: reject, complete: () => resolve(performance.now() - begun) },
    );
  });
