/** How tokens are encrypted at rest. */
export interface SealOptions {
  /**
   * All keys that stored tokens may be sealed with, by their ids: letters, digits, `-` and `_`. A key is a
   * `CryptoKey` for AES-GCM, or 16, 24 or 32 secret bytes.
   */
  readonly keys: Readonly<Record<string, CryptoKey | Uint8Array>>;
  /** The id of the key that tokens are sealed with from now on. */
  readonly use: string;
}

/** Turns a value into what is stored, and back. */
export interface Seal {
  close(text: string, generation: number): Promise<string>;
  /** @throws Error in one sentence where it cannot be opened. */
  open(payload: string, generation: number): Promise<string>;
}

/** Bytes of AES-GCM's nonce (NIST SP 800-38D, 8.2). */
const NONCE = 12;
const FORM = /^sealed\.([\w-]{1,64})\.([A-Za-z0-9+/=]+)\.([A-Za-z0-9+/=]+)$/u;

/** Nothing is encrypted; what somebody else has sealed cannot be opened. */
export const UNSEALED: Seal = {
  close: (text) => Promise.resolve(text),
  open(payload) {
    if (!payload.startsWith('sealed.')) return Promise.resolve(payload);
    return Promise.reject(new Error('The stored tokens are sealed, and this share has no seal.'));
  },
};

/**
 * AES-GCM by WebCrypto. A value is bound to its name and generation: an older one cannot be put in the place of a
 * newer one, nor another app's.
 */
export function sealOf({ keys, use }: SealOptions, name: string): Seal {
  const imported = new Map<string, Promise<CryptoKey>>();
  const keyOf = (id: string): Promise<CryptoKey> | undefined => {
    const key = Object.hasOwn(keys, id) ? keys[id] : undefined;
    if (key === undefined) return undefined;
    const ready = imported.get(id) ?? imports(key);
    imported.set(id, ready);
    return ready;
  };
  const bound = (id: string, generation: number): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(`holdfast ${name} ${generation} ${id}`);
  return {
    async close(text, generation) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE));
      const key = (await keyOf(use)) as CryptoKey;
      const additionalData = bound(use, generation);
      const plain = new TextEncoder().encode(text);
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData },
        key,
        plain,
      );
      return `sealed.${use}.${toBase64(iv)}.${toBase64(new Uint8Array(sealed))}`;
    },
    async open(payload, generation) {
      const [, id = '', nonce = '', sealed = ''] = FORM.exec(payload) ?? [];
      if (id === '') throw new Error('The stored tokens are not sealed, and are not used.');
      const key = await keyOf(id);
      if (key === undefined) {
        throw new Error(
          `The stored tokens are sealed with the key ${id}, which is not among seal.keys.`,
        );
      }
      try {
        const additionalData = bound(id, generation);
        const algorithm = { name: 'AES-GCM', iv: fromBase64(nonce), additionalData };
        return new TextDecoder().decode(
          await crypto.subtle.decrypt(algorithm, key, fromBase64(sealed)),
        );
      } catch {
        // What the platform says of it names no cause (a wrong key and a changed text look alike).
        throw new Error(`The stored tokens cannot be opened with the key ${id}, and are not used.`);
      }
    },
  };
}

/** Says in one sentence what is wrong with the options; `undefined` where nothing is. Repeats no key. */
export function sealFault(seal: unknown): string | undefined {
  const { keys, use } = (typeof seal === 'object' && seal !== null ? seal : {}) as {
    readonly keys?: unknown;
    readonly use?: unknown;
  };
  if (typeof keys !== 'object' || keys === null || Object.keys(keys).length === 0) {
    return 'seal.keys must be an object of keys by their ids';
  }
  for (const [id, key] of Object.entries(keys)) {
    if (!/^[\w-]{1,64}$/u.test(id)) {
      return `seal.keys: an id has 1 to 64 letters, digits, - and _, not ${JSON.stringify(id)}`;
    }
    const length = key instanceof Uint8Array ? key.byteLength : undefined;
    const isKey =
      length === undefined
        ? typeof CryptoKey === 'function' &&
          key instanceof CryptoKey &&
          key.algorithm.name === 'AES-GCM'
        : [16, 24, 32].includes(length);
    if (!isKey) return `seal.keys.${id} must be a CryptoKey for AES-GCM, or 16, 24 or 32 bytes`;
  }
  return typeof use === 'string' && Object.hasOwn(keys, use)
    ? undefined
    : 'seal.use must be the id of one of seal.keys';
}

function imports(key: CryptoKey | Uint8Array): Promise<CryptoKey> {
  if (!(key instanceof Uint8Array)) return Promise.resolve(key);
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
