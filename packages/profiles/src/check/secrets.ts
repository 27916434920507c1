const REMOVED = '[removed]';

/** Names of headers, cookies and keys of a body whose values nobody else is to read. */
const SECRET_NAME =
  /auth|token|secret|password|passphrase|passwd|credential|cookie|session|nonce|csrf|jwt|assertion|otp|api[-_]?key|apikey|private|client_id|code_verifier|refresh/i;

/** Those that only describe one. */
const HARMLESS_NAME = /^(?:www-authenticate|token_type|authority|author(?:s|_.*)?)$/i;

/** What looks like one wherever it stands: JWTs, credentials behind their scheme, keys of known vendors. */
const LOOKS_SECRET = [
  /\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}/g,
  /\b(?:Bearer|Basic|DPoP|Token) +[\w.~+/=-]{8,}/gi,
  /\b(?:gh[a-z]_|github_pat_|glpat-|shp[a-z]{2}_|lin_[a-z]+_|sk-|pk-|xox[a-z]-|AKIA|NRAK-)[\w-]{6,}/g,
];

/** An unbroken run that no word has. */
const OPAQUE = /\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{24,}\b/gi;

/** How deep bodies are looked into, and how many values are remembered. */
const DEEPEST = 32;
const MOST = 50_000;

/**
 * Knows the secrets of a recording, and takes them out of whatever is printed: values of headers, cookies
 * and keys that are named like secrets, all variables of operations, and what looks like a token.
 */
export class Secrets {
  readonly #values = new Set<string>();
  #sorted: readonly string[] | undefined;

  /** Remembers a header's value where its name says that it is one. */
  header(name: string, value: string): void {
    if (!SECRET_NAME.test(name) || HARMLESS_NAME.test(name)) return;
    this.#add(value);
    // `Bearer x`, `a=x; Path=/`: each part of it by itself.
    for (const part of value.split(/[\s;,]+/)) {
      this.#add(part);
      this.#add(part.slice(part.indexOf('=') + 1));
    }
  }

  /** Remembers what stands in a body under names that say so. */
  body(body: unknown): void {
    this.#visit(body, false, DEEPEST);
  }

  /** Remembers everything in it: variables of an operation. */
  all(values: unknown): void {
    this.#visit(values, true, DEEPEST);
  }

  /** The text without them. */
  removedFrom(text: string): string {
    this.#sorted ??= [...this.#values].sort((one, other) => other.length - one.length);
    let clean = text;
    for (const secret of this.#sorted) clean = clean.replaceAll(secret, REMOVED);
    for (const pattern of LOOKS_SECRET) clean = clean.replace(pattern, REMOVED);
    return clean.replace(OPAQUE, REMOVED);
  }

  #visit(value: unknown, isSecret: boolean, depth: number): void {
    if (typeof value === 'string' || typeof value === 'number') {
      if (isSecret) this.#add(String(value));
    } else if (typeof value === 'object' && value !== null && depth > 0) {
      for (const [name, inner] of Object.entries(value)) {
        const isNamed = SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
        this.#visit(inner, isSecret || isNamed, depth - 1);
      }
    }
  }

  #add(value: string): void {
    // `1`, `/`, `no`: whatever is so short is in every text.
    if (value.length < 4 || this.#values.size >= MOST) return;
    this.#sorted = undefined;
    this.#values.add(value);
    for (const form of [encodeURIComponent, base64]) {
      try {
        this.#values.add(form(value));
      } catch {
        // Half of a surrogate pair can be written in neither form, so nobody has.
      }
    }
  }
}

function base64(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64').replace(/=+$/, '');
}
