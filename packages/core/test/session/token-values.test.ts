import { createTestClock } from '@holdfast/testing/clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  Awaitable,
  Share,
  ShareChange,
  SharedTokens,
  Tokens,
  Unsubscribe,
} from '../../src/index.ts';
import { GOOD, Harness, NOW, rejection } from '../harness.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

type Mutable = { -readonly [K in keyof Tokens]: Tokens[K] };

/** What a browser's channel and storage do to what they are given: it must be plain data. */
class CloningShare implements Share {
  stored: SharedTokens | undefined;
  readonly #listeners = new Set<(change: ShareChange) => void>();
  #lease: Promise<unknown> = Promise.resolve();

  lease<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lease.then(work);
    this.#lease = turn.catch(() => undefined);
    return turn;
  }

  async read(): Promise<SharedTokens | undefined> {
    return structuredClone(this.stored);
  }

  async replace(expected: number, next: SharedTokens | undefined): Promise<boolean> {
    if ((this.stored?.generation ?? 0) !== expected) return false;
    this.stored = structuredClone(next);
    for (const listener of this.#listeners) {
      listener({ type: 'tokens', value: structuredClone(next) });
    }
    return true;
  }

  subscribe(listener: (change: ShareChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** One store object, as an SDK keeps it. */
function store(accessToken = 'user1'): Mutable {
  return { accessToken, refreshToken: 'r1' };
}

/** The same tokens in the forms in which applications have them. */
const forms: [string, (tokens: Tokens) => Tokens][] = [
  ['an object with methods', (tokens) => ({ ...tokens, isExpired: () => false }) as Tokens],
  ['a Proxy', (tokens) => new Proxy({ ...tokens }, {})],
  [
    'an object with a Response beside the fields',
    (tokens) => ({ ...tokens, raw: new Response() }) as Tokens,
  ],
  [
    'an instance with getters',
    (tokens) =>
      new (class {
        get accessToken(): string {
          return tokens.accessToken;
        }
        get refreshToken(): string | undefined {
          return tokens.refreshToken;
        }
        get expiresAt(): number | undefined {
          return tokens.expiresAt;
        }
      })(),
  ],
];

describe('tokens are values', () => {
  it('T18 one object that refresh mutates and hands back each time: the new header is sent', async () => {
    const own = store('t1');
    let calls = 1;
    const refresh = async (): Promise<Tokens> => {
      own.accessToken = `t${++calls}`;
      return own;
    };
    const harness = new Harness({ tokens: own, refresh });
    harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    expect(harness.tokens).toEqual(['t1', 't2']);
    harness.sent[1]!.answer(GOOD);
    await harness.resilience.session.refresh();
    harness.run();
    expect(harness.tokens).toEqual(['t1', 't2', 't3']);
  });

  it('T18 one object that is handed to signIn again, mutated: the new header is sent', () => {
    const tokens = store('user1');
    const harness = new Harness({});
    const { session } = harness.resilience;
    session.signIn(tokens);
    harness.run();
    session.signOut();
    tokens.accessToken = 'user2';
    session.signIn(tokens);
    harness.run();
    expect(harness.tokens).toEqual(['user1', 'user2']);
  });

  it('T18 what the application does to its object afterwards changes nothing', async () => {
    const tokens = store('user1');
    const harness = new Harness({ tokens });
    tokens.accessToken = 'user2';
    tokens.expiresAt = 1;
    harness.run();
    harness.resilience.session.signIn(tokens);
    tokens.accessToken = 'user3';
    harness.run();
    await harness.settle();
    expect([harness.tokens, harness.refreshes.length]).toEqual([['user1'], 1]);
  });

  it('T18 T14 nor to what a sibling is told', async () => {
    const own = store('user1');
    const share = new CloningShare();
    const [a, b] = tabs(2, share, { tokens: own }) as [Harness, Harness];
    own.accessToken = 'user2';
    a.run();
    b.run();
    await settle([a]);
    expect([a.tokens, b.tokens, share.stored?.tokens?.accessToken]).toEqual([
      ['user1'],
      ['user1'],
      'user1',
    ]);
  });

  it('T18 callbacks get copies: what they do to them changes nothing', async () => {
    const seen: string[] = [];
    const spoil = (tokens: Tokens | undefined): void => {
      if (tokens === undefined) return;
      seen.push(tokens.accessToken);
      Object.assign(tokens, { accessToken: 'spoilt', refreshToken: 'spoilt' });
    };
    const harness = new Harness({
      tokens: store('t1'),
      headers: (tokens) => {
        const { accessToken } = tokens;
        spoil(tokens);
        return { authorization: `Bearer ${accessToken}` };
      },
      refresh: async ({ tokens }) => {
        const kept = { ...tokens! };
        spoil(tokens);
        return { ...kept, accessToken: 't2' };
      },
    });
    harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    harness.run();
    expect(harness.tokens).toEqual(['t1', 't2', 't2']);
    expect(seen).toEqual(['t1', 't1', 't2', 't2']);
  });

  it.each(forms)(
    'T18 %s is read for its fields: a right header, from wherever it comes',
    async (_name, form) => {
      const fresh = async (): Promise<Tokens> => form({ accessToken: 't3' });
      const harness = new Harness({ tokens: form(store('t1')), refresh: fresh });
      harness.run();
      harness.resilience.session.signIn(form(store('t2')));
      harness.run();
      await harness.resilience.session.refresh();
      harness.run();
      const read = new Harness({ tokens: async () => form(store('t1')) });
      read.run();
      await read.settle();
      expect([harness.tokens, read.tokens]).toEqual([['t1', 't2', 't3'], ['t1']]);
    },
  );

  it.each(forms)('T18 T14 T15 %s: tabs work, and use a refresh token once', async (_name, form) => {
    const share = new CloningShare();
    const used: (string | undefined)[] = [];
    const refresh = async ({ tokens }: { tokens: Tokens | undefined }): Promise<Tokens> => {
      used.push(tokens?.refreshToken);
      return form({ accessToken: `t${used.length + 1}`, refreshToken: `r${used.length + 1}` });
    };
    const tokens = (): Awaitable<Tokens> => form({ ...store('t1'), expiresAt: 1 });
    const instances = tabs(3, share, { tokens, refresh });
    for (const instance of instances) instance.run();
    await settle(instances);
    expect(used).toEqual(['r1']);
    expect(instances.map((instance) => instance.tokens)).toEqual([['t2'], ['t2'], ['t2']]);
    instances[0]!.resilience.session.signIn(form({ accessToken: 'signed in' }));
    await settle(instances);
    expect(share.stored?.tokens).toEqual({ accessToken: 'signed in' });
    expect(instances.flatMap(({ events }) => events).filter(isTrouble)).toEqual([]);
  });

  it('T18 F1 an object whose fields cannot be read is none', async () => {
    const broken = Object.defineProperty({}, 'accessToken', {
      get: () => {
        throw new Error('locked');
      },
    }) as Tokens;
    const harness = new Harness({ tokens: () => broken, refresh: async () => broken });
    expect(() => harness.resilience.session.signIn(broken)).toThrow(TypeError);
    const watched = harness.run();
    await harness.settle();
    expect(harness.types()).toContain('tokens_unreadable');
    expect(watched.failure).toMatchObject({ stopped: 'session_failed' });
  });
});

describe('an expiry in seconds', () => {
  const HOUR = 3_600_000;
  const inSeconds = (tokens: string): Tokens => ({
    accessToken: tokens,
    expiresAt: (NOW + HOUR) / 1_000,
  });
  let warned: ReturnType<typeof vi.spyOn>;
  beforeEach(() => {
    warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    warned.mockRestore();
  });

  it('T18 is read as seconds, which a development build says once', async () => {
    const harness = new Harness({ tokens: inSeconds('t1') });
    expect(harness.resilience.session.get()).toMatchObject({ expiresAt: NOW + HOUR });
    await harness.clock.advanceAsync(HOUR - 60_000);
    harness.run();
    await harness.settle();
    expect(harness.refreshes.map(({ request }) => request.reason)).toEqual(['expiring']);
    expect(harness.refreshes[0]!.request.tokens?.expiresAt).toBe(NOW + HOUR);
    await harness.refreshes[0]!.succeed({ accessToken: 't2', expiresAt: (NOW + 2 * HOUR) / 1_000 });
    expect(harness.resilience.session.get()).toMatchObject({ expiresAt: NOW + 2 * HOUR });
    harness.resilience.session.signIn(inSeconds('t3'));
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]).toEqual([expect.stringMatching(/expiresAt.*seconds/s)]);
    expect(String(warned.mock.calls)).not.toMatch(/t1|t2|t3/);
  });

  it('T18 T14 a share has it in milliseconds', async () => {
    const share = new CloningShare();
    const [a] = tabs(1, share, { tokens: inSeconds('t1') }, createTestClock({ wall: NOW })) as [
      Harness,
    ];
    a.run();
    await settle([a]);
    expect(share.stored?.tokens?.expiresAt).toBe(NOW + HOUR);
  });

  it('T18 a production build reads it in the same way, and says nothing', () => {
    vi.stubEnv('NODE_ENV', 'production');
    const harness = new Harness({ tokens: inSeconds('t1') });
    expect(harness.resilience.session.get()).toMatchObject({ expiresAt: NOW + HOUR });
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([NOW + HOUR, 1, 0, -1])('T18 %d is taken as it is', (expiresAt) => {
    const harness = new Harness({ tokens: { accessToken: 't1', expiresAt } });
    expect(harness.resilience.session.get()).toMatchObject({ expiresAt });
    expect(warned).not.toHaveBeenCalled();
  });
});

function isTrouble({ type }: { readonly type: string }): boolean {
  return type === 'callback_failed' || type === 'tokens_unreadable' || type === 'refresh_failed';
}
