import { secretsIn } from './redact.ts';
import type { Attempt } from './model/operation.ts';

type HeaderFields = Attempt['headers'];

interface Signature {
  fields: HeaderFields;
  attempts: number;
}

/** How many generations are remembered although nothing of theirs is on its way any more: a share is late. */
const KEPT = 8;

/**
 * The header fields that sign requests, by the generation of their token, for as long as a request of it is
 * on its way: what comes back of it may repeat them (X3b).
 */
export class Signatures {
  /** Changes with what is remembered. */
  version = 0;
  readonly #byGeneration = new Map<number, Signature>();

  begin(generation: number, fields: HeaderFields | undefined): void {
    if (fields === undefined) return;
    const known = this.#byGeneration.get(generation);
    if (known?.fields !== fields) this.version++;
    if (known === undefined) this.#byGeneration.set(generation, { fields, attempts: 1 });
    else {
      known.fields = fields;
      known.attempts++;
    }
    if (known === undefined) this.#forget();
  }

  end(generation: number, fields: HeaderFields | undefined): void {
    const known = fields === undefined ? undefined : this.#byGeneration.get(generation);
    if (known !== undefined) known.attempts--;
  }

  secrets(): string[] {
    return [...this.#byGeneration.values()].flatMap(({ fields }) => secretsIn(fields));
  }

  /** The oldest of those that nothing is on its way with. */
  #forget(): void {
    if (this.#byGeneration.size <= KEPT) return;
    for (const [generation, { attempts }] of this.#byGeneration) {
      if (attempts > 0) continue;
      this.#byGeneration.delete(generation);
      if (this.#byGeneration.size <= KEPT) return;
    }
  }
}
